// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* user.c - see symbols/user.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/clock.h"
#include "symbols/demangle.h"
#include "symbols/files.h"
#include "symbols/maps.h"
#include "symbols/mmap_log.h"
#include "symbols/perf_map.h"
#include "symbols/user.h"

#define CHAINS 1024
/* How often mappings may be read: so many times at once, then each time after a pause. */
#define BURST 8
#define PAUSE_NS 100000000ULL
/* Addresses that are known may have become others': look again after this time. */
#define OLD_NS 1000000000ULL
/* Different states of a program's mappings that are kept. */
#define STATES 4

struct program {
	struct usyms_program id;
	struct usyms_numbers numbers;
	struct program *next; /* in its chain */
	struct maps *maps[STATES]; /* the newest first */
	struct perf_map *made; /* names of code that it has made; NULL: none known */
	unsigned long long read_ns, used_ns;
	unsigned long long credit_ns; /* up to when pauses have been turned into credit */
	unsigned int credit; /* times that its mappings may be read at once */
	unsigned long long made_ns; /* when names of code that it made were looked for */
	bool has_made; /* it was seen in such code without a name */
	bool is_stale; /* it is to be read as soon as it may */
	bool asked_log; /* what the kernel has told of it is known */
	bool asked_parent; /* what its parent has mapped is known, or cannot be */
};

struct usyms {
	struct mmap_log *log; /* NULL: the kernel does not tell */
	struct program *chain[CHAINS];
	struct symfiles *files;
	size_t programs, stale;
	unsigned long long maps_read;
};

struct usyms *usyms__new(void)
{
	struct usyms *u = calloc(1, sizeof(*u));

	if (u)
		u->files = symfiles__new();
	if (u && u->files) {
		u->log = mmap_log__new();
		return u;
	}
	free(u);
	return NULL;
}

static void program__free(struct usyms *u, struct program *p)
{
	for (size_t i = 0; i < STATES; i++)
		maps__free(p->maps[i], u->files);
	perf_map__free(p->made);
	u->stale -= p->is_stale;
	u->programs--;
	free(p);
}

void usyms__free(struct usyms *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < CHAINS; i++)
		while (u->chain[i]) {
			struct program *p = u->chain[i];

			u->chain[i] = p->next;
			program__free(u, p);
		}
	symfiles__free(u->files);
	mmap_log__free(u->log);
	free(u);
}

static struct program **chain_of(struct usyms *u, const struct usyms_program *id)
{
	return &u->chain[(id->tgid ^ id->execs * 31 ^ (id->start_ns >> 10)) % CHAINS];
}

static struct program *find(struct usyms *u, const struct usyms_program *id)
{
	struct program *p = *chain_of(u, id);

	while (p && (p->id.tgid != id->tgid || p->id.execs != id->execs ||
		     p->id.start_ns != id->start_ns))
		p = p->next;
	return p;
}

static void forget_one(struct usyms *u)
{
	struct program **oldest = NULL, *p;

	for (size_t i = 0; i < CHAINS; i++)
		for (struct program **at = &u->chain[i]; *at; at = &(*at)->next)
			if (!oldest || (*at)->used_ns < (*oldest)->used_ns)
				oldest = at;
	p = *oldest;
	*oldest = p->next;
	program__free(u, p);
}

static struct program *add(struct usyms *u, const struct usyms_program *id,
			   const struct usyms_numbers *numbers)
{
	struct program **chain = chain_of(u, id), *p;

	if (u->programs == USYMS_PROGRAMS)
		forget_one(u);
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->id = *id;
	p->numbers = *numbers;
	p->credit = BURST;
	p->credit_ns = clock_now_ns();
	p->next = *chain;
	*chain = p;
	u->programs++;
	return p;
}

/* The mapping at an address, in the newest state that has one there. */
static const struct mapping *mapping_at(const struct program *p, uint64_t address,
					const struct maps **in)
{
	for (size_t i = 0; i < STATES && p->maps[i]; i++) {
		const struct mapping *m = maps_find(p->maps[i], address);

		*in = p->maps[i];
		if (m)
			return m;
	}
	return NULL;
}

static bool is_anonymous(const struct maps *maps, const struct mapping *m)
{
	const char *path = maps_path(maps, m);

	return path[0] == '\0' || strncmp(path, "[anon", 5) == 0;
}

/* May the process have made the code there itself? */
static bool is_made(const struct maps *maps, const struct mapping *m)
{
	return is_anonymous(maps, m) || strncmp(maps_path(maps, m), "/memfd:", 7) == 0;
}

static void keep_state(struct usyms *u, struct program *p, struct maps *fresh)
{
	if (!fresh)
		return;
	if (p->maps[0] && maps_equal(p->maps[0], fresh)) {
		maps__free(fresh, u->files);
		return;
	}
	maps__free(p->maps[STATES - 1], u->files);
	memmove(&p->maps[1], &p->maps[0], (STATES - 1) * sizeof(p->maps[0]));
	p->maps[0] = fresh;
}

static void read_made(struct program *p)
{
	const struct usyms_numbers *n = &p->numbers;

	p->made_ns = clock_now_ns();
	if (p->made && !perf_map_is_current(p->made, n->pid, n->inner)) {
		perf_map__free(p->made);
		p->made = NULL;
	}
	if (p->made)
		perf_map_refresh(p->made);
	else
		p->made = perf_map__open(n->pid, n->inner);
}

static void read_now(struct usyms *u, struct program *p)
{
	struct maps *fresh = maps__read(p->numbers.pid, u->files, p->maps[0]);

	u->maps_read++;
	if (!fresh)
		p->asked_log = false; /* it knows better than before, and for the last time */
	keep_state(u, p, fresh);
	if (p->has_made)
		read_made(p);
	p->read_ns = clock_now_ns();
	u->stale -= p->is_stale;
	p->is_stale = false;
}

/* Its parent, if it is known to run the same program, or NULL. */
static const struct program *parent_of(const struct usyms *u, const struct program *p)
{
	for (size_t i = 0; i < CHAINS; i++)
		for (const struct program *at = u->chain[i]; at; at = at->next)
			if (at->numbers.pid == p->numbers.parent && at->id.execs == p->id.execs &&
			    at->maps[0] && at->id.start_ns <= p->id.start_ns)
				return at;
	return NULL;
}

/*
 * It is gone, or has executed another program by now: its parent runs the same one. If that is gone
 * as well, what was seen of it and what the kernel told of it may both be a part of the whole.
 */
static void ask_parent(struct usyms *u, struct program *p)
{
	const struct program *parent;
	struct maps *maps;

	if (p->asked_parent || !p->numbers.parent)
		return;
	p->asked_parent = true;
	u->maps_read++;
	maps = maps__read(p->numbers.parent, u->files, p->maps[0]);
	keep_state(u, p, maps);
	if (maps)
		return;
	parent = parent_of(u, p);
	if (parent)
		keep_state(u, p, maps_share(parent->maps[0]));
	keep_state(u, p, maps__logged(u->log, p->numbers.parent, 0, p->numbers.time_ns, u->files));
}

/* It is gone, or has executed another program by now: the kernel has told what it mapped. */
static void ask_log(struct usyms *u, struct program *p)
{
	if (p->asked_log)
		return;
	p->asked_log = true;
	keep_state(
		u, p,
		maps__logged(u->log, p->numbers.pid, p->id.start_ns, p->numbers.time_ns, u->files));
}

/* May its mappings be read? Takes one of what it has been given, one for each pause. */
static bool may_read(struct program *p)
{
	unsigned long long pauses = (clock_now_ns() - p->credit_ns) / PAUSE_NS;

	p->credit_ns += pauses * PAUSE_NS;
	p->credit = pauses >= BURST - p->credit ? BURST : p->credit + (unsigned int)pauses;
	if (!p->credit)
		return false;
	p->credit--;
	return true;
}

static void read_later(struct usyms *u, struct program *p)
{
	u->stale += !p->is_stale;
	p->is_stale = true;
}

/* Is the code at all addresses known? */
static bool knows(const struct program *p, const unsigned long long *address, size_t count)
{
	const struct maps *maps;

	for (size_t i = 0; i < count; i++)
		if (!mapping_at(p, address[i], &maps))
			return false;
	return true;
}

/* Is some of it code that the process has made, and that has no name? */
static bool lacks_names(const struct program *p, const unsigned long long *address, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct maps *maps;
		const struct mapping *m = mapping_at(p, address[i], &maps);

		if (m && is_made(maps, m) && !(p->made && perf_map_name(p->made, address[i])))
			return true;
	}
	return false;
}

void usyms__see(struct usyms *u, const struct usyms_program *id,
		const struct usyms_numbers *numbers, const unsigned long long *address,
		size_t count)
{
	struct program *p = find(u, id);

	if (!p)
		p = add(u, id, numbers);
	if (!p)
		return;
	p->used_ns = clock_now_ns();
	p->numbers.time_ns = numbers->time_ns;
	if (!knows(p, address, count) || p->used_ns - p->read_ns > OLD_NS) {
		if (may_read(p))
			read_now(u, p);
		else
			read_later(u, p);
		if (!knows(p, address, count))
			ask_log(u, p);
		if (!knows(p, address, count))
			ask_parent(u, p);
	}
	if (!lacks_names(p, address, count))
		return;
	p->has_made = true;
	if (p->used_ns - p->made_ns > PAUSE_NS)
		read_made(p);
	else
		read_later(u, p);
}

bool usyms__catch_up(struct usyms *u)
{
	if (u->log)
		mmap_log_serve(u->log);
	for (size_t i = 0; u->stale && i < CHAINS; i++)
		for (struct program *p = u->chain[i]; p; p = p->next)
			if (p->is_stale && may_read(p))
				read_now(u, p);
	return u->stale;
}

static void put_name(const char *symbol, bool demangled, char *buf, size_t len)
{
	if (demangled)
		demangle(symbol, buf, len);
	else
		snprintf(buf, len, "%s", symbol);
}

/* "[file+0xoffset]", of "/path/file" or "[vdso]". */
static void describe(const char *path, uint64_t offset, char *buf, size_t len)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path + (*path == '[');
	int length = (int)(slash ? strlen(file) : strcspn(file, ":]"));

	snprintf(buf, len, "[%.*s+0x%llx]", length, file, (unsigned long long)offset);
}

static const char *made_name(struct program *p, uint64_t address)
{
	const char *name = p->made ? perf_map_name(p->made, address) : NULL;

	if (name)
		return name;
	if (p->made)
		perf_map_refresh(p->made);
	else if (clock_now_ns() - p->made_ns > PAUSE_NS)
		read_made(p);
	return p->made ? perf_map_name(p->made, address) : NULL;
}

bool usyms__name(struct usyms *u, const struct usyms_program *id, uint64_t address, bool demangled,
		 char *buf, size_t len)
{
	struct program *p = find(u, id);
	const struct maps *maps = NULL;
	const struct mapping *m = p ? mapping_at(p, address, &maps) : NULL;
	const char *name = NULL;

	if (p)
		p->used_ns = clock_now_ns();
	if (m && is_made(maps, m))
		name = made_name(p, address);
	if (m && !name && m->file)
		name = symfiles_name(u->files, m->file, address - m->start + m->offset);
	if (name)
		put_name(name, demangled, buf, len);
	else if (m && !is_anonymous(maps, m))
		describe(maps_path(maps, m), address - m->start + m->offset, buf, len);
	else
		snprintf(buf, len, "[unknown]");
	return name || (m && !is_anonymous(maps, m));
}

struct usyms_counts usyms__counts(const struct usyms *u)
{
	return (struct usyms_counts){u->maps_read, symfiles_read(u->files)};
}
