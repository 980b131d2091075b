// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * driver.c - in place of clang's libFuzzer, where there is none: changes the files of the corpus at
 * random and hands them over, without looking at which code they reach. Takes what fuzz.sh gives
 * libFuzzer: -max_total_time=SECONDS, -seed=N, directories; ignores other options. The input that
 * ends the run is left in -artifact_prefix=PREFIX, as crash.
 */
#include <dirent.h>
#include <signal.h>
#include <time.h>

#include "fuzz.h"

#define LONGEST 65536
#define FILES 512

static struct {
	uint8_t *bytes;
	size_t size;
} corpus[FILES];
static size_t files;
static uint8_t input[LONGEST];
static size_t input_size;
static const char *prefix = "";
static unsigned long long state;

static unsigned int draw(unsigned int below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(state >> 33) % below;
}

/* Called by the sanitizers before they end the process, and on SIGABRT. */
static void keep_input(void)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%scrash", prefix);
	f = fopen(path, "w");
	if (f && fwrite(input, 1, input_size, f) == input_size && !fclose(f))
		dprintf(STDERR_FILENO, "the input is in %s\n", path);
}

static void on_abort(int number)
{
	keep_input();
	_exit(128 + number);
}

void __sanitizer_set_death_callback(void (*callback)(void));

static void load(const char *directory)
{
	DIR *d = opendir(directory);
	struct dirent *entry;

	while (d && files < FILES && (entry = readdir(d))) {
		char path[4096];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		f = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (!f)
			continue;
		corpus[files].bytes = malloc(LONGEST);
		corpus[files].size = fread(corpus[files].bytes, 1, LONGEST, f);
		files++;
		fclose(f);
	}
	if (d)
		closedir(d);
}

static void write_number(size_t at)
{
	static const uint64_t odd[] = {0, 1, ~0ULL, 0x7fffffff, 0x80000000, 1ULL << 63, 0xffff};
	uint64_t number = draw(2) ? odd[draw(7)] : input_size - draw(2);
	size_t bytes = (size_t)1 << draw(4);

	if (at + bytes <= input_size)
		memcpy(input + at, &number, bytes);
}

static void move_piece(size_t at)
{
	size_t from = draw((unsigned int)input_size), length = 1 + draw(64);

	if (at + length <= input_size && from + length <= input_size)
		memmove(input + at, input + from, length);
}

static void cut_piece(size_t at)
{
	size_t length = 1 + draw(32);

	if (at + length > input_size || length == input_size)
		return;
	memmove(input + at, input + at + length, input_size - at - length);
	input_size -= length;
}

static void mutate(void)
{
	size_t at = draw(draw(3) || input_size < 64 ? (unsigned int)input_size : 64);

	switch (draw(6)) {
	case 0:
		input[at] = (uint8_t)draw(256);
		break;
	case 1:
		input[at] ^= (uint8_t)(1U << draw(8));
		break;
	case 2:
		write_number(at);
		break;
	case 3:
		move_piece(at);
		break;
	case 4:
		cut_piece(at);
		break;
	default:
		if (!draw(20))
			input_size = 1 + at;
	}
}

static void run_one(void)
{
	size_t file = draw((unsigned int)files);
	unsigned int times = 1 + draw(8);

	input_size = corpus[file].size;
	memcpy(input, corpus[file].bytes, input_size);
	while (input_size && times--)
		mutate();
	LLVMFuzzerTestOneInput(input, input_size);
}

int main(int argc, char **argv)
{
	unsigned long long runs = 0;
	double seconds = 1;
	time_t end;

	for (int i = 1; i < argc; i++)
		if (sscanf(argv[i], "-seed=%llu", &state) ||
		    sscanf(argv[i], "-max_total_time=%lf", &seconds))
			continue;
		else if (strncmp(argv[i], "-artifact_prefix=", 17) == 0)
			prefix = argv[i] + 17;
		else if (argv[i][0] != '-')
			load(argv[i]);
	if (!files)
		return 1;
	__sanitizer_set_death_callback(keep_input);
	signal(SIGABRT, on_abort);
	for (end = time(NULL) + (time_t)seconds; time(NULL) < end; runs++)
		run_one();
	fprintf(stderr, "Done %llu runs in %g second(s)\n", runs, seconds);
	return 0;
}
