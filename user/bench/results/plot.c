// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plot.c - latchkit bench plot, and see bench/results/plot.h. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/results/plot.h"
#include "bench/results/plot_kind.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/output_end.h"
#include "bench/results/gnuplot/script.h"

/* Draw the plot that the result leads. Returns how many, 0 or 1, or -1 after printing why. */
static int draw_one(const struct bench_file *f, const struct bench_plot_kind *k,
		    const struct bench_file_result *leader, const char *dir, int dir_fd)
{
	struct plot p = {0};
	int r = 0;

	bench_plot_collect(&p, f, k, leader);
	if (plot_is_worth_it(&p)) {
		bench_plot_label(&p, f, k, leader);
		r = plot_draw(&p, dir_fd) ? -1 : 1;
	}
	if (r > 0)
		printf("%s/%s.svg\n%s/%s.png\n", dir, p.file, dir, p.file);
	plot_free(&p);
	return r;
}

static int draw_all(const struct bench_file *f, const char *dir, int dir_fd)
{
	const struct bench_plot_kind *k;
	int plots = 0;

	for (size_t kind = 0; (k = bench_plot_kind_get(kind)); kind++) {
		for (size_t i = 0; i < f->count; i++) {
			int r = 0;

			if (bench_plot_leads(f, k, &f->results[i]))
				r = draw_one(f, k, &f->results[i], dir, dir_fd);
			if (r < 0)
				return fail("%s: as it was; repeat latchkit bench plot to draw it",
					    f->path);
			plots += r;
		}
	}
	if (!plots)
		return fail("%s: nothing to draw: no plot has two points; measure at more rates, "
			    "payloads or slots",
			    f->path);
	return output_end(stdout, NULL);
}

static int draw_into(const struct bench_file *f, const char *dir)
{
	int dir_fd, r;

	if (mkdir(dir, 0777) && errno != EEXIST)
		return fail("%s: cannot make the directory: %m", dir);
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return fail("%s: cannot open the directory: %m", dir);
	r = draw_all(f, dir, dir_fd);
	close(dir_fd);
	return r;
}

int bench_plot(const char *dir, const char *results_path)
{
	struct bench_file f;
	int r = bench_file_read(&f, results_path);

	if (!r)
		r = draw_into(&f, dir);
	bench_file_free(&f);
	return r;
}

/* -- the command line ------------------------------------------------------------------------- */

static const char doc[] =
	"Draw a file of results with gnuplot: SVG and PNG files in DIR, which is made if it is not "
	"there.\v"
	"Reads, writes and retries by write rate; times by payload; reads and retries by the slots "
	"of ring_N; latencies by percentile, of the writers that were not held back or else of the "
	"fastest. A plot is left out where the file has less than two points for it.";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	const char **arguments = state->input;

	if (key == ARGP_KEY_ARG && state->arg_num < 2)
		arguments[state->arg_num] = arg;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "%s: one file and one directory; see --help", arg);
	else if (key == ARGP_KEY_END && state->arg_num < 2)
		argp_error(state, "give a file of results and a directory");
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int cmd_bench_plot(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse_option,
		.args_doc = "RESULTS DIR",
		.doc = doc,
	};
	const char *arguments[2] = {NULL, NULL};

	if (arguments_parse(&argp, argc, argv, arguments))
		return EXIT_FAILED;
	return bench_plot(arguments[1], arguments[0]);
}
