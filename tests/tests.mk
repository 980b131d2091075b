# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# tests.mk - builds and runs the tests; included by the Makefile.

T          := $(B)/tests
comma      := ,
TEST_LIBS  := -lcmocka -lpthread
TEST_HEADERS := tests/test.h tests/latch_race.h

# Every clang here that can build BPF: the default one, and any versioned one.
CLANGS     := $(notdir $(wildcard /usr/bin/clang-1[4-9] /usr/bin/clang-2[0-9]))
BPF_CLANGS := $(if $(CLANGS),$(sort $(firstword $(CLANGS)) $(lastword $(CLANGS))),$(CLANG))
BPF_WORDS  := 1 8 32 128

# name.words.compiler.orders: `host` orders are this machine's, `model` those of the BPF model.
BPF_TESTS  := $(foreach v,$(VARIANTS),$(foreach c,$(BPF_CLANGS),\
	$(foreach w,$(BPF_WORDS),$(T)/bpf/latch.$v.$w.$c.host.bpf.o) $(T)/bpf/latch.$v.8.$c.model.bpf.o))
# registry.KIND.compiler.orders
REGISTRY_BPF := $(foreach k,array kptr,$(foreach c,$(BPF_CLANGS),$(T)/bpf/registry.$k.$c.host.bpf.o))
# keyed.WORDS.compiler.orders
KEYED_BPF  := $(foreach c,$(BPF_CLANGS),$(T)/bpf/keyed.1.$c.host.bpf.o $(T)/bpf/keyed.12.$c.host.bpf.o $(T)/bpf/keyed.3.$c.model.bpf.o)
# scratch.FORM.compiler.orders; checked: -DSCRATCH_CHECK; large: more than the kernel allocates for a CPU
SCRATCH_BPF := $(foreach c,$(BPF_CLANGS),$(foreach f,free checked large,$(T)/bpf/scratch.$f.$c.host.bpf.o) $(T)/bpf/scratch.free.$c.model.bpf.o)
# spans.WORDS.compiler.orders; with 8 words their number is read-only data, as in the tracer
SPANS_BPF  := $(foreach c,$(BPF_CLANGS),$(T)/bpf/spans.1.$c.host.bpf.o $(T)/bpf/spans.8.$c.host.bpf.o $(T)/bpf/spans.3.$c.model.bpf.o)
ORDER_TESTS := $(foreach c,$(BPF_CLANGS),$(T)/bpf/order.$c.host.bpf.o $(T)/bpf/order.$c.model.bpf.o)

# Unit tests: NAME.COMPILER, or NAME.FLAVOUR.COMPILER; rcuref: with the other reference count.
DISPATCH_BIN := $(foreach f,$(FLAVOURS),$(foreach c,gcc clang sanitized,$(T)/dispatch.$f.$c))
REGISTRY_BIN := $(foreach f,$(FLAVOURS),$(T)/registry.$f.gcc $(T)/registry.$f.sanitized) \
	$(T)/registry.memb.clang $(T)/registry.memb.rcuref
REFCOUNT_BIN := $(foreach c,gcc clang sanitized threads,$(T)/refcount.$c)
KEYED_BIN  := $(foreach c,gcc clang sanitized,$(T)/keyed.$c)
SPANS_BIN  := $(foreach c,gcc clang sanitized,$(T)/spans.$c)
SCRATCH_BIN := $(foreach c,gcc clang sanitized threads,$(T)/scratch.$c)
HASH_BIN   := $(foreach c,gcc clang sanitized,$(T)/hash.$c)
CONTRACT_BIN := $(foreach c,gcc clang sanitized,$(T)/contract.$c)
DEAD_BIN   := $(foreach c,gcc clang sanitized,$(T)/dead_writers.$c)
UNIT_BIN   := $(CONTRACT_BIN) $(DEAD_BIN) $(T)/symbols $(T)/processes $(T)/record $(T)/bench_stats $(T)/escape $(T)/key_rows $(T)/rows $(T)/heat $(T)/metrics $(T)/publish $(T)/frames_of_stacks $(DISPATCH_BIN) $(REFCOUNT_BIN) \
	$(HASH_BIN) $(KEYED_BIN) $(SCRATCH_BIN) $(SPANS_BIN) $(REGISTRY_BIN)

# The parts of a name: latch.VARIANT.WORDS.COMPILER.ORDERS.bpf.o
part        = $(word $(2),$(subst ., ,$(notdir $(1))))
orders      = $(if $(filter model,$(call part,$(1),$(2))),-DLK_ORDER_MODEL)
$(eval $(call bpf,$(T)/bpf/latch.%.bpf.o,tests/bpf/latch.bpf.c,-DLATCH_VARIANT=$$(call part,$$@,2) \
	-DLATCH_WORDS=$$(call part,$$@,3) $$(call orders,$$@,5),$$(call part,$$@,4)))
$(eval $(call bpf,$(T)/bpf/registry.array.%.bpf.o,tests/bpf/registry.bpf.c,,$$(call part,$$@,3)))
$(eval $(call bpf,$(T)/bpf/registry.kptr.%.bpf.o,tests/bpf/registry_kptr.bpf.c,,$$(call part,$$@,3)))
$(eval $(call bpf,$(T)/bpf/keyed.%.bpf.o,tests/bpf/keyed.bpf.c,-DKEY_WORDS=$$(call part,$$@,2) $$(call orders,$$@,4),$$(call part,$$@,3)))
$(eval $(call bpf,$(T)/bpf/scratch.%.bpf.o,tests/bpf/scratch.bpf.c,-Dscratch_$$(call part,$$@,2) $$(call orders,$$@,4),$$(call part,$$@,3)))
$(eval $(call bpf,$(T)/bpf/spans.%.bpf.o,tests/bpf/spans.bpf.c,-DKEY_WORDS=$$(call part,$$@,2) $$(if $$(filter 8,$$(call part,$$@,2)),-DVARIABLE) $$(call orders,$$@,4),$$(call part,$$@,3)))
$(eval $(call bpf,$(T)/bpf/order.%.bpf.o,tests/bpf/order.bpf.c,$$(call orders,$$@,3),$$(call part,$$@,2)))

# By the end of a name. The tests of the headers need these alone.
compiler   := $(CC)
compiler.gcc := gcc
compiler.rcuref := gcc -DREGISTRY_REF=rcuref
compiler.clang := clang
compiler.sanitized := gcc -fsanitize=address,undefined -fno-sanitize-recover
compiler.threads := gcc -fsanitize=thread
# dispatch_uaf.FLAVOUR
compiler.memb := gcc -fsanitize=address
compiler.qsbr := $(compiler.memb)
UNIT_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g -Iinclude -iquote .
HEADERS    := $(wildcard include/latchkit/*.* include/latchkit/*/*.h)

$(CONTRACT_BIN) $(T)/contract: tests/unit/latch/test_contract.c tests/test.c user/latch/ops.c user/latch/table.c \
		user/latch/ops.h user/latch/table.h $(TEST_HEADERS) bpf/oracle.h $(HEADERS)
	$(call say,TEST,$@)mkdir -p $@.objs && cc="$(compiler$(suffix $@)) $(UNIT_CFLAGS) -iquote user" && \
		for v in $(VARIANTS); do $$cc -DLATCH_VARIANT=$$v -c user/latch/ops.c -o $@.objs/$$v.o || exit 1; done && \
		$$cc $(filter-out user/latch/ops.c,$(filter %.c,$^)) $@.objs/*.o $(TEST_LIBS) -o $@

# test NAMES, FILES, COMPILER AND FLAGS, LIBRARIES, HEADERS
define test
$(1): $(2) $(5)
	$$(call say,TEST,$$@)mkdir -p $$(@D) && $(3) $(2) $(4) -o $$@

endef
# unit_test NAMES, FILES, SHARED FILES; rcu_test NAMES, FILES, SHARED FILES, NAME OF THE FLAVOUR
unit_test   = $(call test,$(1),$(2) $(filter %.c,$(3)) tests/test.c,$$(compiler$$(suffix $$@)) $(UNIT_CFLAGS) $(4),$(5) $(TEST_LIBS),$(HEADERS) $(TEST_HEADERS) $(filter %.h,$(3)))
rcu_test    = $(call unit_test,$(1),$(2),$(3),-D$(4)=$$(call part,$$@,2),-lurcu-$$(call part,$$@,2) -lurcu-common)
DISPATCH_TEST := $(addprefix tests/unit/,dispatch/ways.c dispatch/dispatch_test.h rcu_threads.h)
$(eval $(call rcu_test,$(DISPATCH_BIN),$(addprefix tests/unit/dispatch/,test_dispatch.c dispatch_races.c dispatch_storms.c),$(DISPATCH_TEST),DISPATCH_RCU))
$(eval $(call rcu_test,$(REGISTRY_BIN),$(addprefix tests/unit/registry/,registry_forks.c test_registry.c registry_seeds.c registry_races.c),tests/unit/registry/registry_test.h tests/unit/rcu_threads.h,REGISTRY_RCU))
$(eval $(call unit_test,$(REFCOUNT_BIN),tests/unit/refcount/test_refcount.c))
$(eval $(call unit_test,$(DEAD_BIN),tests/unit/latch/test_dead_writers.c))
$(eval $(call unit_test,$(KEYED_BIN),tests/unit/keyed/test_keyed.c))
$(eval $(call unit_test,$(SCRATCH_BIN),$(addprefix tests/unit/scratch/,test_scratch.c test_scratch_check.c)))
$(eval $(call unit_test,$(SPANS_BIN),tests/unit/spans/test_spans.c))
$(eval $(call unit_test,$(HASH_BIN),tests/unit/registry/test_hash.c))
UAF_BIN    := $(FLAVOURS:%=$(T)/dispatch_uaf.%)
$(eval $(call rcu_test,$(UAF_BIN),tests/unit/dispatch/dispatch_uaf.c,$(DISPATCH_TEST),DISPATCH_RCU))

# latchkit verify registry alone, under AddressSanitizer and UndefinedBehaviorSanitizer.
VERIFY_REGISTRY_SRC := tests/unit/verify/registry/main.c \
	$(filter-out user/verify/cmd.c user/verify/core/nmi_source.c user/verify/core/nmi_sites.c user/verify/registry/ops.c,$(wildcard user/verify/*.c user/verify/core/*.c user/verify/registry/*.c)) \
	$(addprefix user/,cli/arguments.c cli/columns.c cli/diag.c cli/escape.c cli/give_up.c cli/json_line.c cli/numbers.c cli/output_end.c cli/suggest.c host/environment.c host/clock.c host/cpus.c host/progress.c)
$(T)/verify_registry.sanitized: $(VERIFY_REGISTRY_SRC) user/verify/registry/ops.c $(wildcard user/verify/*.h user/verify/*/*.h) $(HEADERS) | $(B)/gen/commit.inc
	$(call say,TEST,$@)mkdir -p $@.objs && for r in $(REFERENCES) posted; do \
		$(compiler.sanitized) $(ALL_CFLAGS) -DREGISTRY_$$([ $$r = posted ] && echo POSTED || echo REF=$$r) \
			-c user/verify/registry/ops.c -o $@.objs/$$r.o || exit 1; done && \
		$(compiler.sanitized) $(ALL_CFLAGS) $(VERIFY_REGISTRY_SRC) $@.objs/*.o -lcjson -lurcu-memb -lurcu-common -lm -lpthread -o $@

# Tests and helpers that take objects of the tool.
OPS_OBJ    := $(B)/user/latch/table.o $(VARIANTS:%=$(B)/user/latch/ops.%.o)
BPF_OBJ    := $(B)/user/object/image.o $(B)/user/object/blobs.o
tool_test   = $(eval $(call test,$(T)/$(1),$(2),$(CC) $(ALL_CFLAGS)$(4),$(3),$(HEADERS)))
$(call tool_test,symbols,tests/unit/symbols/test_symbols.c tests/test.c $(addprefix $(B)/user/,cli/suggest.o symbols/kernel.o $(addprefix symbols/elf/,binary.o debug_file.o elf.o elf_file.o embedded.o suffix.o) host/cpulist.o),-lelf -llzma -lz $(TEST_LIBS), -DTARGET='"$(T)/target"')
$(call tool_test,processes,tests/unit/symbols/test_processes.c tests/test.c $(addprefix $(B)/user/,$(addprefix symbols/,user.o maps.o mmap_log.o files.o table.o perf_map.o demangle.o) host/clock.o host/cpulist.o host/perf_event.o),-liberty $(TEST_LIBS))
STATEMENT_TESTS := $(addprefix tests/unit/statement/,test_expressions.c test_sources.c test_statement.c statement_test.c machine.c)
$(eval $(call bpf,$(T)/statement_types.bpf.o,tests/unit/statement/types.c,,$(CLANG)))
$(call tool_test,statement,$(STATEMENT_TESTS) tests/test.c $(T)/libtool.a,$(LDLIBS) $(TEST_LIBS), -DSTATEMENT_TYPES='"$(T)/statement_types.bpf.o"' -DSTATEMENT_PROGRAM='"$(T)/arguments"')
UNIT_BIN   += $(T)/statement
$(T)/statement: $(T)/statement_types.bpf.o $(T)/arguments $(wildcard tests/unit/statement/*.h tests/unit/statement/*.def)
$(call tool_test,record,tests/unit/test_record.c tests/test.c,$(TEST_LIBS))
$(call tool_test,key_rows,tests/unit/trace/test_key_rows.c tests/test.c $(T)/libtool.a,$(LDLIBS) $(TEST_LIBS))
$(call tool_test,rows,tests/unit/trace/report/table/test_rows.c tests/test.c $(addprefix $(B)/user/,trace/report/table/order.o trace/report/table/style.o \
	trace/session/rank.o cli/escape.o symbols/demangle.o),-liberty $(TEST_LIBS))
$(call tool_test,heat,tests/unit/trace/report/picture/test_heat.c tests/test.c $(B)/user/trace/report/picture/heat.o,$(TEST_LIBS))
$(call tool_test,frames_of_stacks,tests/unit/trace/report/picture/test_frames.c tests/test.c $(B)/user/trace/report/picture/frames.o,$(TEST_LIBS))
$(call tool_test,metrics,tests/unit/trace/report/test_metrics.c tests/test.c $(T)/libtool.a,$(LDLIBS) $(TEST_LIBS))
$(call tool_test,publish,tests/unit/trace/publish/test_publish.c tests/test.c $(T)/libtool.a,$(LDLIBS) $(TEST_LIBS))
$(call tool_test,bench_stats,tests/unit/bench/core/test_stats.c $(B)/user/bench/core/stats.o,-lm $(TEST_LIBS))
$(call tool_test,latch_bpf,tests/bpf/test_latch_bpf.c tests/test.c $(BPF_OBJ) $(OPS_OBJ) \
	$(addprefix $(B)/user/,doctor/try.o doctor/result.o cli/errors.o host/scarcity.o host/perf_event.o),-lbpf $(TEST_LIBS))
$(call tool_test,keyed_bpf,tests/bpf/test_keyed_bpf.c tests/test.c $(BPF_OBJ) \
	$(addprefix $(B)/user/,doctor/try.o doctor/result.o cli/errors.o host/scarcity.o host/perf_event.o),-lbpf $(TEST_LIBS))
$(call tool_test,spans_bpf,tests/bpf/test_spans_bpf.c tests/bpf/spans_cost.c tests/test.c $(BPF_OBJ) \
	$(addprefix $(B)/user/,doctor/try.o doctor/result.o cli/errors.o host/scarcity.o host/perf_event.o),-lbpf $(TEST_LIBS))
$(call tool_test,scratch_bpf,tests/bpf/test_scratch_bpf.c tests/test.c $(BPF_OBJ) \
	$(addprefix $(B)/user/,doctor/try.o doctor/result.o cli/errors.o host/scarcity.o host/perf_event.o),-lbpf $(TEST_LIBS))
$(call tool_test,registry_bpf,$(addprefix tests/,bpf/test_registry_bpf.c bpf/registry_races.c bpf/registry_object.c test.c) $(BPF_OBJ) \
	$(addprefix $(B)/user/,host/context.o host/perf_event.o verify/core/nmi_source.o),-lbpf $(TEST_LIBS))
$(call tool_test,victim,tests/bpf/victim.c $(BPF_OBJ) $(B)/user/host/context.o $(B)/user/host/perf_event.o,-lbpf)
$(call tool_test,cost,tests/bpf/cost.c $(OPS_OBJ) $(B)/user/host/clock.o,-lbpf)
$(eval $(call test,$(T)/escape,tests/unit/cli/test_escape.c tests/test.c user/cli/escape.c,$(compiler.sanitized) $(UNIT_CFLAGS) -iquote user,$(TEST_LIBS),user/cli/escape.h))
$(eval $(call test,$(T)/faults_memory.so,tests/cli/faults/memory.c,$(CC) $(ALL_CFLAGS) -fPIC -shared,,))
$(call tool_test,named,tests/cli/named.c,)
$(call tool_test,names,tests/cli/names.c tests/cli/names_other.c,)
$(call tool_test,libversions.so,tests/cli/versions_lib.c,-Xlinker -soname=libversions.so -Xlinker --version-script=tests/cli/versions.map, -shared -fPIC)
$(call tool_test,versions,tests/cli/versions.c $(T)/libversions.so,-Xlinker -rpath -Xlinker '$$$$ORIGIN')
$(T)/throws: tests/cli/throws.cc
	$(call say,TEST,$@)mkdir -p $(@D) && $(CXX) -O1 $< -o $@ || { rm -f $@; echo "  no C++ compiler: $@ is left out"; }
$(call tool_test,whose,tests/cli/whose.c, -fno-optimize-sibling-calls -fno-builtin)
$(call tool_test,stacked,tests/cli/stacked.c,-ldl, -O1 -fno-inline -fno-omit-frame-pointer -fno-optimize-sibling-calls)
$(call tool_test,stacked_lib.so,tests/cli/stacked_lib.c,, -fno-omit-frame-pointer -fPIC -shared)
$(call tool_test,target,tests/cli/target.c,-lpthread)
$(call tool_test,lives,tests/cli/lives.c,-lpthread)
$(call tool_test,callers,tests/cli/callers.c,-lpthread, -fno-omit-frame-pointer -fno-optimize-sibling-calls)
$(call tool_test,frames,tests/cli/frames.c,-lpthread)
$(call tool_test,exprs,tests/cli/exprs.c)
$(call tool_test,between,tests/cli/trace/statement/between.c,-lpthread, -fno-optimize-sibling-calls -fno-omit-frame-pointer)
$(call tool_test,key_strings,tests/cli/trace/statement/key_strings.c)
$(call tool_test,doings,tests/cli/doings.c)
$(call tool_test,arguments,tests/cli/arguments.c,, -O2)
$(call tool_test,jsonl,tests/cli/jsonl.c,-lcjson)
$(call tool_test,ctl_client,tests/cli/ctl_client.c,)
$(call tool_test,pressure,tests/vm/pressure.c $(addprefix $(B)/user/host/,pressure.o cgroups.o scarcity.o),-lurcu-memb -lurcu-common -lpthread)

# Fuzzers: the files that they are about are built with sanitizers, the rest is the tool's.
FUZZ       := $(basename $(notdir $(filter-out %/driver.c,$(wildcard tests/fuzz/*.c))))
FUZZ_BIN   := $(FUZZ:%=$(T)/fuzz/%)
FUZZ_ABOUT.elf := $(addprefix symbols/elf/,elf.c elf_file.c debug_file.c embedded.c)
FUZZ_ABOUT.results := $(patsubst user/%,%,$(wildcard user/bench/results/compar*.c user/bench/results/file*.c)) cli/columns.c \
	cli/diag.c cli/escape.c cli/json_line.c bench/core/stats.c
FUZZ_ABOUT.control := $(addprefix trace/control/,request.c socket.c dir.c client.c) cli/json_line.c cli/escape.c
FUZZ_ABOUT.statement := $(patsubst user/%,%,$(filter-out %/list.c %/explain.c,$(wildcard user/trace/statement/*.c)) \
	$(wildcard user/trace/statement/expr/*.c user/trace/statement/source/*.c)) cli/escape.c cli/suggest.c
FUZZ_ABOUT.types := $(FUZZ_ABOUT.statement)
FUZZ_ABOUT.dwarf := $(FUZZ_ABOUT.statement) $(patsubst user/%,%,$(wildcard user/symbols/dwarf/*.c)) symbols/elf/elf_file.c symbols/elf/debug_file.c
FUZZ_ABOUT.escape := cli/escape.c cli/json_line.c
LIBFUZZER  := $(shell echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | \
	$(CLANG) -fsanitize=fuzzer,address,undefined -x c - -o /dev/null 2>/dev/null && echo yes)
FUZZ_CC    := $(if $(LIBFUZZER),$(CLANG) -fsanitize=fuzzer$(comma)address$(comma)undefined,$(CC) -fsanitize=address$(comma)undefined) \
	-fno-sanitize-recover=all
$(T)/libtool.a: $(LIB_OBJ)
	$(call say,AR,$@)mkdir -p $(@D) && rm -f $@ && ar qcS $@ $^ && ranlib $@
.SECONDEXPANSION:
$(FUZZ_BIN): $(T)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h tests/fuzz/driver.c $$(addprefix user/,$$(FUZZ_ABOUT.$$*)) $(T)/libtool.a
	$(call say,FUZZ,$@)mkdir -p $(@D) && $(FUZZ_CC) $(ALL_CFLAGS) $(filter-out $(if $(LIBFUZZER),%/driver.c),$(filter %.c,$^)) \
		$(T)/libtool.a $(LDLIBS) -o $@

TEST_FILES := $(UNIT_BIN) $(T)/verify_registry.sanitized $(UAF_BIN) $(T)/latch_bpf $(T)/keyed_bpf $(T)/scratch_bpf $(T)/spans_bpf $(T)/registry_bpf $(T)/victim $(T)/target $(T)/jsonl $(T)/ctl_client \
	$(T)/lives $(T)/callers $(T)/frames $(T)/exprs $(T)/between $(T)/key_strings $(T)/doings $(T)/arguments $(T)/named $(T)/names $(T)/whose $(T)/versions $(T)/throws $(T)/stacked $(T)/stacked_lib.so $(T)/faults_memory.so $(FUZZ_BIN) $(BPF_TESTS) $(ORDER_TESTS) $(REGISTRY_BPF) $(KEYED_BPF) $(SCRATCH_BPF) $(SPANS_BPF)
CLI_TESTS  := $(filter-out tests/cli/lib.sh tests/cli/broken.sh,$(sort $(wildcard tests/cli/*.sh tests/cli/*/*.sh tests/cli/*/*/*.sh)))
# These measure, or count what the whole host does, or what is loaded: nothing runs beside them.
ALONE      := $(addprefix tests/cli/bench/,latch.sh dispatch.sh registry.sh trace.sh) tests/cli/bad-input.sh $(addprefix tests/cli/trace/,ctl.sh probes.sh safety.sh syscalls.sh torn.sh truth.sh)
BESIDE     := $(filter-out $(ALONE),$(CLI_TESTS))

# The memory models: the interpreters, the table, the mutants left to them, and that they can fail.
PROOFS := tests/check-orders tests/litmus/check-machines tests/litmus/prove tests/litmus/kill \
	tests/litmus/check-prove.sh tests/cbmc/prove tests/cbmc/kill

# check without the set-up
.PHONY: check-built
check-built: all $(TEST_FILES) vm-files
	$(Q)$(MUTANTS_ENV) LATCHKIT_BUILD=$(B) LATCHKIT_VM_SHORT=1 LATCHKIT_SAMPLE=1 CLANG="$(CLANG)" tests/run tests/style.sh tests/mutants \
		$(T)/latch_bpf $(T)/keyed_bpf $(T)/scratch_bpf $(T)/spans_bpf $(T)/registry_bpf $(ALONE) tests/vm/check \
		-- $(PROOFS) tests/vm/cli.sh tests/docs tests/rooms tests/check-rooms.sh tests/check-flags.sh $(UNIT_BIN) tests/unit/dispatch/check-use-after-free.sh tests/unit/refcount/check-refcount-code.sh \
		tests/bpf/check-fetch.sh tests/cxx/check.sh $(FUZZ:%=tests/fuzz/%.sh) $(BESIDE)

## check-unit: only the unit tests
.PHONY: check-unit
check-unit: $(UNIT_BIN) $(T)/target
	$(Q)LATCHKIT_BUILD=$(B) tests/run $(UNIT_BIN)

## cost: measure what a probe costs and what reading a record costs, as root
.PHONY: cost
cost: all $(T)/cost
	$(Q)tools/as-root $(T)/cost $(B)/latchkit

## check-vm: test in virtual machines with other kernels; KERNEL=6.12 for one of kernels.def
.PHONY: check-vm
check-vm: deps
	$(Q)$(MAKE) --no-print-directory all vm-files
	$(Q)LATCHKIT_BUILD=$(B) CLANG="$(CLANG)" tests/vm/check $(KERNEL)

# What tests/vm/check takes into a guest; it makes them for other machines itself.
.PHONY: vm-files
vm-files: all $(addprefix $(T)/,contract jsonl target frames doings key_strings victim latch_bpf keyed_bpf scratch_bpf spans_bpf registry_bpf pressure) $(ORDER_TESTS) \
	$(foreach k,array kptr,$(T)/bpf/registry.$k.$(firstword $(BPF_CLANGS)).host.bpf.o) \
	$(addsuffix .bpf.o,$(addprefix $(T)/bpf/spans.,1.$(firstword $(BPF_CLANGS)).host 8.$(firstword $(BPF_CLANGS)).host 3.$(firstword $(BPF_CLANGS)).model)) \
	$(addsuffix .bpf.o,$(addprefix $(T)/bpf/keyed.,1.$(firstword $(BPF_CLANGS)).host 12.$(firstword $(BPF_CLANGS)).host 3.$(firstword $(BPF_CLANGS)).model)) \
	$(addsuffix .bpf.o,$(addprefix $(T)/bpf/scratch.,$(foreach f,free checked large,$f.$(firstword $(BPF_CLANGS)).host) free.$(firstword $(BPF_CLANGS)).model)) \
	$(foreach v,$(VARIANTS),$(foreach c,$(firstword $(BPF_CLANGS)),$(T)/bpf/latch.$v.8.$c.host.bpf.o $(T)/bpf/latch.$v.8.$c.model.bpf.o))

# What tests/mutants builds the tool from, with a broken latch in it.
MATRIX ?= --all
MUTANTS_ENV = LATCHKIT_OBJECTS="$(USER_OBJ)" LATCHKIT_LIBS="$(LDLIBS)" LATCHKIT_BPF_CFLAGS="$(BPF_CFLAGS)"

.PHONY: test-env
test-env:
	@echo 'export $(MUTANTS_ENV) CLANG="$(CLANG)"'

## mutants: break each latch in many ways and show which checks notice: the kill matrix (long)
.PHONY: mutants
mutants: all
	$(Q)$(MUTANTS_ENV) LATCHKIT_BUILD=$(B) CLANG="$(CLANG)" tests/mutants $(MATRIX) $(MUTANT)

## proofs: the headers' code against the memory models, and the mutants only these can kill
.PHONY: proofs
proofs: deps
	$(Q)LATCHKIT_REQUIRE_PROOFS=1 LATCHKIT_BUILD=$(B) CLANG="$(CLANG)" tests/run $(PROOFS)

## proofs-all: the long ones too, and the mutants under every model that takes minutes, not hours
.PHONY: proofs-all
proofs-all: deps
	$(Q)export CLANG="$(CLANG)"; failed=0; \
	tests/litmus/prove --all || failed=1; \
	tests/litmus/kill --model c11 --model lkmm || failed=1; \
	tests/cbmc/prove --all || failed=1; \
	exit $$failed
