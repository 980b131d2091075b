// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * script.c - see bench/results/gnuplot/script.h: a plot in gnuplot's language, texts only through
 * quote(); and gnuplot as a child, without a shell.
 */
#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/results/gnuplot/range.h"
#include "bench/results/gnuplot/script.h"
#include "cli/diag.h"

extern char **environ;

/* Okabe and Ito's colours, which the colour-blind tell apart, without their yellow; two darker. */
static const char *const colours[] = {
	"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
	"#56b4e9", "#000000", "#7a3b8f", "#8c6d31",
};
/* gnuplot's filled square, circle, triangles, diamond and pentagon; the hollow ones are one less.
 */
static const int shapes[] = {7, 5, 9, 11, 13, 15};

/* Write text as a string of gnuplot, in which nothing is special. Other bytes than ASCII: '?'. */
static void quote(FILE *to, const char *text)
{
	fputc('\'', to);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', to);
		fputc(*text < ' ' || *text > '~' ? '?' : *text, to);
	}
	fputc('\'', to);
}

static void write_data(const struct plot *p, const struct plot_range *x, const struct plot_range *y,
		       FILE *to)
{
	for (size_t i = 0; i < p->count; i++) {
		fprintf(to, "$line%zu << END\n", i);
		for (size_t j = 0; j < p->lines[i].count; j++) {
			const struct plot_point *point = &p->lines[i].points[j];
			double at = p->axis == PLOT_PERCENTILES ? point->x
								: plot_range_place(x, point->x);

			fprintf(to, "%.9g %.9g %.9g %.9g\n", at, plot_range_place(y, point->y),
				plot_range_place(y, point->low), plot_range_place(y, point->high));
		}
		fputs("END\n", to);
	}
}

static void write_titles(const struct plot *p, FILE *to)
{
	fputs("set title ", to);
	quote(to, p->title);
	fputs(".\"\\n\".", to);
	quote(to, p->subtitle);
	fputs(" noenhanced\nset xlabel ", to);
	quote(to, p->x_title);
	fputs(" noenhanced\nset ylabel ", to);
	quote(to, p->y_title);
	fputs(" noenhanced\n", to);
}

/* Does an earlier line have a point at this x? */
static bool is_labelled(const struct plot *p, size_t lines, double x)
{
	for (size_t i = 0; i < lines; i++)
		for (size_t j = 0; j < p->lines[i].count; j++)
			if (p->lines[i].points[j].x == x)
				return true;
	return false;
}

static void write_value_labels(const struct plot *p, const struct plot_range *range, FILE *to)
{
	const char *separator = "(";

	for (size_t i = 0; i < p->count; i++) {
		for (size_t j = 0; j < p->lines[i].count; j++) {
			double x = p->lines[i].points[j].x;

			if (is_labelled(p, i, x))
				continue;
			fputs(separator, to);
			plot_range_label(range, x, p->axis == PLOT_RATES, to);
			separator = ", ";
		}
	}
	fputs(")", to);
}

static void write_x(const struct plot *p, const struct plot_range *x, FILE *to)
{
	if (p->axis == PLOT_PERCENTILES) {
		fputs("set xrange [-0.2:4.2]\n"
		      "set xtics ('p50' 0, 'p90' 1, 'p99' 2, 'p99.9' 3, 'maximum' 4)\n",
		      to);
		return;
	}
	fputs("set logscale x\nset xrange ", to);
	plot_range_bounds(x, to);
	fputs("\nset xtics ", to);
	write_value_labels(p, x, to);
	fputc('\n', to);
	if (x->infinite)
		fprintf(to,
			"set arrow from %.9g, graph 0 to %.9g, graph 1 nohead dt 3 lc '#808080'\n",
			sqrt(x->high * x->infinite_at), sqrt(x->high * x->infinite_at));
}

static void write_y(const struct plot *p, const struct plot_range *y, FILE *to)
{
	fputs("set logscale y\nset yrange ", to);
	plot_range_bounds(y, to);
	fputs("\nset ytics ", to);
	plot_range_labels(y, p->suffixes, to);
	fputc('\n', to);
}

static void write_lines(const struct plot *p, double point_size, FILE *to)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct plot_line *line = &p->lines[i];

		fprintf(to, "%s $line%zu using 1:2:3:4 with yerrorlines title ", i ? "," : "plot",
			i);
		quote(to, line->name);
		fprintf(to, " noenhanced lc '%s' lw 2 ps %g pt %d dt %d",
			colours[line->style % (sizeof(colours) / sizeof(colours[0]))], point_size,
			shapes[line->style % (sizeof(shapes) / sizeof(shapes[0]))] - line->dashed,
			line->dashed ? 2 : 1);
	}
	fputc('\n', to);
}

static void write_script(const struct plot *p, FILE *to)
{
	struct plot_range x = {0}, y = {0};

	for (size_t i = 0; i < p->count; i++) {
		for (size_t j = 0; j < p->lines[i].count; j++) {
			plot_range_add(&x, p->lines[i].points[j].x);
			plot_range_add(&y, p->lines[i].points[j].y);
			plot_range_add(&y, p->lines[i].points[j].low);
			plot_range_add(&y, p->lines[i].points[j].high);
		}
	}
	plot_range_finish(&x, false);
	plot_range_finish(&y, true);
	write_data(p, &x, &y, to);
	write_titles(p, to);
	write_x(p, &x, to);
	write_y(p, &y, to);
	fputs("set key outside right top Left reverse\nset grid lt 1 lw 0.7 lc '#dddddd'\n"
	      "set tics nomirror\nset border 3\n"
	      "set terminal svg size 1000,600 font 'sans-serif,14' background 'white'\n",
	      to);
	fprintf(to, "set output '%s.svg'\n", p->file);
	write_lines(p, 0.7, to);
	fprintf(to,
		"set terminal pngcairo size 1000,600 font 'sans-serif,11' background 'white'\n"
		"set output '%s.png'\n",
		p->file);
	write_lines(p, 1.1, to);
	fputs("unset output\n", to);
}

/* -- running gnuplot -------------------------------------------------------------------------- */

/* Returns 0 or an errno. */
static int spawn(pid_t *pid, int dir_fd, int in, int out)
{
	/* Without the user's own settings. */
	char *const argv[] = {"gnuplot", "--default-settings", NULL};
	posix_spawn_file_actions_t actions;
	int err;

	err = posix_spawn_file_actions_init(&actions);
	if (err)
		return err;
	err = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	if (!err)
		err = posix_spawn_file_actions_addfchdir_np(&actions, dir_fd);
	if (!err)
		err = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* The first line of what gnuplot printed that says something. */
static int failed(int out)
{
	char text[2048] = {0};
	char *line;

	if (pread(out, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (line[strspn(line, " \t^>")])
			break;
	return fail("gnuplot: failed: %s", line ? line : "it does not say why");
}

static int wait_for(pid_t pid, int out)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got != pid)
		return fail("gnuplot: cannot wait for it: %m");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : failed(out);
}

/* Run gnuplot in the directory, with the script, from its beginning, as its input. */
static int run(int dir_fd, FILE *script)
{
	int out, err, r;
	pid_t pid;

	if (fflush(script) || ferror(script))
		return fail("gnuplot: cannot write its script: %m");
	rewind(script);
	out = memfd_create("gnuplot", MFD_CLOEXEC);
	if (out < 0)
		return fail("gnuplot: cannot keep its messages: %m");
	err = spawn(&pid, dir_fd, fileno(script), out);
	if (err == ENOENT)
		r = fail("gnuplot: not installed; install the Debian package gnuplot-nox");
	else if (err)
		r = fail("gnuplot: cannot run: %s", strerror(err));
	else
		r = wait_for(pid, out);
	close(out);
	return r;
}

static int compare_points(const void *a, const void *b)
{
	const struct plot_point *x = a, *y = b;

	return x->x < y->x ? -1 : x->x > y->x;
}

static int compare_lines(const void *a, const void *b)
{
	const struct plot_line *x = a, *y = b;

	if (x->dashed != y->dashed)
		return x->dashed - y->dashed;
	return x->style < y->style ? -1 : x->style > y->style;
}

int plot_draw(struct plot *p, int dir_fd)
{
	FILE *script;
	int r;

	if (p->failed)
		return fail("%s: no memory for all its points", p->file);
	qsort(p->lines, p->count, sizeof(*p->lines), compare_lines);
	for (size_t i = 0; i < p->count; i++)
		qsort(p->lines[i].points, p->lines[i].count, sizeof(*p->lines[i].points),
		      compare_points);
	script = tmpfile();
	if (!script)
		return fail("%s: cannot write a script for gnuplot: %m", p->file);
	write_script(p, script);
	r = run(dir_fd, script);
	fclose(script);
	return r;
}
