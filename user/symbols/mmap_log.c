// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * mmap_log.c - see symbols/mmap_log.h. A dummy event of software on each CPU has a ring of records.
 * Records of one process may come from several CPUs, so they are put into order when asked for.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <latchkit/order.h>

#include "host/cpulist.h"
#include "host/perf_event.h"
#include "symbols/mmap_log.h"

#define RING_PAGES 64 /* of a CPU: what kernel.perf_event_mlock_kb allows everybody */
#define RECORD_BYTES_MAX 8192

struct ring {
	int fd;
	struct perf_event_mmap_page *page; /* and behind it the records */
};

struct mmap_log {
	struct ring *ring;
	int rings;
	struct mmap_record record[MMAP_LOG_RECORDS]; /* a ring, too */
	size_t next, count;
	char *paths;
	size_t path_bytes;
	unsigned char bytes[RECORD_BYTES_MAX]; /* of a record that is read */
};

/* What a record ends with, by sample_type. */
struct identity {
	uint32_t pid, tid;
	uint64_t time;
};

struct mmap2 {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t start, length, offset;
	uint32_t major, minor;
	uint64_t inode, inode_generation;
	uint32_t protection, flags;
	char path[];
};

struct comm {
	struct perf_event_header header;
	uint32_t pid, tid;
};

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static bool ring_open(struct ring *r, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.use_clockid = 1,
		.clockid = CLOCK_BOOTTIME,
		.watermark = 1,
		.wakeup_watermark = UINT32_MAX, /* nobody is woken */
	};
	void *page;

	r->fd = perf_event_open(&attr, -1, cpu);
	if (r->fd < 0)
		return false;
	page = mmap(NULL, (1 + RING_PAGES) * page_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED,
		    r->fd, 0);
	if (page != MAP_FAILED) {
		r->page = page;
		return true;
	}
	close(r->fd);
	return false;
}

static bool rings_open(struct mmap_log *log)
{
	struct cpulist online;

	if (cpulist_online(&online))
		return false;
	log->ring = calloc((size_t)online.count, sizeof(*log->ring));
	for (int cpu = 0; log->ring && cpu < CPULIST_MAX; cpu++) {
		if (!cpulist_has(&online, cpu))
			continue;
		if (ring_open(&log->ring[log->rings], cpu))
			log->rings++;
		else if (errno != ENODEV) /* it went offline */
			return false;
	}
	return log->rings;
}

struct mmap_log *mmap_log__new(void)
{
	struct mmap_log *log = calloc(1, sizeof(*log));

	if (log)
		log->paths = malloc(MMAP_LOG_PATHS);
	if (log && log->paths && rings_open(log))
		return log;
	mmap_log__free(log);
	return NULL;
}

void mmap_log__free(struct mmap_log *log)
{
	if (!log)
		return;
	for (int i = 0; i < log->rings; i++) {
		munmap(log->ring[i].page, (1 + RING_PAGES) * page_bytes());
		close(log->ring[i].fd);
	}
	free(log->ring);
	free(log->paths);
	free(log);
}

/* Find or add a path. When there are too many, all is forgotten. */
static uint32_t path_place(struct mmap_log *log, const char *path)
{
	size_t bytes = strlen(path) + 1, last;

	/* Programs map the same few files after each other: look among the newest. */
	for (size_t i = 1; i <= 64 && i <= log->count; i++) {
		last = (log->next + MMAP_LOG_RECORDS - i) % MMAP_LOG_RECORDS;
		if (log->record[last].path != MMAP_EXECUTED &&
		    strcmp(log->paths + log->record[last].path, path) == 0)
			return log->record[last].path;
	}
	if (log->path_bytes + bytes > MMAP_LOG_PATHS)
		log->path_bytes = log->count = log->next = 0;
	memcpy(log->paths + log->path_bytes, path, bytes);
	log->path_bytes += bytes;
	return (uint32_t)(log->path_bytes - bytes);
}

static void record_add(struct mmap_log *log, struct mmap_record record)
{
	log->record[log->next] = record;
	log->next = (log->next + 1) % MMAP_LOG_RECORDS;
	log->count += log->count < MMAP_LOG_RECORDS;
}

static void mmap_add(struct mmap_log *log, const struct mmap2 *m, size_t room, uint64_t time_ns)
{
	const char *path = m->path;

	if (strnlen(path, room) == room)
		return;
	if (strncmp(path, "//anon", 6) == 0)
		path = "";
	record_add(log, (struct mmap_record){
				.time_ns = time_ns,
				.start = m->start,
				.end = m->start + m->length,
				.offset = m->offset,
				.device = makedev(m->major, m->minor),
				.inode = m->inode,
				.pid = (pid_t)m->pid,
				.path = path_place(log, path),
			});
}

/* Take in one record of `size` bytes, which is in log->bytes. */
static void take_in(struct mmap_log *log, size_t size)
{
	const struct perf_event_header *header = (const void *)log->bytes;
	const struct mmap2 *m = (const void *)log->bytes;
	const struct comm *c = (const void *)log->bytes;
	struct identity id;

	if (size < sizeof(*c) + sizeof(id))
		return;
	memcpy(&id, log->bytes + size - sizeof(id), sizeof(id));
	if (header->type == PERF_RECORD_MMAP2 && size > sizeof(*m) + sizeof(id))
		mmap_add(log, m, size - sizeof(*m) - sizeof(id), id.time);
	else if (header->type == PERF_RECORD_COMM && header->misc & PERF_RECORD_MISC_COMM_EXEC)
		record_add(log, (struct mmap_record){.time_ns = id.time,
						     .pid = (pid_t)c->pid,
						     .path = MMAP_EXECUTED});
}

/* Copy from the ring, whose end may be in between. */
static void copy_out(const struct ring *r, uint64_t at, void *to, size_t bytes)
{
	size_t ring_bytes = RING_PAGES * page_bytes(), from = at % ring_bytes;
	size_t first = bytes < ring_bytes - from ? bytes : ring_bytes - from;
	const char *ring = (const char *)r->page + page_bytes();

	memcpy(to, ring + from, first);
	memcpy((char *)to + first, ring, bytes - first);
}

static void ring_serve(struct mmap_log *log, const struct ring *r)
{
	/* ORDER: the records must not be read before head says that they are written. Partner: the
	 * kernel's smp_wmb() before it stores data_head; no mutant, the writer is the kernel. */
	uint64_t head = order_load_acquire((lk_u64 *)&r->page->data_head);
	uint64_t tail = r->page->data_tail;

	while (tail < head) {
		struct perf_event_header header;

		copy_out(r, tail, &header, sizeof(header));
		if (header.size < sizeof(header))
			break;
		if (header.size <= RECORD_BYTES_MAX) {
			copy_out(r, tail, log->bytes, header.size);
			take_in(log, header.size);
		}
		tail += header.size;
	}
	/* ORDER: the records must have been read before the kernel may overwrite them. Partner: the
	 * kernel's load of data_tail, on which its stores depend; no mutant, as above. */
	order_store_release((lk_u64 *)&r->page->data_tail, head);
}

void mmap_log_serve(struct mmap_log *log)
{
	for (int i = 0; i < log->rings; i++)
		ring_serve(log, &log->ring[i]);
}

static int by_time(const void *a, const void *b)
{
	const struct mmap_record *x = *(const struct mmap_record *const *)a;
	const struct mmap_record *y = *(const struct mmap_record *const *)b;

	return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

/* The records of a process since it began, oldest first. Returns how many; free(*found). */
static size_t records_of(const struct mmap_log *log, pid_t pid, uint64_t since_ns,
			 const struct mmap_record ***found)
{
	size_t n = 0;

	*found = calloc(log->count + 1, sizeof(**found));
	for (size_t i = 0; *found && i < log->count; i++)
		if (log->record[i].pid == pid && log->record[i].time_ns >= since_ns)
			(*found)[n++] = &log->record[i];
	if (n)
		qsort(*found, n, sizeof(**found), by_time);
	return n;
}

void mmap_log_each(struct mmap_log *log, pid_t pid, uint64_t since_ns, uint64_t time_ns,
		   bool (*fn)(const struct mmap_record *record, const char *path, void *arg),
		   void *arg)
{
	const struct mmap_record **found;
	size_t n, first = 0, end;

	mmap_log_serve(log);
	n = records_of(log, pid, since_ns, &found);
	for (end = 0; end < n; end++) {
		if (found[end]->path != MMAP_EXECUTED)
			continue;
		if (found[end]->time_ns > time_ns)
			break; /* it runs another program from here on */
		first = end + 1;
	}
	for (size_t i = first; i < end; i++)
		if (!fn(found[i], log->paths + found[i]->path, arg))
			break;
	free(found);
}
