# SPDX-License-Identifier: MIT
#
# One Makefile, not recursive. Sources are found, not listed: a new file in a
# folder is built the next time. Two kinds of objects are made from them:
#   $(BUILD)/plain   what is run, judged and measured
#   $(BUILD)/san     the same with ASan and UBSan, for `make test`
# A unit test of a module links only the floors up to its own.

BUILD ?= build
CC ?= gcc
OPT ?= -O2
PACKAGES := libngtcp2_crypto_gnutls libngtcp2 gnutls nettle jansson libevent_core cmocka
APT := gcc make pkg-config python3 clang clang-format libngtcp2-dev \
       libngtcp2-crypto-gnutls-dev libgnutls28-dev nettle-dev libjansson-dev \
       libevent-dev libcmocka-dev

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wvla
SAN := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_ALL = -std=c11 -D_POSIX_C_SOURCE=200809L -g $(WARN) -I. -I$(BUILD)/gen -MMD -MP \
             $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) $(CFLAGS)
LIBS = $(shell pkg-config --libs libngtcp2_crypto_gnutls libngtcp2 gnutls nettle jansson libevent_core 2>/dev/null)

Q := @
, := ,
ifeq ($(V),1)
Q :=
endif
say = @printf '  %-5s %s\n' '$1' '$2'

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all

all: deps $(BUILD)/alkref $(BUILD)/callspec $(BUILD)/alksim ## build the programs: alkref, callspec, alksim

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | \
	  awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: deps
deps: ## install what is missing (Debian, as root or through sudo)
	@$(MAKE) -s --no-print-directory $(BUILD)/.deps

$(BUILD)/.deps:
	@mkdir -p $(BUILD)
	@if ! pkg-config --exists $(PACKAGES) 2>/dev/null || \
	    ! command -v clang-format >/dev/null || ! command -v clang >/dev/null || \
	    ! command -v python3 >/dev/null; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  echo "  DEPS  $(APT)"; \
	  $$sudo apt-get update -qq && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(APT) >/dev/null; \
	fi
	@pkg-config --exists --print-errors $(PACKAGES)
	@touch $@

# ---------------------------------------------------------------- sources
FLOORS := base model state rules session quic host
c_of = $(filter-out %_test.c,$(wildcard $1/*.c))
SRC_base := $(call c_of,ref/base)
SRC_model := $(call c_of,ref/model)
SRC_state := $(call c_of,ref/state)
SRC_rules := $(call c_of,ref/rules)
SRC_session := $(call c_of,ref/session)
SRC_quic := $(call c_of,ref/quic)
SRC_host := $(call c_of,ref/host)
SRC_netsim := $(filter-out netsim/sim.c netsim/bench.c,$(call c_of,netsim))
SRC_reports := $(call c_of,reports)
SRC_bin := $(call c_of,ref/bin)
SRC_conformance := $(call c_of,conformance) $(call c_of,conformance/cases)
# What fuzzers begin with.
SEEDS := $(BUILD)/fuzz/seeds
# What makes inputs knows nothing of targets, and is never watched by a fuzzer.
SRC_mutator := $(patsubst %,fuzz/mutator/%.c,values parts grammar edit mutator) netsim/prng.c
GROUPS := $(FLOORS) netsim reports bin

# What callspec may contain of the house; the floors check reads its link map.
JUDGE_REF := $(patsubst %,ref/base/%.c,buf xalloc failure trace agenda queue) \
             $(filter-out ref/quic/adapter.c,$(SRC_quic)) \
             ref/host/udp.c ref/host/loop.c ref/host/entropy.c
JUDGE_NETSIM := $(patsubst %,netsim/%.c,prng link weather relay)
SRC_judge := $(SRC_conformance) $(SRC_reports) $(JUDGE_REF) $(JUDGE_NETSIM)

objs = $(patsubst %.c,$(BUILD)/$1/%.o,$2)
lib = $(BUILD)/$1/lib$2.a

$(BUILD)/plain/%.o: %.c | $(BUILD)/.deps
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(OPT) -c -o $@ $<

$(BUILD)/san/%.o: %.c | $(BUILD)/.deps
	$(call say,CCSAN,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(SAN) -c -o $@ $<

# The vectors, as data for C.
$(BUILD)/gen/vectors_data.c: vectors/embed.py $(wildcard vectors/*.json) | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(Q)python3 vectors/embed.py $@
	@touch $@

$(BUILD)/%/vectors_data.o: $(BUILD)/gen/vectors_data.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -O0 -c -o $@ $<

define archive
$(BUILD)/$1/lib$2.a: $(call objs,$1,$(SRC_$2))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach k,plain san,$(foreach g,$(GROUPS),$(eval $(call archive,$k,$g))))

# What the page is made of, as data for C.
$(BUILD)/gen/page_data.c: reports/page/embed.py $(wildcard reports/page/*.css reports/page/*.js) | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(Q)python3 reports/page/embed.py $@
	@touch $@

$(BUILD)/%/page_data.o: $(BUILD)/gen/page_data.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -O0 -c -o $@ $<

# ---------------------------------------------------------------- programs
ref_libs = $(foreach g,host quic session rules state model base,$(call lib,$1,$g))

$(BUILD)/alkref: $(call objs,plain,$(SRC_bin)) $(call ref_libs,plain)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $(call objs,plain,$(SRC_bin)) -Wl,--start-group $(call ref_libs,plain) -Wl,--end-group $(LIBS)

JUDGE_DATA := vectors_data.o page_data.o
$(BUILD)/callspec: $(call objs,plain,$(SRC_judge)) $(addprefix $(BUILD)/plain/,$(JUDGE_DATA))
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $^ $(LIBS) -Wl,-Map=$(BUILD)/callspec.map

$(BUILD)/san/alkref: $(call objs,san,$(SRC_bin)) $(call ref_libs,san)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ $(call objs,san,$(SRC_bin)) -Wl,--start-group $(call ref_libs,san) -Wl,--end-group $(LIBS)

$(BUILD)/san/callspec: $(call objs,san,$(SRC_judge)) $(addprefix $(BUILD)/san/,$(JUDGE_DATA))
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ $^ $(LIBS)

# What was built, for findings; written anew only when it is something else.
COMMIT := $(shell git describe --always --abbrev=12 --exclude='*' --dirty=+ 2>/dev/null || echo unknown)
$(BUILD)/gen/commit_data.c: FORCE | $(BUILD)/.deps
	@mkdir -p $(@D)
	@text='#include "netsim/commit.h"\nconst char commit_name[] = "$(COMMIT)";\n'; \
	  printf "$$text" | cmp -s - $@ || printf "$$text" >$@

.PHONY: FORCE
$(BUILD)/%/commit_data.o: $(BUILD)/gen/commit_data.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -O0 -c -o $@ $<

SIM_MAIN := netsim/sim.c ref/bin/options.c
sim_parts = $(call objs,$1,$(SIM_MAIN)) $(BUILD)/$1/commit_data.o $(BUILD)/$1/page_data.o \
            $(foreach g,netsim reports,$(call lib,$1,$g)) $(call ref_libs,$1)

$(BUILD)/alksim: $(call sim_parts,plain)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LIBS)

$(BUILD)/san/alksim: $(call sim_parts,san)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LIBS)

# The same with lives that are none; campaign_test.sh runs it.
FAKE := $(BUILD)/san/netsim/test/fake_alksim
$(FAKE): $(BUILD)/san/netsim/test/fake_life.o $(call sim_parts,san)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LIBS)

NULL_SRC := conformance/testees/null.c conformance/json.c conformance/json_text.c \
            conformance/json_out.c conformance/arena.c conformance/raw.c \
            reports/utf8.c ref/base/buf.c ref/base/xalloc.c

$(BUILD)/null-testee: $(call objs,plain,$(NULL_SRC))
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $^

# ---------------------------------------------------------------- unit tests
# ref/test/MODULE_test.c links its module's floor and those below it, and so
# does vectors_MODULE_test.c, with the vectors.
UNIT := $(wildcard ref/test/*_test.c netsim/test/*_test.c reports/test/*_test.c conformance/test/*_test.c fuzz/test/*_test.c)
UNIT_BIN := $(patsubst %.c,$(BUILD)/san/%,$(UNIT))
module = $(patsubst vectors_%,%,$(patsubst %_test,%,$(notdir $1)))
FLOOR_vectors := model
FLOOR_validation := rules
FLOOR_alk_example := host
floor_of = $(or $(FLOOR_$(call module,$1)),$(notdir $(patsubst %/,%,$(dir $(wildcard ref/*/$(call module,$1).c)))))
upto_base := base
upto_model := model base
upto_state := state model base
upto_rules := rules state model base
upto_session := session rules state model base
upto_quic := quic session rules state model base
upto_host := host quic session rules state model base
upto_bin := bin host quic session rules state model base
upto_ := host quic session rules state model base
judge_objs = $(call objs,san,$(filter-out conformance/main.c,$(SRC_judge)))
sim_libs = $(foreach g,netsim reports,$(call lib,san,$g)) $(call ref_libs,san)
fuzz_test_objs = $(call objs,san,$(patsubst %,fuzz/%.c,shrink symptom broken feed mutator/mutator_afl) $(SRC_mutator)) \
                 $(if $(findstring quic_target,$1),$(call objs,san,fuzz/targets/quic.c $(patsubst %,fuzz/twins/%.c,life ledger signer storm story twins) \
                   $(patsubst %,netsim/%.c,berth takeover))) $(call ref_libs,san)
report_objs = $(call objs,san,$(SRC_reports)) $(call lib,san,base) $(BUILD)/san/page_data.o
test_libs = $(if $(filter ref/%,$1),$(foreach g,$(upto_$(call floor_of,$1)),$(call lib,san,$g)),\
            $(if $(filter netsim/%,$1),$(sim_libs),\
            $(if $(filter reports/%,$1),$(report_objs),\
            $(if $(filter fuzz/%,$1),$(fuzz_test_objs),$(judge_objs))))) \
            $(if $(filter ref/test/vectors% netsim/% conformance/%,$1),$(BUILD)/san/vectors_data.o) \
            $(if $(filter netsim/% conformance/%,$1),$(BUILD)/san/page_data.o)

define unit
$(BUILD)/san/$1: $(BUILD)/san/$1.o $(call test_libs,$1)
	$$(call say,LINK,$1)
	$$(Q)$$(CC) $$(SAN) -o $$@ $(BUILD)/san/$1.o -Wl,--start-group $(call test_libs,$1) -Wl,--end-group $$(LIBS) -lcmocka
endef
# A program of an application, as ref/alk.h shows it; alk_test.sh runs it.
EXAMPLE := ref/test/alk_example
$(foreach t,$(patsubst %.c,%,$(UNIT)) $(EXAMPLE),$(eval $(call unit,$t)))

.PHONY: unit
unit: deps $(UNIT_BIN) ## the unit tests alone
	@for t in $(UNIT_BIN); do \
	  $$t >$(BUILD)/unit.log 2>&1 || { cat $(BUILD)/unit.log; echo "FAILED $$t"; exit 1; }; \
	  n=$$(grep -c '\[       OK \]' $(BUILD)/unit.log); echo "  TEST  $$n in $${t#$(BUILD)/san/}"; \
	done

# ---------------------------------------------------------------- measuring
# Not part of alkref: nobody who uses it wants to measure it.
BENCH := $(addprefix $(BUILD)/bench-,calls floor exact)
bench_objs = $(patsubst %,$(BUILD)/plain/ref/%.o,bench/bench bench/$1 $2)

$(BUILD)/bench-floor: $(call bench_objs,floor)
$(BUILD)/bench-exact: $(call bench_objs,exact,bench/echo)
$(BUILD)/bench-calls: $(call bench_objs,calls,bench/echo bin/station)
$(BENCH): $(call ref_libs,plain)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $(filter %.o,$^) -Wl,--start-group $(call ref_libs,plain) -Wl,--end-group $(LIBS)

.PHONY: bench
bench: deps $(BENCH) ## what a call costs, beside what its bytes cost over TLS/TCP alone
	@ref/bench/run $(BUILD)

.PHONY: bench-exact
bench-exact: deps $(BUILD)/bench-exact ## instructions for each call, counted by valgrind, if there is one
	@ref/bench/run $(BUILD) --exact

SIM_BENCH := $(BUILD)/sim-bench
sim_bench_libs = $(call lib,plain,netsim) $(call ref_libs,plain)

$(SIM_BENCH): $(call objs,plain,netsim/bench.c ref/bin/options.c) $(sim_bench_libs)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $(filter %.o,$^) -Wl,--start-group $(sim_bench_libs) -Wl,--end-group $(LIBS)

# A thousand connections are a quarter of a gigabyte: in small pages it would be
# the tables of pages that are measured.
LARGE_PAGES := GLIBC_TUNABLES=glibc.malloc.hugetlb=1

.PHONY: sim-bench
sim-bench: deps $(SIM_BENCH) ## how fast virtual time goes by, with a thousand connections
	@for shape in pairs hub; do $(LARGE_PAGES) $(SIM_BENCH) --shape $$shape; done

SIM_HUNT := $(BUILD)/sim-hunt
$(SIM_HUNT): $(call objs,plain,netsim/mutants/hunt.c) $(sim_bench_libs)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $(filter %.o,$^) -Wl,--start-group $(sim_bench_libs) -Wl,--end-group $(LIBS)

.PHONY: sim-mutants
sim-mutants: deps ## small lies in the reference, each to be found by the simulator
	@BUILD=$(BUILD) netsim/mutants/run $(MUTANT)

# What we understand of JSON Schema, measured by the suite that everybody has;
# Debian's package of it is json-schema-test-suite.
SUITE ?= /usr/share/json-schema-test-suite/tests/draft7
SCHEMA_SUITE := $(BUILD)/san/ref/test/schema_suite

$(SCHEMA_SUITE): $(SCHEMA_SUITE).o $(call lib,san,model) $(call lib,san,base)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ $^ $(LIBS)

.PHONY: schema-suite
schema-suite: deps $(SCHEMA_SUITE) ## SUITE=folder: input schemas, asked by the JSON Schema Test Suite
	@ls "$(SUITE)"/*.json >/dev/null 2>&1 || { echo "schema-suite: no test of the JSON Schema Test Suite in $(SUITE):" \
	  "install the package json-schema-test-suite, or say SUITE=folder" >&2; exit 2; }
	@$(SCHEMA_SUITE) "$(SUITE)"/*.json

# ---------------------------------------------------------------- fuzzing
# fuzz/README.md. Three sorts of programs of the same targets: fuzz-replay, of
# all of them, by any compiler; $(BUILD)/lf/fuzz-NAME by libFuzzer with
# sanitizers; $(BUILD)/afl/fuzz-NAME by AFL++ without.
FUZZ_TARGETS := $(patsubst fuzz/targets/%.c,%,$(wildcard fuzz/targets/*.c))
MUTATED := frame envelope connection pair import
SRC_fuzz := fuzz/broken.c fuzz/feed.c $(foreach room,peers readers twins,$(call c_of,fuzz/$(room)))
FUZZ_REF := $(foreach g,base model state rules session quic host,$(SRC_$g))
# Of the judge, the simulator and the programs what reads, and who is held
# against the reference; still_driver.c stands in for conformance/driver.c.
FUZZ_JUDGE := $(patsubst %,conformance/%.c,arena bundle case file fingerprint instance json json_out \
                json_text pattern requirements testee transcript words) \
              $(patsubst %,reports/%.c,html_data index log summary text utf8 verdict)
FUZZ_SIM := $(patsubst %,netsim/%.c,berth finding invariant numeral prng script takeover)
FUZZ_BIN := $(patsubst %,ref/bin/%.c,acts assemble exec handed ops options part spoken stage tally)
FUZZ_MORE := $(FUZZ_JUDGE) $(FUZZ_SIM) $(FUZZ_BIN)
LF_CC ?= clang
LF_LD ?= $(LF_CC)
LF_ENGINE ?= -fsanitize=fuzzer
AFL_COMPILER ?= afl-clang-fast
# What an input is compared with is not told to libFuzzer: it would cost half of
# the time, and the mutator and the dictionary know those words.
LF_WATCH := -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp
# What UBSan sees ends the program at once: to be able to say what it was costs
# a fifth of the time, and fuzz-keep runs it again by a program that can.
LF_FLAGS := -O2 $(LF_WATCH) -fsanitize=address,undefined -fsanitize-trap=undefined

fuzz_src = $(SRC_fuzz) $(FUZZ_REF) $(FUZZ_MORE)

# What only fuzzers need is installed when a fuzzer is asked for. The runtime of
# the sanitizers has to be of the compiler's own version.
FUZZ_APT = afl++ patch libclang-rt-$(shell clang -dumpversion | cut -d. -f1)-dev
$(BUILD)/.fuzz-deps: | $(BUILD)/.deps
	@printf 'int LLVMFuzzerTestOneInput(void);\nint LLVMFuzzerTestOneInput(void) { return 0; }\n' >$(BUILD)/runtime.c
	@if ! command -v afl-clang-fast >/dev/null || ! command -v patch >/dev/null || \
	    ! clang $(LF_FLAGS) -fsanitize=fuzzer -o $(BUILD)/runtime $(BUILD)/runtime.c 2>/dev/null; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  echo "  DEPS  $(FUZZ_APT)"; \
	  $$sudo apt-get update -qq && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(FUZZ_APT) >/dev/null; \
	fi
	@clang $(LF_FLAGS) -fsanitize=fuzzer -o $(BUILD)/runtime $(BUILD)/runtime.c
	@rm -f $(BUILD)/runtime $(BUILD)/runtime.c
	@touch $@

$(BUILD)/lf/%.o: %.c | $(BUILD)/.fuzz-deps
	$(call say,CCLF,$<)
	@mkdir -p $(@D)
	$(Q)$(LF_CC) $(CFLAGS_ALL) $(LF_FLAGS) -c -o $@ $<

$(BUILD)/afl/%.o: %.c | $(BUILD)/.fuzz-deps
	$(call say,CCAFL,$<)
	@mkdir -p $(@D)
	$(Q)AFL_QUIET=1 $(AFL_COMPILER) $(CFLAGS_ALL) -O2 -c -o $@ $<

# AFL++'s own macros warn.
$(BUILD)/afl/fuzz/afl.o: CFLAGS_ALL += -w

define fuzz_archive
$(BUILD)/$1/libfuzz.a: $(call objs,$1,$(fuzz_src)) $(BUILD)/$1/vectors_data.o
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach k,lf afl,$(eval $(call fuzz_archive,$k)))

# The entry of one target, whatever runs it: $(call fuzz_entry,SORT,TARGET).
fuzz_entry = $(BUILD)/$1/fuzz/entry-$2.o
fuzz_objs = $(call fuzz_entry,$1,$2) $(BUILD)/$1/fuzz/targets/$2.o $(if $(filter lf,$1),$(call mutator_of,$2))
# libFuzzer asks the program itself for a mutator.
mutator_of = $(if $(filter $(MUTATED),$1),$(call objs,plain,$(SRC_mutator) fuzz/mutator/mutator_lf.c))

define fuzz_target
$(call fuzz_entry,lf,$1): fuzz/entry.c | $(BUILD)/.fuzz-deps
	@mkdir -p $$(@D)
	$$(Q)$$(LF_CC) $$(CFLAGS_ALL) $$(LF_FLAGS) -DTARGET=target_$1 -c -o $$@ $$<

$(call fuzz_entry,afl,$1): fuzz/entry.c | $(BUILD)/.fuzz-deps
	@mkdir -p $$(@D)
	$$(Q)AFL_QUIET=1 $$(AFL_COMPILER) $$(CFLAGS_ALL) -O2 -DTARGET=target_$1 -c -o $$@ $$<

$(BUILD)/lf/fuzz-$1: $(call fuzz_objs,lf,$1) $(BUILD)/lf/libfuzz.a
	$$(call say,LINK,$$@)
	$$(Q)$$(LF_LD) $$(LF_FLAGS) $$(LF_ENGINE) -o $$@ $$^ $$(LIBS)

$(BUILD)/afl/fuzz-$1: $(BUILD)/afl/fuzz/afl.o $(call fuzz_objs,afl,$1) $(BUILD)/afl/libfuzz.a
	$$(call say,LINK,$$@)
	$$(Q)AFL_QUIET=1 $$(AFL_COMPILER) -O2 -o $$@ $$^ $$(LIBS) -lm
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_target,$t)))

# Programs that the smoke has to turn red on: TARGET=MUTANT, one lie of
# conformance/mutants in one source of the reference.
FUZZ_LIES := frame=limit-waits-for-the-body access=any-scope-will-do \
             connection=abort-is-confirmed pair=filter-after-acl \
             handshake=pin-not-compared serving=abort-falls-flat \
             asking=abort-is-not-said composing=abort-goes-one-deep \
             forward=any-peer-does-it

# $(call fuzz_lie,PROGRAM,TARGET,MUTANT,SOURCE)
define fuzz_lie
$1.o: conformance/mutants/$3.patch $4 | $(BUILD)/.fuzz-deps
	$$(call say,LIE,$3)
	@mkdir -p $$(@D)
	@patch -s -F0 -o $1.c $4 $$<
	$$(Q)$$(LF_CC) $$(CFLAGS_ALL) $$(LF_FLAGS) -c -o $$@ $1.c

$1: $1.o $(call fuzz_objs,lf,$2) $(BUILD)/lf/libfuzz.a
	$$(call say,LINK,$$@)
	$$(Q)$$(LF_LD) $$(LF_FLAGS) $$(LF_ENGINE) -o $$@ $$^ $$(LIBS)
endef
lie_target = $(firstword $(subst =, ,$1))
lie_patch = $(lastword $(subst =, ,$1))
lie_source = $(shell sed -n 's,^+++ b/,,p' conformance/mutants/$(call lie_patch,$1).patch)
lie_program = $(BUILD)/lf/lie-$(call lie_target,$1)-$(call lie_patch,$1)
$(foreach l,$(FUZZ_LIES),$(eval $(call fuzz_lie,$(call lie_program,$l),$(call lie_target,$l),$(call lie_patch,$l),$(call lie_source,$l))))

replay_src := fuzz/replay.c fuzz/target.c $(SRC_fuzz) $(wildcard fuzz/targets/*.c) $(FUZZ_MORE)
$(BUILD)/fuzz-replay: $(call objs,plain,$(replay_src)) $(BUILD)/plain/vectors_data.o $(call ref_libs,plain)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $(filter %.o,$^) -Wl,--start-group $(call ref_libs,plain) -Wl,--end-group $(LIBS)

$(BUILD)/san/fuzz-replay: $(call objs,san,$(replay_src)) $(BUILD)/san/vectors_data.o $(call ref_libs,san)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ $(filter %.o,$^) -Wl,--start-group $(call ref_libs,san) -Wl,--end-group $(LIBS)

# For AFL++'s AFL_CUSTOM_MUTATOR_LIBRARY; it is no target, so any compiler does.
$(BUILD)/afl/mutator.so: fuzz/mutator/mutator_afl.c $(SRC_mutator) ref/base/buf.c ref/base/xalloc.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(CFLAGS_ALL)) $(OPT) -shared -fPIC -o $@ $^

# What fuzzers begin with: made of the vectors, and of what callspec and the
# reference say to each other in the areas that are dialogues.
HEARD := $(BUILD)/fuzz/heard
SEED_AREAS := $(patsubst %,--filter '%.**@lvl=L1$(,)dial=us',calls abort subscription cascade crossed shared correlation \
  batch compose default-deny symmetric hostile streams loss errors requests endings peers)

$(HEARD)/log: fuzz/overhear.py $(BUILD)/callspec $(BUILD)/alkref
	$(call say,HEAR,$@)
	@rm -rf $(HEARD) && mkdir -p $(HEARD)
	$(Q)$(BUILD)/callspec run $(SEED_AREAS) --jobs 1 --testee 'fuzz/overhear.py $(HEARD)/lines $(BUILD)/alkref testee' --out $@.part >$@.said || \
	  { tail -n 20 $@.said; exit 1; }
	@mv $@.part $@

$(SEEDS)/.made: $(HEARD)/log $(wildcard vectors/*.json fuzz/targets/*.c fuzz/readers/*.c fuzz/*.py) fuzz/peers/mouth.c
	$(Q)fuzz/seeds.py $(SEEDS) $(HEARD)/lines $(HEARD)/log $(FUZZ_TARGETS)
	@touch $@

.PHONY: fuzz-seeds
fuzz-seeds: deps $(SEEDS)/.made ## what every fuzz target begins with, in build/fuzz/seeds

# What all of them begin with, and what AFL++ makes inputs with.
FUZZ_NEEDS = $(SEEDS)/.made $(BUILD)/afl/mutator.so

LF_FUZZERS := $(addprefix $(BUILD)/lf/fuzz-,$(FUZZ_TARGETS))
LF_LIARS := $(foreach l,$(FUZZ_LIES),$(call lie_program,$l))
.PHONY: fuzz-smoke
fuzz-smoke: deps $(FUZZ_NEEDS) $(BUILD)/fuzz-replay $(LF_FUZZERS) $(LF_LIARS) ## a short fixed look at every fuzz target, and at some that lie
	@BUILD=$(BUILD) FUZZ_LIES='$(FUZZ_LIES)' fuzz/smoke $(TARGET)

shrink_src = fuzz/shrinker.c fuzz/shrink.c fuzz/symptom.c $(filter-out fuzz/replay.c,$(replay_src))
$(BUILD)/san/fuzz-shrink: $(call objs,san,$(shrink_src)) $(BUILD)/san/vectors_data.o $(call ref_libs,san)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ $(filter %.o,$^) -Wl,--start-group $(call ref_libs,san) -Wl,--end-group $(LIBS)

# One campaign of one target, with what it needs: TARGET, TIME in seconds.
ENGINE ?= afl
TIME ?= 60
N ?= 2
FUZZER_OF_afl = $(BUILD)/afl/fuzz-$(TARGET)
FUZZER_OF_libfuzzer = $(BUILD)/lf/fuzz-$(TARGET)
is_target = $(if $(filter $(FUZZ_TARGETS),$(TARGET)),,$(error say TARGET=name, one of: $(FUZZ_TARGETS)))
is_engine = $(if $(FUZZER_OF_$(ENGINE)),,$(error say ENGINE=afl or ENGINE=libfuzzer))

.PHONY: fuzz
fuzz: deps $(FUZZ_NEEDS) ## TARGET=name TIME=seconds ENGINE=afl: a campaign, and its report
	$(is_target)$(is_engine)@$(MAKE) --no-print-directory $(FUZZER_OF_$(ENGINE))
	@BUILD=$(BUILD) fuzz/campaign $(TARGET) $(TIME) --engine $(ENGINE); told=$$?; [ $$told -lt 2 ] || exit $$told; \
	  $(MAKE) --no-print-directory fuzz-report && exit $$told

.PHONY: fuzz-fleet
fuzz-fleet: deps $(FUZZ_NEEDS) ## TARGET=name TIME=seconds N=2: AFL++ on so many cores, over one folder
	$(is_target)@$(MAKE) --no-print-directory $(FUZZER_OF_afl)
	@BUILD=$(BUILD) fuzz/campaign $(TARGET) $(TIME) --fleet $(N); told=$$?; [ $$told -lt 2 ] || exit $$told; \
	  $(MAKE) --no-print-directory fuzz-report && exit $$told

.PHONY: fuzz-mutants
fuzz-mutants: deps $(SEEDS)/.made $(BUILD)/fuzz-replay $(BUILD)/.fuzz-deps ## MUTANT='name...' TARGET=name TIME=120: the lies that campaigns find, and how fast; REST=1: those of which that is not known
	@BUILD=$(BUILD) fuzz/mutants/run --seconds $(if $(filter-out file,$(origin TIME)),$(TIME),120) $(if $(TARGET),--target $(TARGET)) \
	  $(or $(MUTANT),$(if $(TARGET),,--table) $(if $(REST),--rest))

RATED = $(or $(TARGET),$(FUZZ_TARGETS))
.PHONY: fuzz-rates
fuzz-rates: deps $(FUZZ_NEEDS) $(BUILD)/fuzz-replay ## TARGET=name TIME=seconds: inputs a second by each engine, plain and sanitized
	@$(MAKE) -s --no-print-directory $(foreach t,$(RATED),$(BUILD)/lf/fuzz-$t $(BUILD)/afl/fuzz-$t)
	@$(MAKE) -s --no-print-directory BUILD=$(BUILD)/fuzz/plain LF_FLAGS='-O2 $(LF_WATCH)' $(RATED:%=$(BUILD)/fuzz/plain/lf/fuzz-%)
	@AFL_USE_ASAN=1 AFL_USE_UBSAN=1 $(MAKE) -s --no-print-directory BUILD=$(BUILD)/fuzz/checked $(RATED:%=$(BUILD)/fuzz/checked/afl/fuzz-%)
	@BUILD=$(BUILD) fuzz/rates $(TIME) $(TARGET)

.PHONY: fuzz-oss
fuzz-oss: deps $(BUILD)/.fuzz-deps ## what OSS-Fuzz and ClusterFuzzLite would build, built and started here
	@BUILD=$(BUILD) LF_CC='$(LF_CC)' fuzz/oss-fuzz/try

is_input = $(if $(INPUT),,$(error say INPUT=file))
.PHONY: fuzz-keep
fuzz-keep: deps $(BUILD)/san/fuzz-shrink ## TARGET=name INPUT=file NAME=word: a finding, made small and kept for ever
	$(is_target)$(is_input)@BUILD=$(BUILD) fuzz/keep $(TARGET) "$(INPUT)" $(NAME)

.PHONY: fuzz-vector
fuzz-vector: ## TARGET=name INPUT=file NAME=word: a kept input as a vector
	$(is_target)$(is_input)@BUILD=$(BUILD) fuzz/vector $(TARGET) "$(INPUT)" $(NAME)

FUZZ_COVERED := $(BUILD)/fuzz/covered
.PHONY: fuzz-report
fuzz-report: deps $(BUILD)/fuzz-replay ## TARGET=name: what its campaigns did, and what the corpora walk through
	$(is_target)@mkdir -p $(FUZZ_COVERED)
	@$(MAKE) --no-print-directory BUILD=$(FUZZ_COVERED) CC='gcc --coverage' OPT=-O0 $(FUZZ_COVERED)/fuzz-replay >$(FUZZ_COVERED)/log
	@BUILD=$(BUILD) fuzz/report $(TARGET)

# ---------------------------------------------------------------- the house
FLOOR_LIBS := $(foreach g,base model state rules session,$(call lib,plain,$g))

.PHONY: floors
floors: deps $(FLOOR_LIBS) $(BUILD)/callspec ## who looks down at whom, checked
	@.ci/floors includes
	@.ci/floors symbols $(FLOOR_LIBS)
	@.ci/floors map $(BUILD)/callspec.map

.PHONY: tidy
tidy: deps $(BUILD)/gen/vectors_data.c $(BUILD)/gen/page_data.c ## formatting, warnings as errors with gcc and clang
	@CFLAGS_ALL='$(filter-out -MMD -MP,$(CFLAGS_ALL))' .ci/tidy

.PHONY: format
format: deps ## put every C file into the project's shape
	@git ls-files -co --exclude-standard '*.[ch]' | xargs clang-format -i

.PHONY: vectors
vectors: deps ## the vectors against their own form, and with the reader of their README
	@python3 vectors/check.py
	@python3 vectors/run_readme.py

.PHONY: trace
trace: deps $(BUILD)/callspec ## each rule: the code that obeys it, the tests and cases that show it
	@BUILD=$(BUILD) .ci/trace

SEED ?= 1

.PHONY: trace-prove
trace-prove: deps all unit ## SEED=1: tagged lines are disabled, and somebody has to notice
	@BUILD=$(BUILD) .ci/prove $(SEED)

# Counted in a folder of its own; counters left by an earlier run are forgotten.
COVERED := $(BUILD)/covered
.PHONY: coverage
coverage: deps $(BUILD)/callspec ## lines and branches of floors 0 to 4 that the tests walk through
	@find $(COVERED) -name '*.gcda' -delete 2>/dev/null || :
	@$(MAKE) --no-print-directory BUILD=$(COVERED) CC='gcc --coverage' OPT=-O0 SAN=-O0 \
	  UNIT='$(wildcard ref/test/*_test.c)' $(COVERED)/alkref unit >$(BUILD)/covered.log || \
	  { tail -n 20 $(BUILD)/covered.log; exit 1; }
	@$(BUILD)/callspec run --testee '$(COVERED)/alkref testee' >$(BUILD)/covered.log || \
	  { tail -n 20 $(BUILD)/covered.log; exit 1; }
	@.ci/coverage $(COVERED)

.PHONY: test
test: deps unit floors vectors $(BUILD)/san/alkref $(BUILD)/san/callspec $(BUILD)/null-testee $(BENCH) $(SCHEMA_SUITE) $(BUILD)/san/$(EXAMPLE) $(BUILD)/san/alksim $(FAKE) $(BUILD)/fuzz-replay $(BUILD)/san/fuzz-replay $(BUILD)/san/fuzz-shrink $(SEEDS)/.made ## every test there is, with ASan and UBSan
	@BUILD=$(BUILD) .ci/trace --quiet
	@BUILD=$(BUILD) .ci/scripts
	@echo "make test: all of it passed"

# ---------------------------------------------------------------- judging
TESTEE ?= $(BUILD)/alkref testee
OUT ?= $(BUILD)/report

.PHONY: conformance
conformance: deps $(BUILD)/callspec $(BUILD)/alkref ## judge the reference, or TESTEE='program words', and write the reports
	@mkdir -p $(OUT)
	@$(BUILD)/callspec run --testee '$(TESTEE)' --out $(OUT)/callspec.jsonl \
	  --junit $(OUT)/callspec.xml --html $(OUT)/callspec.html

SEEDS ?= 1..1000
SIM_LOG := $(BUILD)/alksim.jsonl

.PHONY: sim
sim: deps $(BUILD)/alksim ## SEEDS=1..1000: worlds in virtual time, one from each seed, and their page; SEED=17: that one, with its trace
ifneq ($(filter command environment,$(origin SEED)),)
	@$(BUILD)/alksim replay $(SEED) --trace
else
	@rm -f $(SIM_LOG)
	@$(BUILD)/alksim run --seeds $(SEEDS) --log $(SIM_LOG) --out $(BUILD)/findings; status=$$?; \
	  [ ! -s $(SIM_LOG) ] || $(BUILD)/alksim report $(SIM_LOG) --html $(BUILD)/alksim.html || exit; \
	  exit $$status
endif

.PHONY: demo
demo: deps $(BUILD)/alkref ## a hub, three workers and their clients, as a timeline
	@ref/demo/run $(BUILD)/alkref

.PHONY: crowd
crowd: deps $(BUILD)/alkref ## a hub with fifty workers that all serve the same: time and memory
	@ref/demo/crowd $(BUILD)/alkref

.PHONY: mutants
mutants: deps $(BUILD)/callspec ## small lies in the reference, each to be caught by a case that cites its rule
	@BUILD=$(BUILD) conformance/mutants/run $(MUTANT)

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
