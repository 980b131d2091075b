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

# Warnings end the build of `make check`, or with WERROR=1. Other compilers and flags warn of other things.
WERROR    ?= 0
ERRORS    := $(if $(filter 1,$(WERROR)),-Werror)
WARN      := -Wall -Wextra -Wshadow $(ERRORS)
CFLAGS    ?= -O2 -g
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) $(CPPFLAGS) $(CFLAGS) -Iinclude -iquote user -iquote . -I$(B)/gen \
	-DLATCHKIT_VERSION='"$(VERSION)"' -DBLOB_DIR='"$(B)/bpf"'
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wshadow $(ERRORS) \
	-Wno-unused-parameter -Wno-missing-declarations -D__TARGET_ARCH_$(BPF_ARCH) \
	-Iinclude -I$(B)/gen -iquote . -idirafter $(SYSROOT)/usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)
LDLIBS    := -lbpf -lelf -liberty -llzma -lz -lcjson -lcap-ng -lurcu-memb -lurcu-qsbr -lurcu-cds -lck -lm -lpthread
DEPS       = -MMD -MP

# What is compiled more than once: object, source and flags, joined by colons in place of spaces.
SUBJECTS  := $(VARIANTS) $(foreach s,$(SHAPES),$(firstword $(subst :, ,$s))) $(PEERS)
FLAVOURS  := memb qsbr
REFERENCES := refcount rcuref
REMEDIES  := plain busy nesting scratch
shape      = $(subst :, ,$(filter $(1):%,$(SHAPES)))
subject    = $(if $(filter $(1),$(PEERS)),-DBENCH_PEER=$(1),\
	-DLATCH_VARIANT=$(or $(word 2,$(call shape,$(1))),$(1)):$(word 3,$(call shape,$(1))))
INSTANCES := $(foreach v,$(VARIANTS),latch/ops.$v:latch/ops:-DLATCH_VARIANT=$v \
		verify/latch/operations.$v:verify/latch/operations:-DLATCH_VARIANT=$v) \
	$(foreach s,$(SUBJECTS),bench/latch/loops.$s:bench/latch/loops:-DBENCH_NAME=$s:$(strip $(call subject,$s))) \
	$(foreach f,$(FLAVOURS),bench/dispatch/subject_rcu.$f:bench/dispatch/subject_rcu:-DDISPATCH_RCU=$f \
		bench/dispatch/subject_rcu.$f.calls:bench/dispatch/subject_rcu:-DDISPATCH_RCU=$f:-DBENCH_CALLS \
		verify/dispatch/design_rcu.$f:verify/dispatch/design_rcu:-DDISPATCH_RCU=$f) \
	$(foreach r,$(REFERENCES),verify/registry/ops.$r:verify/registry/ops:-DREGISTRY_REF=$r \
		$(foreach f,$(FLAVOURS),bench/registry/subject_rcu.$f.$r:bench/registry/subject_rcu:$(strip \
			-DREGISTRY_RCU=$f:-DREGISTRY_REF=$r:$(if $(filter rcuref,$r),-DREGISTRY_BENCH_RCUREF)))) \
	verify/registry/ops.posted:verify/registry/ops:-DREGISTRY_POSTED
field      = $(word $(1),$(subst :, ,$(2)))
flags      = $(wordlist 3,9,$(subst :, ,$(1)))
TEMPLATES := $(sort $(foreach i,$(INSTANCES),$(call field,2,$i)))
USER_SRC  := $(filter-out $(TEMPLATES:%=user/%.c),$(sort $(shell find user -name "*.c")))
USER_OBJ  := $(USER_SRC:%.c=$(B)/%.o) $(foreach i,$(INSTANCES),$(B)/user/$(call field,1,$i).o)
# The BPF objects inside the executable, in the same form; their names are part of it.
# Statements with expressions, which take half of the time and room, are in that of the default latch alone.
DEFAULT   := $(shell sed -n 's/^.define LATCH_DEFAULT "\(.*\)"/\1/p' user/latch/table.h)
BPF_INSTANCES := $(foreach v,$(VARIANTS),trace.$v:trace/trace:-DLATCH_VARIANT=$v$(if $(filter $(DEFAULT),$v),:-DTRACE_STATEMENTS_HERE) bench.$v:bench/latch:-DLATCH_VARIANT=$v \
		nmi.$v:verify/nmi:-DLATCH_VARIANT=$v) bench.dispatch:bench/dispatch bench.maps:bench/maps bench.keyed:bench/keyed \
	$(foreach k,maps array kptr,bench.registry_$k:bench/registry_$k) \
	keyed.keyed:verify/keyed keyed.ready_first:verify/keyed:-DKEYED_READY_FIRST bench.scratch:bench/scratch \
	$(foreach r,$(REMEDIES),scratch.$r:verify/scratch:-DREMEDY=$r) \
	spans.spans:verify/spans spans.ready_first:verify/spans:-DSPANS_READY_FIRST
BLOBS     := $(foreach i,$(BPF_INSTANCES),$(B)/bpf/$(call field,1,$i).bpf.o)
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

# cc OBJECT, SOURCE, FLAGS and bpf OBJECT, SOURCE, FLAGS, COMPILER: the two recipes.
define cc
$(1): $(2) | $(B)/gen/syscall_names.inc
	$$(call say,CC,$$@)mkdir -p $$(@D) && $(CC) $(ALL_CFLAGS) $(DEPS) $(3) -c $$< -o $$@

endef
define bpf
$(1): $(2) | $(B)/gen/vmlinux.h
	$$(call say,BPF,$$@)mkdir -p $$(@D) && $(4) $(BPF_CFLAGS) $(DEPS) $(3) -c $$< -o $$@$(5)

endef
$(eval $(call cc,$(B)/user/%.o,user/%.c))
$(eval $(foreach i,$(INSTANCES),$(call cc,$(B)/user/$(call field,1,$i).o,user/$(call field,2,$i).c,$(call flags,$i))))
# Its labels are in assembly, which -flto would part from the C code that names them.
$(eval $(call cc,$(B)/user/object/blobs.o,user/object/blobs.c,-fno-lto))
$(eval $(foreach i,$(BPF_INSTANCES),$(call bpf,$(B)/bpf/$(call field,1,$i).bpf.o,bpf/$(call field,2,$i).bpf.c,$(call \
	flags,$i),$(CLANG), && $(LLVM_STRIP) -g $$@)))
$(SUBJECTS:%=$(B)/user/bench/latch/loops.%.o): user/bench/latch/subjects.def
$(B)/user/object/blobs.o: $(BLOBS)

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
$(B)/user/bench/latch/cmd.o: user/bench/latch/scenarios.txt
$(B)/user/bench/dispatch/cmd.o: user/bench/dispatch/scenarios.txt
$(B)/user/bench/registry/cmd.o: user/bench/registry/scenarios.txt
$(B)/user/bench/keyed/cmd.o: user/bench/keyed/scenarios.txt
$(B)/user/bench/scratch/cmd.o: user/bench/scratch/scenarios.txt
$(B)/user/trace/report/picture/flame.o: user/trace/report/picture/flame.js
$(B)/user/trace/recipe/files.o: user/trace/recipe/recipes.txt
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
	$(Q)$(MAKE) --no-print-directory -j$(shell nproc) WERROR=1 all check-built

## deps: install what building and testing need (Debian, Ubuntu; elsewhere print the list)
.PHONY: deps
deps:
	$(Q)tools/install-deps

include tests/tests.mk

## install: copy the tool, the headers and the docs below $(DESTDIR)$(PREFIX)
.PHONY: install
install: all install-headers
	$(Q)install -Dm755 $(B)/latchkit $(DESTDIR)$(PREFIX)/bin/latchkit
	$(Q)for f in README.md docs/*.md; do install -Dm644 $$f $(DESTDIR)$(PREFIX)/share/doc/latchkit/$$f; done
	$(Q)install -Dm644 tools/completion/latchkit $(DESTDIR)$(PREFIX)/share/bash-completion/completions/latchkit
	$(Q)for f in docs/man/*.1; do install -Dm644 $$f $(DESTDIR)$(PREFIX)/share/man/man1/$${f##*/}; done

# Of that, the headers and what pkg-config says of them.
.PHONY: install-headers
install-headers:
	$(Q)cd include && find latchkit -type f -exec install -Dm644 {} $(DESTDIR)$(PREFIX)/include/{} \;
	$(Q)for f in packaging/*.pc.in; do n=$${f##*/}; mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig && \
		sed 's,@PREFIX@,$(PREFIX),; s,@VERSION@,$(VERSION),' $$f >$(DESTDIR)$(PREFIX)/lib/pkgconfig/$${n%.in}; done

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
