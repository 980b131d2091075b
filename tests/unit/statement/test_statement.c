// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_statement.c - the grammar, what probes offer, keys, and every mistake with its place. */
#include <stddef.h>

#include "tests/test.h"
#include "tests/unit/statement/statement_test.h"
#include "tests/unit/statement/types.h"
#include "trace/statement/expr/format_file.h"
#include "trace/statement/expr/scope.h"

static void accepts(struct statement *st, const char *text)
{
	if (!test_resolve(st, text))
		fail_msg("%s: %s", text, st->complaint.what);
}

TEST(a_probe_alone_is_a_statement)
{
	struct statement st;

	assert_false(statement_is("kprobe:does"));
	accepts(&st, "kprobe:does");
	assert_string_equal(st.probe, "kprobe:does");
	assert_false(st.has_what);
	assert_int_equal(st.predicate.count + st.value.count + st.key_count, 0);
	statement_free(&st);
	/* Names in C++ have braces and slashes, but no blank before them. */
	assert_false(statement_is("uprobe:/a/b:main::{lambda()#1}::operator()(int, char)"));
	assert_true(statement_is("kprobe:does {count()}"));
	assert_true(statement_is("kprobe:does /1/"));
}

TEST(a_statement_has_its_parts)
{
	struct statement st;

	accepts(&st, "kprobe:does   /arg1 / 2 > 3/ { hist(args.size, KiB) by comm, args.p->s8,"
		     "kstack(3) , str(args.p->name) } ");
	assert_string_equal(st.probe, "kprobe:does");
	assert_string_equal(st.predicate.text, "arg1 / 2 > 3");
	assert_int_equal(st.what, WHAT_HIST);
	assert_int_equal(st.unit, UNIT_KIB);
	assert_string_equal(st.value.text, "args.size");
	assert_int_equal(st.key_count, 4);
	assert_int_equal(st.key[0].name, KEY_COMM);
	assert_int_equal(st.key[1].name, -1);
	assert_string_equal(st.key[1].expr.text, "args.p->s8");
	assert_int_equal(st.key[1].expr.size, 1);
	assert_true(st.key[1].expr.is_signed);
	assert_int_equal(st.key[2].name, KEY_KSTACK);
	assert_int_equal(st.key[2].frames, 3);
	assert_string_equal(st.key[3].expr.text, "str(args.p->name)");
	assert_int_equal(st.key[3].expr.as, EXPR_AS_STR);
	statement_free(&st);
	accepts(&st, "kprobe:does {lhist(arg1, -10, 10 * 1, 4)}");
	assert_int_equal(st.min, -10);
	assert_int_equal(st.max, 10);
	assert_int_equal(st.step, 4);
	statement_free(&st);
	accepts(&st, "kprobe:does {count() by probe, func, ustack, cpu, cgroup, uid, tid, pid}");
	assert_int_equal(st.key_count, 8);
	statement_free(&st);
}

TEST(a_span_has_its_events)
{
	struct statement st;

	assert_true(statement_is("kprobe:does .. kprobe:other"));
	assert_true(statement_parse(&st, "kprobe:does[arg0, arg1] /arg0/, usdt:/a:b:c[1, 2] .. "
					 "kprobe:other[arg1,2] /arg1 / 2/ /begin.arg0 > 3 && ns/ "
					 "{sum(begin.(arg0 + 1)) by begin.comm, begin.arg0, uid}"));
	assert_int_equal(st.hit_count, 3);
	assert_string_equal(st.hit[0].probe, "kprobe:does");
	assert_string_equal(st.hit[1].probe, "usdt:/a:b:c");
	assert_string_equal(st.hit[2].probe, "kprobe:other");
	assert_int_equal(st.hit[0].is_end + st.hit[1].is_end, 0);
	assert_true(st.hit[2].is_end);
	for (int i = 0; i < 3; i++)
		assert_int_equal(st.hit[i].ties, 2);
	assert_non_null(st.hit[0].predicate_node);
	assert_null(st.hit[1].predicate_node);
	assert_non_null(st.hit[2].predicate_node);
	assert_string_equal(st.predicate.text, "begin.arg0 > 3 && ns");
	assert_string_equal(st.value.text, "begin.(arg0 + 1)");
	assert_int_equal(st.key_count, 3);
	assert_true(st.key[0].begin && st.key[0].name == KEY_COMM);
	assert_true(!st.key[1].begin && st.key[1].name == -1);
	assert_true(!st.key[2].begin && st.key[2].name == KEY_UID);
	statement_free(&st);
	/* A predicate of what is known before the span has ended tells which events end it. */
	assert_true(statement_parse(&st, "kprobe:does .. kprobe:other /arg0/"));
	assert_non_null(st.hit[1].predicate_node);
	assert_null(st.predicate_node);
	assert_string_equal(st.probe, "kprobe:does .. kprobe:other /arg0/");
	statement_free(&st);
	/* Names may have brackets. */
	assert_true(statement_parse(&st, "uprobe:/a:f\\[int] .. uprobe:/a:g"));
	assert_string_equal(st.hit[0].probe, "uprobe:/a:f\\[int]");
	statement_free(&st);
}

TEST(keys_of_by_may_be_expressions)
{
	struct statement st;

	assert_true(statement_parse_keys(&st, "comm, pid & 1,errno(retval)"));
	assert_int_equal(st.key_count, 3);
	assert_int_equal(st.key[1].name, -1);
	assert_string_equal(st.key[1].expr.text, "pid & 1");
	assert_string_equal(st.key[2].expr.text, "errno(retval)");
	statement_free(&st);
	assert_false(statement_parse_keys(&st, "comm,"));
	assert_int_equal(st.complaint.at, 5);
	statement_free(&st);
}

static void key_is(const char *text, enum expr_as as, unsigned int steps, bool user)
{
	struct statement st;

	accepts(&st, text);
	assert_int_equal(st.key_count, 1);
	assert_int_equal(st.key[0].expr.as, as);
	assert_int_equal(st.key[0].expr.count, steps);
	assert_int_equal(st.key[0].expr.user, user);
	if (as == EXPR_AS_SOCK) {
		assert_int_equal(st.sock.family, offsetof(struct sock_common, skc_family));
		assert_int_equal(st.sock.ipv4, offsetof(struct sock_common, skc_daddr));
		assert_int_equal(st.sock.ipv6, offsetof(struct sock_common, skc_v6_daddr));
	}
	statement_free(&st);
}

#define SAMPLE "tracepoint:test:sample "
#define SOCKETS "tracepoint:test:sockets "

TEST(functions_of_keys_know_what_they_are_given)
{
	key_is(SAMPLE "{count() by str(args.p->name)}", EXPR_AS_STR, 2, false);
	key_is(SAMPLE "{count() by str(args.p->text)}", EXPR_AS_STR, 2, false);
	key_is("uprobe:/x:f {count() by str(arg0)}", EXPR_AS_STR, 1, true);
	key_is("uretprobe:/x:f {count() by str(retval)}", EXPR_AS_STR, 1, true);
	key_is("usdt:/x:a:b {count() by str(arg3)}", EXPR_AS_STR, 1, true);
	key_is("kprobe:gives_nothing {count() by str(args.name)}", EXPR_AS_STR, 1, false);
	key_is("fexit:does {count() by errno(retval)}", EXPR_AS_ERRNO, 2, false);
	key_is("kretprobe:unknown {count() by errno(retval)}", EXPR_AS_ERRNO, 1, false);
	key_is(SAMPLE "{count() by sym(args.p->any)}", EXPR_AS_SYM, 2, false);
	key_is(SOCKETS "{count() by ntop(args.sk)}", EXPR_AS_SOCK, 1, false);
	key_is(SOCKETS "{count() by ntop((struct tcp_sock *)args.sk)}", EXPR_AS_SOCK, 1, false);
	key_is(SOCKETS "{count() by ntop((struct tcp_sock)args.sk)}", EXPR_AS_SOCK, 1, false);
	key_is(SOCKETS "{count() by ntop(args.sk->__sk_common.skc_daddr)}", EXPR_AS_IPV4, 2, false);
	key_is(SOCKETS "{count() by ntop(args.sk->__sk_common.skc_v6_daddr)}", EXPR_AS_IPV6, 2,
	       false);
	key_is(SAMPLE "{count() by ntop(args.p->address4)}", EXPR_AS_IPV4, 2, false);
	key_is(SAMPLE "{count() by ntop(args.p->address6)}", EXPR_AS_IPV6, 2, false);
	key_is(SOCKETS "{count() by disk(args.rq)}", EXPR_AS_DISK, 5, false);
	key_is(SOCKETS "{count() by disk(args.rq->q->disk)}", EXPR_AS_DISK, 5, false);
	key_is(SOCKETS "{count() by disk(args.dev)}", EXPR_AS_DISK, 2, false);
}

static void value_of(const char *text, struct machine *m, long long want)
{
	struct statement st;

	accepts(&st, text);
	assert_int_equal(machine_run(m, st.value.step), MACHINE_DONE);
	assert_int_equal(m->value, want);
	statement_free(&st);
}

TEST(probes_offer_what_they_have)
{
	struct task_struct task = {.pid = 42, .tgid = 41};
	struct machine m = {.arg = {1, ~0ULL, 3},
			    .retval = 0xdead0000fffeULL,
			    .ns = 77,
			    .task = (unsigned long long)&task,
			    .memory = {{&task, sizeof(task)}}};

	value_of("fexit:does {sum(retval)}", &m, -2);
	value_of("kretprobe:does {sum(retval)}", &m, -2);
	value_of("uretprobe:/x:f {sum(retval)}", &m, 0xdead0000fffeLL);
	value_of("fexit:does {sum(ns)}", &m, 77);
	value_of("kretprobe:does {sum(ns / 7)}", &m, 11);
	value_of("fexit:does {sum(args.size)}", &m, -1);
	value_of("kprobe:does {sum(arg1)}", &m, -1);
	value_of("kprobe:does {sum((u64)arg0)}", &m, 1);
	value_of("kprobe:nobody_knows {sum(arg2)}", &m, 3);
	value_of("usdt:/x:a:b {sum(arg2)}", &m, 3);
	value_of("profile:hz:99 {sum(curtask->pid)}", &m, 42);
	value_of("profile:hz:99 {sum(pid)}", &m, 41);
	value_of("profile:hz:99 {sum(tid)}", &m, 42);
	value_of("tracepoint:test:unnamed {sum(arg1)}", &m, -1);
	value_of("rawtracepoint:sample {sum(args.n)}", &m, -1);
}

/* A statement that is wrong, what is said of it, and the part of it that is underlined. */
static const struct mistake {
	const char *text, *what, *at;
} mistakes[] = {
	/* Grammar. */
	{SAMPLE "/", "an operand, such as arg0, args.NAME, retval or 42, expected, not the end",
	 ""},
	{SAMPLE "//", "expected, not /", "/"},
	{SAMPLE "/1", "/ at the end of the predicate expected, not the end", ""},
	{SAMPLE "/1/ 2", "/ at the end of the predicate expected, not the end", ""},
	{SAMPLE "/1 2/", "/ at the end of the predicate expected, not 2", "2"},
	{SAMPLE "{", "count(), sum(E), stats(E), hist(E) or lhist(E, min, max, step) expected", ""},
	{SAMPLE "{}", "expected, not }", "}"},
	{SAMPLE "{count}", "( expected, not }", "}"},
	{SAMPLE "{count(1)}", ") of count() expected, not 1", "1"},
	{SAMPLE "{count()", "`by KEY` or } expected, not the end", ""},
	{SAMPLE "{count() by}", "expected, not }", "}"},
	{SAMPLE "{count() by comm,}", "expected, not }", "}"},
	{SAMPLE "{count() by comm pid}", ", } or an operator expected, not pid", "pid"},
	{SAMPLE "{count()} x", "the end expected, not x", "x"},
	{SAMPLE "{cuont()}", "cuont: no such record; did you mean count?", "cuont"},
	{SAMPLE "{frobnicate(1)}", "there are count(), sum(E)", "frobnicate"},
	{SAMPLE "{avg(args.n)}", "stats(E) has count, sum, minimum, maximum and average", "avg"},
	{SAMPLE "{sum()}", "expected, not )", ")"},
	{SAMPLE "{sum(args.n}", ") or an operator expected, not }", "}"},
	{SAMPLE "{hist(args.n, )}", "a unit, such as us or KiB, expected", ")"},
	{SAMPLE "{hist(args.n, kiB)}", "kiB: no such unit; did you mean KiB?", "kiB"},
	{SAMPLE "{hist(args.n, parsec)}", "there are ns, us, ms, s, B, KiB, MiB and GiB", "parsec"},
	{SAMPLE "{lhist(args.n)}", ", in lhist(E, min, max, step) expected", ")"},
	{SAMPLE "{lhist(args.n, 1, 2)}", ", in lhist(E, min, max, step) expected", ")"},
	{SAMPLE "{lhist(args.n, 5, 5, 1)}", "the maximum, 5, is not above the minimum, 5", "5"},
	{SAMPLE "{lhist(args.n, 0, 5, 0)}", "steps of 0; from 1 to 5 are possible", "0"},
	{SAMPLE "{lhist(args.n, 0, 5, 6)}", "steps of 6; from 1 to 5", "6"},
	{SAMPLE "{lhist(args.n, 0, 1000, 1)}", "1000 buckets, 38 are the most; take steps of 27",
	 "1"},
	{SAMPLE "{lhist(args.n, args.n, 10, 1)}", "args.n: a constant is needed here", "args.n"},
	{SAMPLE "/args.n &&/", "an operand", "/"},
	{SAMPLE "/(args.n/", "expected, not /", "/"},
	{SAMPLE "/(args.n]/", ") or an operator expected, not ]", "]"},
	{SAMPLE "/args./", "the name of a field expected, not /", "/"},
	{SAMPLE "/args.p->grid[1/", "] or an operator expected, not /", "/"},
	{SAMPLE "/args.p->grid[]/", "an operand", "]"},
	{SAMPLE "/args.n = 1/", "nothing is assigned here; == compares", "="},
	{SAMPLE "/args.n ? 1 : 2/", "?: is left out", "?"},
	{SAMPLE "/args.n @ 1/", "@: has no meaning in a statement", "@"},
	{SAMPLE "/12abc/", "12abc: not a number", "12abc"},
	{SAMPLE "/5parsecs/", "5parsecs: not a number", "5parsecs"},
	{SAMPLE "/099/", "099: not a number", "099"},
	{SAMPLE "/99999999999999999999/", "does not fit into 64 bits", "99999999999999999999"},
	{SAMPLE "/99999999999s/", "does not fit into 64 bits", "99999999999s"},
	{SAMPLE "/str(args.p->name)/", "str(): no such function here", "str"},
	{SAMPLE ".. kprobe:does .. kprobe:does", "one .. between", ".."},
	{SAMPLE ".. {count()}", "a probe is expected here", "{"},
	{SAMPLE "/1/ /2/ .. kprobe:does", "combine two with &&", "2"},
	{SAMPLE ".. kprobe:does /ns/ /ns > 1/", "combine two with &&", "ns > 1"},
	{SAMPLE ".. kprobe:does /ns/, kprobe:does", "behind the last of its ends", "ns"},
	{"tracepoint:test:sample[args.n .. kprobe:does",
	 "], a comma or an operator expected, not ..", ".."},
	{"tracepoint:test:sample[1, 2] .. kprobe:does[3]",
	 "tied by 1 expression, tracepoint:test:sample by 2", "kprobe:does"},
	{"tracepoint:test:sample[1, 2] .. kprobe:does", "without any it is tid", "kprobe:does"},
	{"tracepoint:test:sample[1, 2, 3] .. kprobe:does", "2 expressions tie", "3"},
	{SAMPLE ".. kprobe:does, kprobe:does {", "count(), sum(E)", NULL},
	{SAMPLE "{sum(begin.args.n)}", "only the end of a span knows", "begin"},
	{SAMPLE "{count() by begin.comm, comm}", "comm: is there twice", "comm"},
	{" {count()}", "a probe is expected before that", " "},
	/* Names. */
	{SAMPLE "/args.narow.x/", "args.narow.x: no such argument of sample; did you mean narrow?",
	 "narow"},
	{SAMPLE "/args.m/", "args.m: no such argument of sample; it has p, n, narrow, yes", "m"},
	{SAMPLE "/args.nothing_like_it/", "it has p, n, narrow, yes", "nothing_like_it"},
	{SAMPLE "/args/", "of which argument? Write args.NAME or arg0", "args"},
	{SAMPLE "/arg4/", "arg4: no such argument; sample has arg0 to arg3", "arg4"},
	{SAMPLE "/n/", "n: no such name; did you mean args.n?", "n"},
	{SAMPLE "/retvall/", "did you mean retval?", "retvall"},
	{SAMPLE "/GREEM/", "did you mean GREEN?", "GREEM"},
	{SAMPLE "/qqqqqq/", "there are argN, args.NAME, retval", "qqqqqq"},
	{SAMPLE "/args.p.s31/", "args.p.s31: no such field of struct sample; did you mean s",
	 "s31"},
	{SAMPLE "/args.p.in.z.q/", "args.p.in.z.q: no such field of struct inner", "z"},
	{SAMPLE "/args.n.x/", "int has no fields", "x"},
	{SAMPLE "/args.p.s8.x/", "has no fields", "x"},
	{SAMPLE "/args.p.grid.x/", "has no fields; take an element: [0]", "x"},
	{SAMPLE "/args.p.unknown.x/", "what is in struct declared is not known here; cast", "x"},
	{SAMPLE "/args.p.any.x/", "what is in void is not known here; cast the pointer", "x"},
	{SAMPLE "/*args.p.any/", "void", NULL},
	{SAMPLE "/args.p.in/", "is a whole struct inner; name a field of it", "in"},
	{SAMPLE "/*args.p/", "is a whole struct sample", "*"},
	{SAMPLE "/args.p.real > 1/", "double: not an integer", "real"},
	{SAMPLE "/args.p.grid > 1/", NULL, NULL},
	{SAMPLE "/args.p.name/", "is an array; take an element, [0], or as a key str()", "name"},
	{SAMPLE "{sum(args.p)}", "is a pointer, struct sample *, and no number", "p"},
	{SAMPLE "/args.p.grid[2][0]/", "there is no [2]: the array has 2 elements, 0 to 1", "[2]"},
	{SAMPLE "/args.p.grid[0][-1]/", "there is no [-1]", "[-1]"},
	{SAMPLE "/args.p.grid[args.n][0]/", "args.n: a constant is needed here", "args.n"},
	{SAMPLE "/args.p.none[0]/", NULL, NULL},
	{SAMPLE "/args.p.after[99999999999]/", "too far away", NULL},
	{SAMPLE "/args.n[0]/", "int is neither an array nor a pointer", "[0]"},
	{SAMPLE "/args.p * 2/", "is a pointer, struct sample *; for * cast it: (u64)", "p"},
	{SAMPLE "/2 - args.p/", "a pointer cannot be subtracted from a number", "-"},
	{SAMPLE "/args.p - args.p/", "of two pointers; cast them", "-"},
	{SAMPLE "/-args.p/", "is a pointer", "p"},
	{SAMPLE "/&args.n/", "is not in memory: it has no address", "&"},
	{SAMPLE "/&args.p.b3/", "is a bit field: it has no address", "&"},
	{SAMPLE "/(struct smaple *)args.p/", "struct smaple: no such type; did you mean sample?",
	 "(struct smaple *)"},
	{SAMPLE "/(quux)args.n/", "quux: no such type", "(quux)"},
	{SAMPLE "/(void)args.n/", "void has no value", "(void)"},
	{SAMPLE "/(struct sample)args.n/", "is no pointer: it has 4 bytes", "n"},
	{SAMPLE "/(struct)args.n/", "the name of a type expected, not )", ")"},
	{SAMPLE "/(int char float x)args.n/", ") or * expected", "float"},
	{SAMPLE "/(double)args.n/", "no such type", "(double)"},
	/* What a probe does not have. */
	{SAMPLE "/retval/", "a tracepoint returns nothing", "retval"},
	{SAMPLE "/ns > 1/", "nothing ends at this probe", "ns"},
	{"kprobe:does /retval/", "the function has only begun; use kretprobe: or fexit:", "retval"},
	{"kretprobe:does /arg0/", "when a function returns, its arguments are gone", "arg0"},
	{"kretprobe:does /args.p/", "use kprobe:, or fexit:, which has both", "p"},
	{"fexit:gives_nothing /retval/", "the function returns nothing (void)", "retval"},
	{"kprobe:does /arg2/", "arg2: no such argument; does has arg0 to arg1", "arg2"},
	{"kprobe:unknown /arg5/", "no such argument; unknown has arg0 to arg4", "arg5"},
	{"kprobe:unknown /args.x/", "does not know this function: write arg0", "x"},
	{"uprobe:/x:f /args.x/", "the names of a user function's arguments are not read", "x"},
	{"uprobe:/x:f /retval/", "the function has only begun; use uretprobe:", "retval"},
	{"uretprobe:/x:f /arg0/", "its arguments are gone; use uprobe:", "arg0"},
	{"usdt:/x:a:b /args.x/", "static probes have numbered arguments", "x"},
	{"profile:hz:99 /arg0/", "a sample is no call: it has no arguments", "arg0"},
	{"tracepoint:test:nobody /args.x/", "does not know this tracepoint: write arg0", "x"},
	/* Keys. */
	{SAMPLE "{count() by com}", "com: no such key; did you mean comm?", "com"},
	{SAMPLE "{count() by comm, comm}", "comm: is there twice", "comm"},
	{SAMPLE "{count() by comm(3)}", "comm takes no number", "3"},
	{SAMPLE "{count() by kstack(0)}", "how many frames, from 1 to 127, expected", "0"},
	{SAMPLE "{count() by kstack(128)}", "how many frames, from 1 to 127, expected", "128"},
	{SAMPLE "{count() by sstr(args.p.name)}", "sstr(): no such key; did you mean str?", "sstr"},
	{SAMPLE "{count() by inet(args.p.name)}", "there are str(), ntop(), errno()", "inet"},
	{SAMPLE "{count() by str(args.n)}", "str() takes a pointer to characters", "n"},
	{SAMPLE "{count() by str(args.p.to)}", "or an array of them, not struct inner *", "to"},
	{SAMPLE "{count() by str()}", "an operand", ")"},
	{SAMPLE "{count() by ntop(args.p)}", "ntop() takes a struct sock", "p"},
	{SAMPLE "{count() by disk(args.p)}", "disk() takes a struct request, bio", "p"},
	{SAMPLE "{count() by errno(args.narrow)}", "is unsigned: no error is below zero", "narrow"},
	{SAMPLE "{count() by sym(args.n)}", "is no address: it has 4 bytes", "n"},
	{SAMPLE "{count() by 1,2,3,4,5,6,7,8,9}", "more than 8 keys", "9"},
	/* More than a program can hold. */
	{SAMPLE "/(args.n/1)-((args.n/2)-((args.n/3)-((args.n/4)-(args.n/5))))/",
	 "needs more than 4 values at once", NULL},
	{SAMPLE
	 "/args.p.s8+args.p.u8+args.p.s16+args.p.u16+args.p.s32+args.p.u32+args.p.s64+args.p.u64"
	 "+args.p.b3/",
	 "takes more than 24 steps", NULL},
};

static void check_mistake(const struct mistake *m)
{
	struct statement st;
	bool accepted = test_resolve(&st, m->text);

	if (!m->what) {
		if (!accepted)
			fail_msg("%s: %s", m->text, st.complaint.what);
	} else if (accepted) {
		fail_msg("%s: is accepted", m->text);
	} else {
		if (!strstr(st.complaint.what, m->what))
			fail_msg("%s: does not say '%s': %s", m->text, m->what, st.complaint.what);
		assert_true(st.complaint.at + st.complaint.length <= strlen(m->text));
		if (m->at && (strlen(m->at) != st.complaint.length ||
			      strncmp(m->text + st.complaint.at, m->at, st.complaint.length)))
			fail_msg("%s: '%.*s' is underlined, not '%s'", m->text,
				 (int)st.complaint.length, m->text + st.complaint.at, m->at);
	}
	statement_free(&st);
}

TEST(every_mistake_is_told_with_its_place)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		check_mistake(&mistakes[i]);
}

TEST(the_caret_is_under_the_place)
{
	char shown[256];
	struct statement st;

	assert_false(test_resolve(&st, "kprobe:\xc3\xa4\x01 {sum(arg0 @)}"));
	complaint_show(&st.complaint, st.text, shown, sizeof(shown));
	assert_string_equal(shown, "  kprobe:\xc3\xa4\\x01 {sum(arg0 @)}\n"
				   "                         ^\n");
	statement_free(&st);
	assert_false(test_resolve(&st, SAMPLE "/args.nn/"));
	complaint_show(&st.complaint, st.text, shown, sizeof(shown));
	assert_string_equal(shown, "  " SAMPLE "/args.nn/\n"
				   "                               ^~\n");
	statement_free(&st);
}

TEST(what_is_deep_or_long_is_refused_not_followed)
{
	char text[8192] = SAMPLE "/", *end = text + strlen(text);
	struct statement st;

	memset(end, '(', 4000);
	assert_false(test_resolve(&st, text));
	assert_non_null(strstr(st.complaint.what, "nested more than 64 deep"));
	statement_free(&st);
	memset(end, '-', 4000);
	assert_false(test_resolve(&st, text));
	assert_non_null(strstr(st.complaint.what, "nested more than 64 deep"));
	statement_free(&st);
	for (int i = 0; i < 1000; i++)
		memcpy(end + 2 * i, "1+", 2);
	strcpy(end + 2000, "1/");
	assert_false(test_resolve(&st, text));
	assert_non_null(strstr(st.complaint.what, "more than 512 operands"));
	statement_free(&st);
	memset(end, 'a', 1000);
	strcpy(end + 1000, "/");
	assert_false(test_resolve(&st, text));
	assert_non_null(strstr(st.complaint.what, "a name of 1000 letters"));
	statement_free(&st);
}

TEST(lines_of_format_files_are_fields)
{
	static const struct {
		const char *line, *type, *name;
	} lines[] = {
		{"\tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;\n", "const char *",
		 "filename"},
		{"\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n", "char",
		 "prev_comm"},
		{"\tfield:unsigned char *const *argv;\toffset:8;", "unsigned char *const *",
		 "argv"},
		{"\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n", "int",
		 "__syscall_nr"},
		{"\tfield:pid_t pid;\n", "pid_t", "pid"},
	};
	struct format_field field;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_true(format_file_line(lines[i].line, &field));
		assert_string_equal(field.type, lines[i].type);
		assert_string_equal(field.name, lines[i].name);
	}
	assert_false(format_file_line("name: sys_enter_openat\n", &field));
	assert_false(format_file_line("\tfield:unsigned char common_flags;\toffset:2;", &field));
	assert_false(format_file_line("field:;", &field));
	assert_false(format_file_line("field:int", &field));
}

/* Of a kernel without type information. */
static bool resolves_without(struct statement *st, const char *text)
{
	struct scope scope;

	assert_true(statement_parse(st, text));
	scope_of_name(&scope, NULL, st->probe);
	return statement_resolve_in(st, &scope, NULL);
}

TEST(without_type_information_there_are_numbers)
{
	static const char *const refused[][2] = {
		{"kprobe:does /args.p/", "this kernel has no type information (BTF): write arg0"},
		{"tracepoint:a:b /args.p/",
		 "this kernel has no type information (BTF): write arg0"},
		{"kprobe:does /curtask.pid/", "this kernel has no type information (BTF)"},
		{"kprobe:does /pid/", "this kernel has no type information (BTF)"},
		{"kprobe:does /((struct sample *)arg0).x/", "no such type: this kernel has no"},
		{"kprobe:does /*(u32 *)arg0/", "no such type: this kernel has no"},
		{"kprobe:does /arg0.x/", "has no fields"},
		{"kprobe:does /*arg0/", "is neither an array nor a pointer"},
		{"kprobe:does /GREEN/", "no such name"},
		{"kprobe:does {count() by ntop((u64)arg0)}", "ntop() takes a struct sock"},
	};
	struct statement st;

	assert_true(resolves_without(&st, "kprobe:does /arg0 > 1 && (s32)arg1/ {sum(arg4)}"));
	statement_free(&st);
	assert_true(resolves_without(&st, "fexit:does {sum(ns) by errno(retval), str(arg1)}"));
	statement_free(&st);
	assert_true(resolves_without(&st, "kprobe:does {sum((u64)(void *)arg0) by sym(arg1)}"));
	statement_free(&st);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (resolves_without(&st, refused[i][0]))
			fail_msg("%s: is accepted", refused[i][0]);
		if (!strstr(st.complaint.what, refused[i][1]))
			fail_msg("%s: %s", refused[i][0], st.complaint.what);
		statement_free(&st);
	}
}
