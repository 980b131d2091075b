/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* bpf_core_read.h - what registry/kptr.h wants of it, for the proofs. */
#define bpf_core_type_id_local(type) 0
