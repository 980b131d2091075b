/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * expr_key.h - from the result of an expression to its words in a key: the number itself, or what
 * lies at that address. Equal keys are equal words: what is not used of them stays zero. Any
 * context; memory that is not there, or not in memory now, cannot be read.
 */
#ifndef LATCHKIT_BPF_TRACE_EXPR_KEY_H
#define LATCHKIT_BPF_TRACE_EXPR_KEY_H

#define AF_INET 2
#define AF_INET6 10

/* The string at an address; of one that is too long the last byte says so. */
static LK_INLINE enum expr_end expr_key_string(lk_u64 *words, __u64 address, __u32 flags)
{
	char *text = (char *)words, next = 0;
	long length;

	if (flags & EXPR_USER)
		length = bpf_probe_read_user_str(text, EXPR_STR_BYTES, (void *)address);
	else
		length = bpf_probe_read_kernel_str(text, EXPR_STR_BYTES, (void *)address);
	if (length != EXPR_STR_BYTES)
		return expr_read_end(length < 0, address, flags);
	/* Its end, or the first byte that was left out. */
	if (!expr_copy(&next, 1, address + EXPR_STR_BYTES - 1, flags) && next)
		text[EXPR_STR_BYTES - 1] = 1;
	return EXPR_DONE;
}

static LK_INLINE enum expr_end expr_key_bytes(lk_u64 *words, __u32 size, __u64 address, __u32 flags)
{
	return expr_read_end(expr_copy(words, size, address, flags), address, flags);
}

/* The peer of the struct sock at an address: its family, and its address, if it is one of IP. */
static LK_INLINE enum expr_end expr_key_peer(lk_u64 *words, __u64 address)
{
	__u16 family = 0;
	enum expr_end end = expr_key_bytes((lk_u64 *)&family, sizeof(family),
					   address + settings.sock.family, 0);

	words[0] = family;
	if (end == EXPR_DONE && family == AF_INET)
		end = expr_key_bytes(words + 1, 4, address + settings.sock.ipv4, 0);
	if (end == EXPR_DONE && family == AF_INET6)
		end = expr_key_bytes(words + 1, 16, address + settings.sock.ipv6, 0);
	return end;
}

/* Fill in the words, which are zero; as: what they are; flags: EXPR_USER. */
static LK_INLINE enum expr_end expr_key(enum expr_as as, __u32 flags, __u64 value, lk_u64 *words)
{
	if (as == EXPR_AS_STR)
		return expr_key_string(words, value, flags);
	if (as == EXPR_AS_IPV6)
		return expr_key_bytes(words, 16, value, flags);
	if (as == EXPR_AS_SOCK)
		return expr_key_peer(words, value);
	if (as == EXPR_AS_ERRNO)
		value = (__s64)value < 0 && (__s64)value >= -4095 ? -value : 0;
	words[0] = value;
	return EXPR_DONE;
}

#endif /* LATCHKIT_BPF_TRACE_EXPR_KEY_H */
