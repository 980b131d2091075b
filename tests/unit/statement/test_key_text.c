// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_key_text.c - how keys that are expressions are written. */
#include <arpa/inet.h>
#include <errno.h>

#include "tests/test.h"
#include "trace/statement/key_text.h"

static void is_written(struct expr e, const void *bytes, size_t count, const char *want)
{
	unsigned long long words[8] = {0};
	char text[128];

	memcpy(words, bytes, count);
	assert_string_equal(key_text(&e, words, text, sizeof(text)), want);
}

static void word_is(struct expr e, unsigned long long word, const char *want)
{
	is_written(e, &word, sizeof(word), want);
}

TEST(keys_are_written_by_their_kind)
{
	unsigned long long sock[3] = {AF_INET}, sock6[3] = {AF_INET6}, local[3] = {AF_UNIX};
	unsigned char v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	unsigned int v4 = htonl(0x0a000001);
	char full[EXPR_STR_BYTES + 1];

	word_is((struct expr){.is_signed = true}, (unsigned long long)-3, "-3");
	word_is((struct expr){0}, ~0ULL, "18446744073709551615");
	word_is((struct expr){.is_pointer = true}, 0xffff, "0xffff");
	word_is((struct expr){.as = EXPR_AS_ERRNO}, 0, "0");
	word_is((struct expr){.as = EXPR_AS_ERRNO}, ENOENT, "ENOENT");
	word_is((struct expr){.as = EXPR_AS_ERRNO}, 4094, "4094");
	word_is((struct expr){.as = EXPR_AS_SYM}, 0xffffffff81000000, "0xffffffff81000000");
	word_is((struct expr){.as = EXPR_AS_DISK}, 4000ULL << 20 | 7, "4000:7");
	is_written((struct expr){.as = EXPR_AS_IPV4}, &v4, 4, "10.0.0.1");
	is_written((struct expr){.as = EXPR_AS_IPV6}, v6, 16, "2001:db8::1");
	memcpy(&sock[1], &v4, 4);
	memcpy(&sock6[1], v6, 16);
	is_written((struct expr){.as = EXPR_AS_SOCK}, sock, 24, "10.0.0.1");
	is_written((struct expr){.as = EXPR_AS_SOCK}, sock6, 24, "2001:db8::1");
	is_written((struct expr){.as = EXPR_AS_SOCK}, local, 24, "family 1");
	is_written((struct expr){.as = EXPR_AS_STR}, "abc", 4, "abc");
	/* One that fills its words has no end of its own. */
	memset(full, 'x', EXPR_STR_BYTES);
	full[EXPR_STR_BYTES] = '\0';
	is_written((struct expr){.as = EXPR_AS_STR}, full, EXPR_STR_BYTES, full);
}

TEST(a_disk_has_the_name_that_sysfs_has)
{
	FILE *f = popen("ls /sys/dev/block 2>/dev/null | head -n 1", "r");
	unsigned int major, minor;
	char path[64], target[256], text[128];
	struct expr e = {.as = EXPR_AS_DISK};
	unsigned long long word;
	ssize_t length;
	int n = fscanf(f, "%u:%u", &major, &minor);

	pclose(f);
	if (n != 2)
		skip_with_reason("no disk here");
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major, minor);
	length = readlink(path, target, sizeof(target) - 1);
	assert_true(length > 0);
	target[length] = '\0';
	word = (unsigned long long)major << 20 | minor;
	assert_string_equal(key_text(&e, &word, text, sizeof(text)), strrchr(target, '/') + 1);
}
