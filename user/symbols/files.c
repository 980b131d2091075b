// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* files.c - see symbols/files.h */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/clock.h"
#include "symbols/files.h"
#include "symbols/table.h"

#define CHAINS 512

struct symfile {
	struct symfile *next; /* in its chain */
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
	size_t users;
	int fd; /* -1: its table has been read, or cannot be */
	struct symtable *table; /* NULL: not read yet, or there is none */
};

struct symfiles {
	struct symfile *chain[CHAINS];
	size_t open; /* descriptors */
	size_t bytes; /* of all tables */
	size_t reads;
	unsigned long long spent_ns; /* on reading tables */
};

struct symfiles *symfiles__new(void)
{
	return calloc(1, sizeof(struct symfiles));
}

void symfiles__free(struct symfiles *files)
{
	free(files);
}

static bool is_file(const struct symfile *f, const struct stat *st)
{
	return f->device == st->st_dev && f->inode == st->st_ino && f->size == st->st_size &&
	       f->changed.tv_sec == st->st_mtim.tv_sec && f->changed.tv_nsec == st->st_mtim.tv_nsec;
}

/* Read the table of a file. One that changes meanwhile is none: who knows what was read. */
static struct symtable *read_table(const struct symfile *f)
{
	struct symtable *t = symtable__read(f->fd);
	struct stat st;

	if (fstat(f->fd, &st) == 0 && is_file(f, &st))
		return t;
	symtable__free(t);
	return NULL;
}

/* Read the table of a file, if there is room for one more, and close the file. */
static void load(struct symfiles *files, struct symfile *f)
{
	unsigned long long began_ns = clock_now_ns();

	if (f->fd < 0)
		return;
	if (files->bytes < SYMFILES_BYTES && files->spent_ns < SYMFILES_NS)
		f->table = read_table(f);
	files->spent_ns += clock_now_ns() - began_ns;
	files->reads++;
	files->bytes += f->table ? symtable__bytes(f->table) : 0;
	close(f->fd);
	f->fd = -1;
	files->open--;
}

/* Read the table of some file that waits for that. */
static void load_another(struct symfiles *files)
{
	for (size_t i = 0; i < CHAINS; i++)
		for (struct symfile *f = files->chain[i]; f; f = f->next)
			if (f->fd >= 0) {
				load(files, f);
				return;
			}
}

/* A descriptor to read from, of a regular file: neither waits nor becomes a terminal. */
static int open_again(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static struct symfile *add(struct symfiles *files, struct symfile **chain, int fd,
			   const struct stat *st)
{
	struct symfile *f = S_ISREG(st->st_mode) ? calloc(1, sizeof(*f)) : NULL;

	if (!f)
		return NULL;
	*f = (struct symfile){
		.next = *chain,
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = st->st_size,
		.changed = st->st_mtim,
		.users = 1,
		.fd = open_again(fd),
	};
	if (f->fd >= 0 && files->open++ >= SYMFILES_OPEN)
		load_another(files);
	*chain = f;
	return f;
}

static struct symfile **chain_of(struct symfiles *files, dev_t device, ino_t inode)
{
	return &files->chain[(inode ^ device) % CHAINS];
}

struct symfile *symfiles_find(struct symfiles *files, dev_t device, ino_t inode)
{
	for (struct symfile *f = *chain_of(files, device, inode); f; f = f->next)
		if (f->device == device && f->inode == inode)
			return symfiles_get_again(f);
	return NULL;
}

struct symfile *symfiles_get(struct symfiles *files, int fd, const struct stat *st)
{
	struct symfile **chain = chain_of(files, st->st_dev, st->st_ino);

	for (struct symfile *f = *chain; f; f = f->next)
		if (is_file(f, st))
			return symfiles_get_again(f);
	return add(files, chain, fd, st);
}

struct symfile *symfiles_get_again(struct symfile *f)
{
	f->users++;
	return f;
}

void symfiles_put(struct symfiles *files, struct symfile *f)
{
	struct symfile **at;

	if (!f || --f->users)
		return;
	at = chain_of(files, f->device, f->inode);
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	if (f->fd >= 0) {
		close(f->fd);
		files->open--;
	}
	files->bytes -= f->table ? symtable__bytes(f->table) : 0;
	symtable__free(f->table);
	free(f);
}

const char *symfiles_name(struct symfiles *files, struct symfile *f, uint64_t offset)
{
	load(files, f);
	return f->table ? symtable__name(f->table, offset) : NULL;
}

size_t symfiles_read(const struct symfiles *files)
{
	return files->reads;
}
