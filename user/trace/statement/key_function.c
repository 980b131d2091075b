// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_function.c - see trace/statement/key_function.h */
#include <string.h>

#include "trace/statement/key_function.h"

static struct ctype pointee(const struct compiler *c, const struct operand *o)
{
	return o->type.kind == CTYPE_POINTER ? ctype_of(c->scope->btf, o->type.id) : o->type;
}

/* Follow a path of fields, separated by blanks. */
static bool walk(struct compiler *c, const struct node *n, const char *path, struct operand *o)
{
	char name[64];

	while (*path) {
		size_t length = strcspn(path, " ");

		snprintf(name, sizeof(name), "%.*s", (int)length, path);
		if (!operand_field(c, n, name, o))
			return false;
		path += length + (path[length] == ' ');
	}
	return true;
}

static bool of_string(struct compiler *c, const struct node *n, struct operand *o)
{
	struct ctype element;
	char type[96];

	if (!operand_load(c, n, o))
		return false;
	if (o->type.kind == CTYPE_INT && o->type.size == 8)
		return true; /* an address without a type, such as arg0 */
	element = pointee(c, o);
	if (o->type.kind == CTYPE_POINTER &&
	    (element.kind == CTYPE_VOID || (element.kind == CTYPE_INT && element.size == 1)))
		return true;
	return operand_complain(c, n,
				"str() takes a pointer to characters or an array of them, not %s",
				ctype_spell(c->scope->btf, &o->type, type, sizeof(type)));
}

/* Is the struct a socket, or does it begin with one, as struct tcp_sock does? */
static bool is_sock(const struct btf *btf, struct ctype type)
{
	static const char *const first[] = {"sk", "inet", "inet_conn", "req", "tcp", "udp"};

	for (int level = 0; level < 6 && type.kind == CTYPE_AGGREGATE; level++) {
		struct ctype next = {0};
		struct ctype_member m;

		if (ctype_is(btf, &type, "sock") || ctype_is(btf, &type, "sock_common"))
			return true;
		for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
			if (ctype_member(btf, type.id, first[i], &m, NULL) && !m.bit && !m.bits) {
				next = ctype_of(btf, m.id);
				break;
			}
		type = next;
	}
	return false;
}

static bool place_of(const struct btf *btf, unsigned int id, const char *name, unsigned int *place)
{
	struct ctype_member m;

	if (!ctype_member(btf, id, name, &m, NULL))
		return false;
	*place = (unsigned int)(m.bit / 8);
	return true;
}

static bool of_socket(struct compiler *c, const struct node *n, struct expr_sock *sock,
		      struct operand *o)
{
	struct ctype common;

	if (!ctype_find(c->scope->btf, TAG_STRUCT, "sock_common", &common, NULL) ||
	    !place_of(c->scope->btf, common.id, "skc_family", &sock->family) ||
	    !place_of(c->scope->btf, common.id, "skc_daddr", &sock->ipv4) ||
	    !place_of(c->scope->btf, common.id, "skc_v6_daddr", &sock->ipv6))
		return operand_complain(c, n, "this kernel's struct sock_common is not known here");
	return o->in_memory ? operand_address(c, n, o) : true;
}

/* 4 or 16 bytes in memory. */
static bool of_address(struct compiler *c, const struct node *n, enum expr_as *as,
		       struct operand *o)
{
	unsigned int size = o->type.size;
	bool user = o->type.user;

	*as = size == 4 ? EXPR_AS_IPV4 : EXPR_AS_IPV6;
	if (size != 4)
		return operand_address(c, n, o);
	emit_step(&c->emit, EXPR_DEREF, 4, user ? EXPR_USER : 0, o->offset);
	*o = (struct operand){.type = ctype_int(4, false)};
	return true;
}

static bool of_network(struct compiler *c, const struct node *n, enum expr_as *as,
		       struct expr_sock *sock, struct operand *o)
{
	const struct btf *btf = c->scope->btf;
	struct ctype to = pointee(c, o);
	char type[96];

	if (ctype_is(btf, &to, "socket"))
		return walk(c, n, "sk", o) && operand_load(c, n, o) && of_socket(c, n, sock, o);
	if (is_sock(btf, to)) {
		if (o->type.kind == CTYPE_POINTER && !operand_load(c, n, o))
			return false;
		return of_socket(c, n, sock, o);
	}
	*as = EXPR_AS_IPV4;
	if (o->type.kind == CTYPE_INT && o->type.size == 4)
		return operand_load(c, n, o);
	if (o->type.kind == CTYPE_POINTER &&
	    (ctype_is(btf, &to, "in_addr") || ctype_is(btf, &to, "in6_addr")) &&
	    !operand_element(c, n, 0, o))
		return false;
	if (o->in_memory && (o->type.size == 4 || o->type.size == 16) &&
	    (o->type.kind == CTYPE_ARRAY || o->type.kind == CTYPE_AGGREGATE))
		return of_address(c, n, as, o);
	return operand_complain(
		c, n,
		"ntop() takes a struct sock, a struct socket, or an address of 4 or 16 "
		"bytes, not %s",
		ctype_spell(btf, &o->type, type, sizeof(type)));
}

/* From what has a disk to its device number. */
static bool of_disk(struct compiler *c, const struct node *n, struct operand *o)
{
	static const struct {
		const char *type, *path;
	} paths[] = {{"request", "q disk part0 bd_dev"},
		     {"request_queue", "disk part0 bd_dev"},
		     {"bio", "bi_bdev bd_dev"},
		     {"gendisk", "part0 bd_dev"},
		     {"block_device", "bd_dev"}};
	struct ctype to = pointee(c, o);
	char type[96];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (ctype_is(c->scope->btf, &to, paths[i].type))
			return walk(c, n, paths[i].path, o) && operand_load(c, n, o);
	if (o->type.kind == CTYPE_INT && o->type.size >= 4)
		return operand_load(c, n, o);
	return operand_complain(c, n,
				"disk() takes a struct request, bio, gendisk or block_device, or a "
				"dev_t, not %s",
				ctype_spell(c->scope->btf, &o->type, type, sizeof(type)));
}

static bool of_number(struct compiler *c, const struct node *n, enum expr_as as, struct operand *o)
{
	if (!operand_load(c, n, o))
		return false;
	if (as == EXPR_AS_ERRNO && o->type.kind == CTYPE_POINTER)
		o->type = ctype_int(8, true); /* ERR_PTR() */
	if (as == EXPR_AS_ERRNO && !o->type.is_signed)
		return operand_complain(c, n,
					"is unsigned: no error is below zero; cast it: (int)");
	if (as == EXPR_AS_SYM && o->type.size != 8)
		return operand_complain(c, n, "is no address: it has %u bytes", o->type.size);
	return true;
}

bool key_function_compile(struct compiler *c, const struct node *n, enum expr_as *as,
			  struct expr_sock *sock, struct operand *o)
{
	if (!compile_operand(c, n, o))
		return false;
	switch (*as) {
	case EXPR_AS_STR:
		return of_string(c, n, o);
	case EXPR_AS_SOCK:
		return of_network(c, n, as, sock, o);
	case EXPR_AS_DISK:
		return of_disk(c, n, o);
	default:
		return of_number(c, n, *as, o);
	}
}
