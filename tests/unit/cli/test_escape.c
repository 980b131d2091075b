// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_escape.c - what others choose, escaped: known texts, then any bytes from a fixed seed. */
#include <locale.h>

#include "cli/escape.h"
#include "tests/test.h"

#define ROUNDS 200000
#define LONGEST 64

static void expect(enum escape_for output, const char *text, const char *escaped)
{
	char out[ESCAPE_ROOM(LONGEST)];

	assert_string_equal(escape_text(output, out, sizeof(out), text, LONGEST), escaped);
}

TEST(test_terminal)
{
	expect(ESCAPE_TERMINAL, "sh", "sh");
	expect(ESCAPE_TERMINAL, "a\033[2Jb\n", "a\\x1b[2Jb\\x0a");
	expect(ESCAPE_TERMINAL, "a\\x1b", "a\\\\x1b"); /* not the same as the byte */
	expect(ESCAPE_TERMINAL, "caf\xc3\xa9", "caf\xc3\xa9");
	expect(ESCAPE_TERMINAL, "caf\xc3", "caf\\xc3"); /* cut off */
	expect(ESCAPE_TERMINAL,
	       "\xc2\x9b"
	       "2J",
	       "\\xc2\\x9b"
	       "2J"); /* the one-byte CSI of 8-bit terminals */
	expect(ESCAPE_TERMINAL, "\x7f\xff", "\\x7f\\xff");
	expect(ESCAPE_TERMINAL, "\xe2\x80\xae", "\\xe2\\x80\\xae"); /* right to left */
	expect(ESCAPE_TERMINAL, "\xc0\xaf", "\\xc0\\xaf"); /* longer than needed */
	expect(ESCAPE_TERMINAL, "\xed\xa0\x80", "\\xed\\xa0\\x80"); /* half of a pair */
	expect(ESCAPE_TERMINAL, "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

TEST(test_other_outputs)
{
	expect(ESCAPE_MESSAGE, "a\\*\033\n", "a\\*\\x1b\\x0a");
	expect(ESCAPE_CSV, "a\"b,c\n", "a\"\"b,c\\x0a");
	expect(ESCAPE_FOLDED, "a;b\nc d", "a\\x3bb\\x0ac d");
	expect(ESCAPE_LABEL, "a\"b;c\n", "a\\\"b;c\\\\x0a");
	expect(ESCAPE_LABEL, "a\\x0a\xff", "a\\\\\\\\x0a\\\\xff");
	expect(ESCAPE_JSON, "{\"a\\\"b\xff\":1}", "{\"a\\\"b\xef\xbf\xbd\":1}");
	expect(ESCAPE_JSON, "\x7f\033", "\\u007f\\u001b");
	expect(ESCAPE_XML, "<a b=\"c\">&'\\x3b", "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\\x3b");
	expect(ESCAPE_XML, "\001\xff\xef\xbf\xbe\xef\xbf\xbd",
	       "\\x01\\xff\\xef\\xbf\\xbe\xef\xbf\xbd");
}

TEST(test_cut_between_characters)
{
	char out[8];

	assert_string_equal(escape_text(ESCAPE_TERMINAL, out, 8, "abcde\n", 6), "abcde");
	assert_string_equal(escape_text(ESCAPE_TERMINAL, out, 4, "ab\xc3\xa9", 4), "ab");
	assert_string_equal(escape_text(ESCAPE_TERMINAL, out, 1, "ab", 2), "");
	assert_string_equal(escape_text(ESCAPE_TERMINAL, out, 8, "abcdef", 3), "abc");
}

/* Undo the escapes of the terminal: nothing may have been lost. Returns how many bytes. */
static size_t undo(const char *escaped, char *out)
{
	size_t n = 0;

	while (*escaped) {
		if (*escaped != '\\') {
			out[n++] = *escaped++;
		} else if (escaped[1] == '\\') {
			out[n++] = '\\';
			escaped += 2;
		} else {
			char digits[3] = {escaped[2], escaped[3], 0};

			assert_int_equal(escaped[1], 'x');
			out[n++] = (char)strtoul(digits, NULL, 16);
			escaped += 4;
		}
	}
	return n;
}

static void judge(const char *escaped, enum escape_for output)
{
	/* The C library decides what UTF-8 is. */
	assert_true(mbstowcs(NULL, escaped, 0) != (size_t)-1);
	for (const char *c = escaped; *c; c++)
		assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
	if (output == ESCAPE_FOLDED)
		assert_null(strchr(escaped, ';'));
	if (output == ESCAPE_XML)
		assert_null(strpbrk(escaped, "<>\"'"));
	for (const char *c = escaped; output == ESCAPE_LABEL && (c = strpbrk(c, "\\\"")); c += 2)
		assert_true(*c == '\\' && (c[1] == '\\' || c[1] == '"'));
	for (const char *c = escaped; output == ESCAPE_CSV && (c = strchr(c, '"')); c += 2)
		assert_int_equal(c[1], '"');
}

/* Half of the bytes are those that begin and go on characters. */
static char any_byte(uint64_t *seed)
{
	static const unsigned char likely[] = {0xc2, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0x80, 0x9b, 0xa0,
					       0xae, 0xbf, '\\', '"',  ';',  '\n', 033,	 '<',  '&'};
	unsigned int r;

	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	r = (unsigned int)(*seed >> 40);
	return (char)(r & 1 ? likely[(r >> 1) % sizeof(likely)] : (r >> 1) % 255 + 1);
}

TEST(test_any_bytes)
{
	char text[LONGEST + 1], out[ESCAPE_ROOM(LONGEST)], back[ESCAPE_ROOM(LONGEST)];
	uint64_t seed = 16;

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (int round = 0; round < ROUNDS; round++) {
		size_t length = (size_t)(any_byte(&seed) & (LONGEST - 1));

		for (size_t i = 0; i < length; i++)
			text[i] = any_byte(&seed);
		text[length] = '\0';
		for (int output = ESCAPE_TERMINAL; output <= ESCAPE_XML; output++) {
			escape_text((enum escape_for)output, out, sizeof(out), text, LONGEST);
			judge(out, (enum escape_for)output);
			escape_text((enum escape_for)output, out, length + 1, text, LONGEST);
			judge(out, (enum escape_for)output);
		}
		escape_text(ESCAPE_TERMINAL, out, sizeof(out), text, LONGEST);
		assert_int_equal(undo(out, back), length);
		assert_memory_equal(back, text, length);
	}
}
