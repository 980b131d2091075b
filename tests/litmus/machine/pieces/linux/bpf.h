/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* bpf.h - for the proofs; all is in bpf/bpf_helpers.h. */
