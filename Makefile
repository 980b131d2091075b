# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# latchkit. `make help` lists the targets. Names no latch: they come from variants.def.

MAKEFLAGS += --no-builtin-rules
CC        ?= gcc
ifeq ($(origin CC),default)
CC        := gcc
endif
CLANG     ?= clang
BPFTOOL   ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/local/sbin/bpftool) bpftool)
LLVM_STRIP ?= llvm-strip
PREFIX    ?= /usr/local
DESTDIR   ?=
B         ?= build
# For another machine: CC, MACHINE and the root of its headers and libraries.
SYSROOT   ?=
V         ?= 0
Q         := $(if $(filter 1,$(V)),,@)
say        = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)';)

VERSION   := 0.1.0
MACHINE   := $(shell uname -m)
BPF_ARCH  ?= $(patsubst x86_64,x86,$(patsubst aarch64,arm64,$(MACHINE)))
# NAME:VARIANT:FLAG of each other shape of a latch that is measured, and the peers' names.
SHAPES    := $(shell sed -nE 's/^(SHAPE|CONTROL).([a-z0-9_]*), ([a-z0-9_]*), "([^"]*)".*/\2:\3:\4/p' user/bench/latch/subjects.def)
PEERS     := $(shell sed -n 's/^PEER.\([a-z0-9_]*\),.*/\1/p' user/bench/latch/subjects.def)
VARIANTS  := $(shell sed -n 's/^LATCH.\([a-z0-9_]*\),.*/\1/p' include/latchkit/variants.def)

WARN      := -Wall -Wextra -Wshadow -Werror
CFLAGS    ?= -O2 -g
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -Iinclude -iquote user -iquote . -I$(B)/gen \
	-DLATCHKIT_VERSION='"$(VERSION)"' -DBLOB_DIR='"$(B)/bpf"'
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wshadow -Werror \
	-Wno-unused-parameter -Wno-missing-declarations -D__TARGET_ARCH_$(BPF_ARCH) \
	-Iinclude -I$(B)/gen -iquote . -idirafter $(SYSROOT)/usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)
LDLIBS    := -lbpf -lelf -ldw -lz -lcjson -lcap-ng -lurcu-memb -lurcu-qsbr -lurcu-cds -lck -lm -lpthread
DEPS       = -MMD -MP

# Compiled once for each variant or subject.
TEMPLATES := user/latch/ops.c user/bench/latch/loops.c user/verify/latch/operations.c user/bench/dispatch/subject_rcu.c \
	user/verify/dispatch/design_rcu.c user/verify/registry/ops.c user/bench/registry/subject_rcu.c
FLAVOURS  := memb qsbr
REFERENCES := refcount rcuref
SUBJECTS  := $(VARIANTS) $(foreach s,$(SHAPES),$(firstword $(subst :, ,$s))) $(PEERS)
BENCH_OBJ := $(B)/user/bench/latch/subject.o $(SUBJECTS:%=$(B)/user/bench/latch/loops.%.o)
USER_SRC  := $(filter-out $(TEMPLATES),$(sort $(shell find user -name "*.c")))
USER_OBJ  := $(USER_SRC:user/%.c=$(B)/user/%.o) $(VARIANTS:%=$(B)/user/latch/ops.%.o) \
	$(VARIANTS:%=$(B)/user/verify/latch/operations.%.o) \
	$(SUBJECTS:%=$(B)/user/bench/latch/loops.%.o) $(FLAVOURS:%=$(B)/user/bench/dispatch/subject_rcu.%.o) \
	$(FLAVOURS:%=$(B)/user/verify/dispatch/design_rcu.%.o) \
	$(REFERENCES:%=$(B)/user/verify/registry/ops.%.o) \
	$(foreach f,$(FLAVOURS),$(REFERENCES:%=$(B)/user/bench/registry/subject_rcu.$f.%.o))
# Everything but main(), for the tests to link.
LIB_OBJ   := $(filter-out $(B)/user/main.o,$(USER_OBJ))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

## all: build the tool (the default)
.PHONY: all
all: $(B)/latchkit

$(B)/latchkit: $(USER_OBJ)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(B)/user/%.o: user/%.c | $(B)/gen/syscall_names.inc
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) -c $< -o $@

$(B)/user/latch/ops.%.o: user/latch/ops.c
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) -DLATCH_VARIANT=$* -c $< -o $@

$(B)/user/verify/latch/operations.%.o: user/verify/latch/operations.c
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) -DLATCH_VARIANT=$* -c $< -o $@

shape       = $(subst :, ,$(filter $(1):%,$(SHAPES)))
subject     = -DBENCH_NAME=$(1) $(if $(filter $(1),$(PEERS)),-DBENCH_PEER=$(1),\
	-DLATCH_VARIANT=$(or $(word 2,$(call shape,$(1))),$(1)) $(word 3,$(call shape,$(1))))
$(B)/user/bench/latch/loops.%.o: user/bench/latch/loops.c user/bench/latch/subjects.def
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) $(call subject,$*) -c $< -o $@

# liburcu's flavours: the slots and tables of each.
$(B)/user/bench/dispatch/subject_rcu.%.o: user/bench/dispatch/subject_rcu.c
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) -DDISPATCH_RCU=$* -c $< -o $@
$(B)/user/verify/dispatch/design_rcu.%.o: user/verify/dispatch/design_rcu.c
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) -DDISPATCH_RCU=$* -c $< -o $@

# The registry with each kind of reference count; with one of them, the published registry.
reference   = -DREGISTRY_REF=$(1) $(if $(filter refcount,$(1)),-DREGISTRY_WITH_POSTED)
$(B)/user/verify/registry/ops.%.o: user/verify/registry/ops.c
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) $(call reference,$*) -c $< -o $@

$(B)/user/bench/registry/subject_rcu.%.o: user/bench/registry/subject_rcu.c
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) -DREGISTRY_RCU=$(basename $*) \
		-DREGISTRY_REF=$(patsubst .%,%,$(suffix $*)) $(if $(filter %.rcuref,$*),-DREGISTRY_BENCH_RCUREF) -c $< -o $@

# The BPF objects are part of the executable (user/object/blobs.c).
$(B)/user/object/blobs.o: $(VARIANTS:%=$(B)/bpf/trace.%.bpf.o) $(VARIANTS:%=$(B)/bpf/bench.%.bpf.o) \
	$(VARIANTS:%=$(B)/bpf/nmi.%.bpf.o) \
	$(B)/bpf/bench.maps.bpf.o $(B)/bpf/bench.dispatch.bpf.o \
	$(foreach k,maps array kptr,$(B)/bpf/bench.registry_$k.bpf.o)

$(B)/bpf/bench.dispatch.bpf.o: bpf/bench/dispatch.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) $(DEPS) -c $< -o $@ && $(LLVM_STRIP) -g $@
$(B)/bpf/bench.maps.bpf.o: bpf/bench/maps.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) $(DEPS) -c $< -o $@ && $(LLVM_STRIP) -g $@
$(B)/bpf/bench.registry_%.bpf.o: bpf/bench/registry_%.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) $(DEPS) -c $< -o $@ && $(LLVM_STRIP) -g $@
$(B)/bpf/bench.%.bpf.o: bpf/bench/latch.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) $(DEPS) -DLATCH_VARIANT=$* -c $< -o $@ && $(LLVM_STRIP) -g $@

$(B)/bpf/nmi.%.bpf.o: bpf/verify/nmi.bpf.c $(B)/gen/vmlinux.h
	$(call say,BPF,$@)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) $(DEPS) -DLATCH_VARIANT=$* -c $< -o $@ && $(LLVM_STRIP) -g $@

$(B)/bpf/trace.%.bpf.o: bpf/trace/trace.bpf.c $(B)/gen/vmlinux.h
	$(call say,BPF,$@)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) $(DEPS) -DLATCH_VARIANT=$* -c $< -o $@ && $(LLVM_STRIP) -g $@

$(B)/gen/vmlinux.h: vmlinux/generate vmlinux/minimal.h
	$(call say,GEN,$@)mkdir -p $(@D) && BPFTOOL="$(BPFTOOL)" vmlinux/generate $@

$(B)/gen/syscall_names.inc: tools/syscall-names
	$(call say,GEN,$@)mkdir -p $(@D) && CC="$(CC)" tools/syscall-names > $@

# Written only when it changes.
$(B)/gen/commit.inc: FORCE
	$(Q)mkdir -p $(@D) && commit=$$(git describe --always --dirty 2>/dev/null || echo unknown) && \
		line="#define LATCHKIT_COMMIT \"$$commit\"" && \
		{ [ "$$(cat $@ 2>/dev/null)" = "$$line" ] || echo "$$line" > $@; }
$(B)/user/host/environment.o: $(B)/gen/commit.inc
$(B)/user/bench/latch/scenario.o: user/bench/latch/scenarios.txt
$(B)/user/bench/dispatch/scenario.o: user/bench/dispatch/scenarios.txt
$(B)/user/bench/registry/scenario.o: user/bench/registry/scenarios.txt
.PHONY: FORCE
FORCE:

## run: install what is missing, build, trace this host for 10 seconds
.PHONY: run
run: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tools/as-root $(B)/latchkit trace -d 10

## check: install what is missing, build, run every test
.PHONY: check
check: deps
	$(Q)$(MAKE) --no-print-directory -j$(shell nproc) all check-built

## deps: install what building and testing need (Debian, Ubuntu; elsewhere print the list)
.PHONY: deps
deps:
	$(Q)tools/install-deps

include tests/tests.mk

## install: copy the tool, the headers and the docs below $(DESTDIR)$(PREFIX)
.PHONY: install
install: all
	$(Q)install -Dm755 $(B)/latchkit $(DESTDIR)$(PREFIX)/bin/latchkit
	$(Q)cd include && find latchkit -type f -exec install -Dm644 {} $(DESTDIR)$(PREFIX)/include/{} \;
	$(Q)for f in README.md docs/*.md; do install -Dm644 $$f $(DESTDIR)$(PREFIX)/share/doc/latchkit/$$f; done
	$(Q)for f in docs/man/*.1; do install -Dm644 $$f $(DESTDIR)$(PREFIX)/share/man/man1/$${f##*/}; done

## format: apply .clang-format to every C file
.PHONY: format
format:
	$(Q)git ls-files -co --exclude-standard '*.c' '*.h' | grep -v vmlinux/ | xargs clang-format -i

## clean: remove build/
.PHONY: clean
clean:
	$(Q)rm -rf $(B)

## help: list the targets
.PHONY: help
help:
	$(Q)grep -hE '^## ' $(MAKEFILE_LIST) | sed 's/^## /  make /' | sort

-include $(shell find $(B) -name "*.d" 2>/dev/null)
