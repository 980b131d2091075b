/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * line.h - send an event to the loader, which shows it on a line. The buffer is shared by all CPUs;
 * an event that finds no room in it is counted as unsent, and its number is missing.
 */
#ifndef LATCHKIT_BPF_TRACE_LINE_H
#define LATCHKIT_BPF_TRACE_LINE_H

/*
 * The event has been counted in its probe's record. `ip`: where it was, for KEY_FUNC. Any context.
 * The loader looks into the buffer by itself, every few milliseconds: nobody is woken.
 */
static LK_INLINE void line_send(void *ctx, __u32 column, __u64 ip, __s64 figure,
				struct results *results)
{
	__u64 *count, *key, time_ns, number;
	struct trace_line *line;

	if (!settings.lines)
		return;
	count = PER_CPU_SLOT(line_numbers, 1, 0);
	if (!count)
		return;
	time_ns = bpf_ktime_get_ns();
	number = __sync_fetch_and_add(count, 1);
	line = bpf_ringbuf_reserve(&lines, sizeof(*line) + settings.key_words * sizeof(__u64), 0);
	if (!line) {
		lost(column, LOSS_UNSENT);
		return;
	}
	key = (__u64 *)(line + 1);
	line->time_ns = time_ns;
	line->number = number;
	line->cpu = bpf_get_smp_processor_id();
	line->column = column;
	line->figure = figure;
	if (settings.by) {
		key_fill(results->key, ctx, column, column, ip);
		KEYED_EACH_WORD(i, settings.key_words, key[i] = results->key[i]);
	}
	bpf_ringbuf_submit(line, BPF_RB_NO_WAKEUP);
}

#endif /* LATCHKIT_BPF_TRACE_LINE_H */
