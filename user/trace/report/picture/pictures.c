// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pictures.c - see trace/report/picture/pictures.h */
#include <string.h>

#include "cli/aside_file.h"
#include "cli/diag.h"
#include "trace/report/picture/flame.h"
#include "trace/report/picture/heatmap.h"
#include "trace/report/picture/pictures.h"

static const struct picture {
	int (*check)(const struct trace *trace); /* returns 0 or an exit code, diagnosed */
	int (*interval)(struct trace *trace); /* returns 0 or an errno; may be NULL */
	int (*draw)(struct trace *trace, FILE *to); /* returns 0 or an errno */
	void (*forget)(struct trace *trace); /* may be NULL */
} pictures[PICTURES] = {
	[PICTURE_FLAME] = {flame_check, NULL, flame_draw, NULL},
	[PICTURE_HEATMAP] = {heatmap_check, heatmap_interval, heatmap_draw, heatmap_free},
};

static const char *path_of(const struct trace *t, int i)
{
	return t->options->picture[i];
}

int pictures_check(const struct trace *t)
{
	int r = 0;

	for (int i = 0; !r && i < PICTURES; i++)
		if (path_of(t, i)) {
			r = pictures[i].check(t);
			r = r ? r : aside_file_check(path_of(t, i));
		}
	return r;
}

int pictures_interval(struct trace *t)
{
	int err = 0;

	for (int i = 0; !err && i < PICTURES; i++)
		if (path_of(t, i) && pictures[i].interval)
			err = pictures[i].interval(t);
	return err;
}

static int write_one(struct trace *t, int i)
{
	struct aside_file f;
	int err, code;

	if (aside_file_open(&f, path_of(t, i)))
		return EXIT_FAILED;
	err = pictures[i].draw(t, f.stream);
	code = err ? fail("%s: cannot draw: %s", f.path, strerror(err)) : 0;
	return aside_file_close(&f, code);
}

int pictures_write(struct trace *t)
{
	int code = 0;

	for (int i = 0; i < PICTURES; i++)
		if (path_of(t, i) && write_one(t, i))
			code = EXIT_FAILED;
	return code;
}

void pictures_free(struct trace *t)
{
	for (int i = 0; i < PICTURES; i++)
		if (pictures[i].forget)
			pictures[i].forget(t);
}
