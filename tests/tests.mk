# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# tests.mk - builds and runs the tests; included by the Makefile.

T          := $(B)/tests
OPS_SRC    := user/latch/ops.c user/latch/table.c
TEST_LIBS  := -lcmocka -lpthread

# Every clang here that can build BPF: the default one, and any versioned one.
CLANGS     := $(notdir $(wildcard /usr/bin/clang-1[4-9] /usr/bin/clang-2[0-9]))
BPF_CLANGS := $(if $(CLANGS),$(sort $(firstword $(CLANGS)) $(lastword $(CLANGS))),$(CLANG))
BPF_WORDS  := 1 8 32 128

# name.words.compiler.orders: `host` orders are this machine's, `model` those of the BPF model.
BPF_TESTS  := $(foreach v,$(VARIANTS),$(foreach c,$(BPF_CLANGS),\
	$(foreach w,$(BPF_WORDS),$(T)/bpf/latch.$v.$w.$c.host.bpf.o) $(T)/bpf/latch.$v.8.$c.model.bpf.o))
# registry.KIND.compiler.orders
REGISTRY_BPF := $(foreach k,array kptr,$(foreach c,$(BPF_CLANGS),$(T)/bpf/registry.$k.$c.host.bpf.o))
ORDER_TESTS := $(foreach c,$(BPF_CLANGS),$(T)/bpf/order.$c.host.bpf.o $(T)/bpf/order.$c.model.bpf.o)

# dispatch.FLAVOUR.COMPILER
DISPATCH_BIN := $(foreach f,$(FLAVOURS),$(foreach c,gcc clang sanitized,$(T)/dispatch.$f.$c))
# registry.FLAVOUR.COMPILER; rcuref: with the other reference count
REGISTRY_BIN := $(foreach f,$(FLAVOURS),$(T)/registry.$f.gcc $(T)/registry.$f.sanitized) \
	$(T)/registry.memb.clang $(T)/registry.memb.rcuref
REFCOUNT_BIN := $(foreach c,gcc clang sanitized threads,$(T)/refcount.$c)
HASH_BIN   := $(foreach c,gcc clang sanitized,$(T)/hash.$c)
UNIT_BIN   := $(T)/contract.gcc $(T)/contract.clang $(T)/contract.sanitized $(T)/symbols \
	$(T)/record $(T)/bench_stats $(DISPATCH_BIN) $(REFCOUNT_BIN) $(HASH_BIN) $(REGISTRY_BIN)

# The parts of an object's name: latch.VARIANT.WORDS.COMPILER.ORDERS.bpf.o
part        = $(word $(2),$(subst ., ,$(notdir $(1))))
orders_flag = $(if $(filter model,$(1)),-DLK_ORDER_MODEL)

$(T)/bpf/latch.%.bpf.o: tests/bpf/latch.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(call part,$@,4) $(BPF_CFLAGS) $(DEPS) \
		-DLATCH_VARIANT=$(call part,$@,2) -DLATCH_WORDS=$(call part,$@,3) \
		$(call orders_flag,$(call part,$@,5)) -c $< -o $@

$(T)/bpf/registry.array.%.bpf.o: tests/bpf/registry.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(call part,$@,3) $(BPF_CFLAGS) $(DEPS) -c $< -o $@
$(T)/bpf/registry.kptr.%.bpf.o: tests/bpf/registry_kptr.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(call part,$@,3) $(BPF_CFLAGS) $(DEPS) -c $< -o $@

$(T)/bpf/order.%.bpf.o: tests/bpf/order.bpf.c
	$(call say,BPF,$@)mkdir -p $(@D) && $(call part,$@,2) $(BPF_CFLAGS) $(DEPS) \
		$(call orders_flag,$(call part,$@,3)) -c $< -o $@

# The contract needs the headers alone: three builds, and one for each mutant (tests/mutants).
CONTRACT    = mkdir -p $@.objs && for v in $(VARIANTS); do \
	$(1) -Iinclude -iquote user -iquote . -DLATCH_VARIANT=$$v -c user/latch/ops.c -o $@.objs/$$v.o || exit 1; done && \
	$(1) -Iinclude -iquote user -iquote . tests/unit/test_contract.c user/latch/table.c $@.objs/*.o $(TEST_LIBS) -o $@
CONTRACT_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g
CONTRACT_DEPS := tests/unit/test_contract.c $(OPS_SRC) user/latch/ops.h user/latch/table.h $(wildcard include/latchkit/*.* include/latchkit/latch/*.h)

$(T)/contract.gcc: $(CONTRACT_DEPS)
	$(call say,TEST,$@)$(call CONTRACT,gcc $(CONTRACT_CFLAGS))
# For another machine.
$(T)/contract: $(CONTRACT_DEPS)
	$(call say,TEST,$@)$(call CONTRACT,$(CC) $(CONTRACT_CFLAGS))
$(T)/contract.clang: $(CONTRACT_DEPS)
	$(call say,TEST,$@)$(call CONTRACT,clang $(CONTRACT_CFLAGS))
$(T)/contract.sanitized: $(CONTRACT_DEPS)
	$(call say,TEST,$@)$(call CONTRACT,gcc $(CONTRACT_CFLAGS) -fsanitize=address$(,)undefined -fno-sanitize-recover)
, := ,

# So does the contract of dispatch.h, for each flavour of RCU; and one for each mutant.
DISPATCH_SRC := tests/unit/test_dispatch.c tests/unit/dispatch_races.c tests/unit/dispatch_storms.c
DISPATCH_DEPS := $(DISPATCH_SRC) tests/unit/dispatch_test.h include/latchkit/dispatch.h \
	$(wildcard include/latchkit/order*.h include/latchkit/dispatch/*.h)
DISPATCH    = mkdir -p $(T) && $(1) $(CONTRACT_CFLAGS) -Iinclude -DDISPATCH_RCU=$(2) $(DISPATCH_SRC) \
	-lurcu-$(2) -lurcu-common $(TEST_LIBS) -o $@
SANITIZED  := gcc -fsanitize=address$(,)undefined -fno-sanitize-recover

$(T)/dispatch.%.gcc: $(DISPATCH_DEPS)
	$(call say,TEST,$@)$(call DISPATCH,gcc,$*)
$(T)/dispatch.%.clang: $(DISPATCH_DEPS)
	$(call say,TEST,$@)$(call DISPATCH,clang,$*)
$(T)/dispatch.%.sanitized: $(DISPATCH_DEPS)
	$(call say,TEST,$@)$(call DISPATCH,$(SANITIZED),$*)
$(T)/dispatch_uaf.%: tests/unit/dispatch_uaf.c $(DISPATCH_DEPS)
	$(call say,TEST,$@)mkdir -p $(T) && gcc -fsanitize=address $(CONTRACT_CFLAGS) -Iinclude \
		-DDISPATCH_RCU=$* $< -lurcu-$* -lurcu-common -lpthread -o $@

# refcount.h needs nothing; `threads`: under ThreadSanitizer.
REFCOUNT    = mkdir -p $(T) && $(1) $(CONTRACT_CFLAGS) -Iinclude $< $(TEST_LIBS) -o $@
REFCOUNT_DEPS := tests/unit/test_refcount.c $(wildcard include/latchkit/refcount.h include/latchkit/order*.h include/latchkit/refcount/*.h)
$(T)/refcount.gcc: $(REFCOUNT_DEPS)
	$(call say,TEST,$@)$(call REFCOUNT,gcc)
$(T)/refcount.clang: $(REFCOUNT_DEPS)
	$(call say,TEST,$@)$(call REFCOUNT,clang)
$(T)/refcount.sanitized: $(REFCOUNT_DEPS)
	$(call say,TEST,$@)$(call REFCOUNT,$(SANITIZED))
$(T)/refcount.threads: $(REFCOUNT_DEPS)
	$(call say,TEST,$@)$(call REFCOUNT,gcc -fsanitize=thread)

# So do the chains of registry.h.
HASH        = mkdir -p $(T) && $(1) $(CONTRACT_CFLAGS) -Iinclude $< $(TEST_LIBS) -o $@
HASH_DEPS  := tests/unit/test_hash.c include/latchkit/registry/hash.h $(wildcard include/latchkit/order*.h)
$(T)/hash.gcc: $(HASH_DEPS)
	$(call say,TEST,$@)$(call HASH,gcc)
$(T)/hash.clang: $(HASH_DEPS)
	$(call say,TEST,$@)$(call HASH,clang)
$(T)/hash.sanitized: $(HASH_DEPS)
	$(call say,TEST,$@)$(call HASH,$(SANITIZED))

REGISTRY_SRC := tests/unit/test_registry.c tests/unit/registry_races.c
REGISTRY_DEPS := $(REGISTRY_SRC) tests/unit/registry_test.h include/latchkit/registry.h include/latchkit/refcount.h \
	$(wildcard include/latchkit/order*.h include/latchkit/refcount/*.h include/latchkit/registry/*.h include/latchkit/latch/*.h)
REGISTRY    = mkdir -p $(T) && $(1) $(CONTRACT_CFLAGS) -Iinclude -DREGISTRY_RCU=$(2) $(REGISTRY_SRC) \
	-lurcu-$(2) -lurcu-common $(TEST_LIBS) -o $@
$(T)/registry.%.gcc: $(REGISTRY_DEPS)
	$(call say,TEST,$@)$(call REGISTRY,gcc,$*)
$(T)/registry.%.clang: $(REGISTRY_DEPS)
	$(call say,TEST,$@)$(call REGISTRY,clang,$*)
$(T)/registry.%.sanitized: $(REGISTRY_DEPS)
	$(call say,TEST,$@)$(call REGISTRY,$(SANITIZED),$*)
$(T)/registry.%.rcuref: $(REGISTRY_DEPS)
	$(call say,TEST,$@)$(call REGISTRY,gcc -DREGISTRY_REF=rcuref,$*)

# latchkit verify registry alone, under AddressSanitizer and UndefinedBehaviorSanitizer.
VERIFY_REGISTRY_SRC := tests/unit/verify_registry_main.c \
	$(filter-out user/verify/cmd.c user/verify/registry/ops.c,$(wildcard user/verify/*.c user/verify/core/*.c user/verify/registry/*.c)) \
	user/cli/columns.c user/cli/diag.c user/cli/json_line.c user/cli/numbers.c user/cli/suggest.c \
	user/host/environment.c user/host/clock.c user/host/cpus.c
$(T)/verify_registry.sanitized: $(VERIFY_REGISTRY_SRC) user/verify/registry/ops.c $(wildcard user/verify/*.h user/verify/core/*.h user/verify/registry/*.h) $(REGISTRY_DEPS)
	$(call say,TEST,$@)mkdir -p $@.objs && for r in $(REFERENCES); do \
		$(SANITIZED) $(ALL_CFLAGS) -DREGISTRY_REF=$$r $$([ $$r != refcount ] || echo -DREGISTRY_WITH_POSTED) \
			-c user/verify/registry/ops.c -o $@.objs/$$r.o || exit 1; done && \
		$(SANITIZED) $(ALL_CFLAGS) $(VERIFY_REGISTRY_SRC) $@.objs/*.o \
		-lcjson -lurcu-memb -lurcu-common -lm -lpthread -o $@

$(T)/symbols: tests/unit/test_symbols.c $(B)/user/cli/suggest.o $(B)/user/symbols/kernel.o $(B)/user/symbols/elf.o $(B)/user/symbols/user.o $(B)/user/host/clock.o $(B)/user/host/cpulist.o
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -DTARGET='"$(T)/target"' $^ -lelf -ldw $(TEST_LIBS) -o $@
$(T)/record: tests/unit/test_record.c include/latchkit/record.h
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $< $(TEST_LIBS) -o $@
$(T)/bench_stats: tests/unit/test_bench_stats.c $(B)/user/bench/core/stats.o
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $^ -lm $(TEST_LIBS) -o $@
OPS_OBJ    := $(B)/user/latch/table.o $(VARIANTS:%=$(B)/user/latch/ops.%.o)
BPF_OBJ    := $(B)/user/object/image.o $(B)/user/object/blobs.o
$(T)/latch_bpf: tests/bpf/test_latch_bpf.c tests/bpf/object.c $(BPF_OBJ) $(OPS_OBJ)
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $^ -lbpf $(TEST_LIBS) -o $@
$(T)/registry_bpf: tests/bpf/test_registry_bpf.c tests/bpf/registry_races.c tests/bpf/registry_object.c tests/bpf/object.c $(BPF_OBJ) \
		$(B)/user/host/context.o $(B)/user/host/perf_event.o $(B)/user/verify/latch/nmi_source.o
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $^ -lbpf $(TEST_LIBS) -o $@
$(T)/victim: tests/bpf/victim.c $(BPF_OBJ) $(B)/user/host/context.o $(B)/user/host/perf_event.o
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $^ -lbpf -o $@
$(T)/target: tests/cli/target.c
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $< -lpthread -o $@
$(T)/names: tests/cli/names.c tests/cli/names_other.c
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $^ -o $@
$(T)/pressure: tests/vm/pressure.c $(B)/user/host/pressure.o $(B)/user/host/cgroups.o $(REGISTRY_DEPS)
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $< $(B)/user/host/pressure.o $(B)/user/host/cgroups.o -lurcu-memb -lurcu-common -lpthread -o $@
$(T)/ctl_client: tests/cli/ctl_client.c
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $< -o $@
$(T)/lives: tests/cli/lives.c
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $< -lpthread -o $@
$(T)/jsonl: tests/cli/jsonl.c
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $< -lcjson -o $@

TEST_FILES := $(UNIT_BIN) $(T)/verify_registry.sanitized $(FLAVOURS:%=$(T)/dispatch_uaf.%) $(T)/latch_bpf $(T)/registry_bpf $(T)/victim $(T)/target $(T)/jsonl $(T)/ctl_client $(T)/lives $(T)/names $(BPF_TESTS) $(ORDER_TESTS) $(REGISTRY_BPF)
CLI_TESTS  := $(filter-out tests/cli/lib.sh,$(sort $(wildcard tests/cli/*.sh)))
# These measure, or count what the whole host does, or what is loaded: nothing runs beside them.
ALONE      := $(wildcard tests/cli/bench-*.sh) $(addprefix tests/cli/,bad-input.sh ctl.sh probes.sh safety.sh syscalls.sh torn.sh truth.sh)
BESIDE     := $(filter-out $(ALONE),$(CLI_TESTS))

# The memory models: the interpreters, the table, the mutants left to them, and that they can fail.
PROOFS := tests/check-orders tests/litmus/check-machines tests/litmus/prove tests/litmus/kill \
	tests/litmus/check-prove.sh tests/cbmc/prove tests/cbmc/kill

# check without the set-up
.PHONY: check-built
check-built: all $(TEST_FILES) vm-files
	$(Q)$(MUTANTS_ENV) LATCHKIT_BUILD=$(B) CLANG="$(CLANG)" tests/run tests/style.sh tests/docs tests/mutants \
		$(T)/latch_bpf $(T)/registry_bpf $(ALONE) tests/vm/cli.sh tests/vm/check \
		-- tests/rooms tests/check-rooms.sh $(UNIT_BIN) tests/unit/check-use-after-free.sh tests/unit/check-refcount-code.sh \
		tests/bpf/check-fetch.sh $(BESIDE) $(PROOFS)

## check-unit: only the unit tests
.PHONY: check-unit
check-unit: $(UNIT_BIN) $(T)/target
	$(Q)LATCHKIT_BUILD=$(B) tests/run $(UNIT_BIN)

$(T)/cost: tests/bpf/cost.c $(OPS_OBJ)
	$(call say,TEST,$@)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $^ -lbpf -o $@

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
vm-files: all $(addprefix $(T)/,contract jsonl target victim latch_bpf registry_bpf pressure) $(ORDER_TESTS) \
	$(foreach k,array kptr,$(T)/bpf/registry.$k.$(firstword $(BPF_CLANGS)).host.bpf.o) \
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
