# SPDX-License-Identifier: GPL-2.0-only
# vethbpf: everything is built under build/. V=1 shows the commands.

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
SBINDIR  = $(DESTDIR)$(PREFIX)/sbin
MANDIR   = $(DESTDIR)$(PREFIX)/share/man
COMPDIR  = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
UNITDIR  = $(DESTDIR)$(PREFIX)/lib/systemd/system
CONFDIR  = $(DESTDIR)/etc/vethbpf.d

CC      ?= gcc
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKGS     = libbpf libxdp libmnl json-c libcap

CFLAGS   ?= -O2 -g
# WERROR=1: no warning is let pass. Not by default: other compilers know other warnings.
WARN      = -Wall -Wextra -Wshadow -Wstrict-prototypes $(if $(WERROR),-Werror)
USER_WARN = $(WARN) -Wmissing-prototypes
USER_CPP  = -D_GNU_SOURCE -DVETHBPF_VERSION='"$(VERSION)"' -Iinclude -Iuser -Ibuild/bpf \
	    $(shell pkg-config --cflags $(PKGS))
BPF_FLAGS = -O2 -g -target bpf -mcpu=v3 -Wall -Wextra $(if $(WERROR),-Werror) -Iinclude \
	    -idirafter $(ASM_DIR)

# Where asm/types.h is, which is this machine's, and clang for BPF does not look for.
hash := \#
ASM_DIR := $(shell echo '$(hash)include <asm/types.h>' | $(CC) -M -xc - | \
	     sed -n 's|.* \(/.*\)/asm/types\.h.*|\1|p')

USER_SRC = $(wildcard user/*.c)
USER_OBJ = $(USER_SRC:%.c=build/%.o)
BPF_SRC  = $(wildcard bpf/*.bpf.c)
SKELS    = $(BPF_SRC:bpf/%.bpf.c=build/bpf/%.skel.h)
# Tests link what they need of the loader: all of it in an archive, main() as vethbpf_main().
UNIT_BIN = $(patsubst %.c,build/%,$(wildcard tests/unit/test_*.c))
GRIND    = $(patsubst tests/unit/%.c,build/tests/valgrind/%,$(wildcard tests/unit/test_*.c))
BPFT_BIN = $(patsubst %.c,build/%,$(wildcard tests/bpf/test_*.c))
NETNS_DATA = $(addprefix build/tests/netns/,frames stream $(patsubst tests/netns/%.c,%.o,$(wildcard tests/netns/*.bpf.c)))
BENCH_BIN = $(addprefix build/tests/bench/,generate bare cost connect echo)
FUZZ_BIN = $(patsubst %.c,build/%,$(wildcard tests/fuzz/fuzz_*.c))
TEST_LIB = build/tests/vethbpf.a
SAN_LIB  = build/san/vethbpf.a
FUZZ_LIB = build/fuzz/vethbpf.a
SAN      = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# Calls that a test answers itself, as __wrap_NAME(); named in the test's first lines.
wraps    = $(shell sed -n '1,20s/^ \* wraps: //p' $(1) | sed -E 's/[a-z_0-9]+/-Wl,--wrap=&/g')

Q = $(if $(V),,@)
# Nothing is said with `make -s`, whose flags are the first word if they are letters.
silent = $(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS))))
say = $(if $(V)$(silent),$(if $(V),,@),@printf '  %-8s %s\n' $(1) $(2);)

.PHONY: all clean demo check check-unit check-bpf check-vm check-debian check-valgrind check-endure crash races \
	soak fuzz tests netns-data lint user-flags bpf-flags bench build-bench install uninstall deb
.DELETE_ON_ERROR:
.SECONDARY:

all: build/vethbpf

build/vethbpf: $(USER_OBJ)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs $(PKGS))

# The skeletons must be there before the first compilation; then the dependency files know.
build/user/%.o: user/%.c Makefile | $(SKELS)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) $(WARN) $(USER_CPP) -MMD -MP -c -o $@ $<

build/bpf/%.bpf.o: bpf/%.bpf.c Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_FLAGS) -MMD -MP -c -o $@ $<

# What libbpf says of a section that is libxdp's is of interest only when there is an error.
build/bpf/%.skel.h: build/bpf/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $*_bpf > $@ 2> $@.log || \
		{ cat $@.log >&2; false; }

build/san/%.o: user/%.c Makefile | $(SKELS)
	@mkdir -p $(@D)
	$(call say,SAN,$@)$(CC) $(CFLAGS) $(SAN) $(WARN) $(USER_CPP) -MMD -MP -c -o $@ $<

build/fuzz/%.o: user/%.c Makefile | $(SKELS)
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(CFLAGS) $(SAN) -fsanitize=fuzzer-no-link $(WARN) $(USER_CPP) \
		-MMD -MP -c -o $@ $<

build/tests/main.o: user/main.c Makefile | $(SKELS)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) $(WARN) $(USER_CPP) -MMD -MP -c -o $@ $<

build/tests/main.o build/san/main.o build/fuzz/main.o: USER_CPP += -Dmain=vethbpf_main

$(TEST_LIB): build/tests/main.o $(filter-out build/user/main.o,$(USER_OBJ))
$(SAN_LIB): $(USER_SRC:user/%.c=build/san/%.o)
$(FUZZ_LIB): $(USER_SRC:user/%.c=build/fuzz/%.o)
$(TEST_LIB) $(SAN_LIB) $(FUZZ_LIB):
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

# Rows of a table leave out what does not matter to them.
TEST_CC = $(call say,TEST,$@)$(1) $(CFLAGS) $(WARN) -Wno-missing-field-initializers $(USER_CPP) \
	  $(2) $(call wraps,$<) -MMD -MP -o $@ $(filter %.c %.a,$^) \
	  $(shell pkg-config --libs $(PKGS) cmocka libpcap)

build/tests/unit/%: tests/unit/%.c $(SAN_LIB) Makefile
	@mkdir -p $(@D)
	$(call TEST_CC,$(CC),$(SAN))

build/tests/valgrind/%: tests/unit/%.c $(TEST_LIB) Makefile
	@mkdir -p $(@D)
	$(call TEST_CC,$(CC))

build/tests/bpf/%: tests/bpf/%.c tests/bpf/lab.c tests/bpf/lab_maps.c $(TEST_LIB) Makefile | $(SKELS)
	@mkdir -p $(@D)
	$(call TEST_CC,$(CC))

build/tests/endure/%: tests/endure/%.c include/vethbpf.h Makefile
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(CC) $(CFLAGS) $(USER_WARN) -D_GNU_SOURCE -Iinclude -o $@ $<

build/tests/fuzz/%: tests/fuzz/%.c $(FUZZ_LIB) Makefile
	@mkdir -p $(@D)
	$(call TEST_CC,$(CLANG),$(SAN) -fsanitize=fuzzer -Itests/unit)

# The benchmark's own programs: what they put into the kernel, and what puts it there.
build/tests/bench/%.bpf.o: tests/bench/%.bpf.c Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_FLAGS) -MMD -MP -c -o $@ $<

build/tests/bench/%.skel.h: build/tests/bench/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $* > $@

build/tests/bench/%: tests/bench/%.c tests/bench/place.c Makefile | build/tests/bench/bare.skel.h
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(CC) $(CFLAGS) $(WARN) -D_GNU_SOURCE -Iinclude -Ibuild/tests/bench -MMD -MP -o $@ \
		$(filter %.c,$^) $(shell pkg-config --libs libbpf)

# What the tests in network namespaces are given: frames to send, somebody else's programs, a stream
# of numbered frames. A virtual machine would take a minute or more over each.
build/tests/netns/frames: tests/netns/frames.py
	@mkdir -p $(@D)
	$(call say,FRAMES,$@)$< > $@

build/tests/netns/%.bpf.o: tests/netns/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_FLAGS) -MMD -MP -c -o $@ $<

build/tests/netns/stream: tests/netns/stream.c
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(CC) $(CFLAGS) $(WARN) -D_GNU_SOURCE -MMD -MP -o $@ $< -lbpf

netns-data: $(NETNS_DATA)

CUT = build/tests/endure/cut

tests: all $(UNIT_BIN) $(BPFT_BIN) $(NETNS_DATA)

check-unit: $(UNIT_BIN)
	$(Q)status=0; for t in $^; do $$t || status=1; done; exit $$status

check-bpf: $(BPFT_BIN)
	$(Q)status=0; for t in $^; do $$t || status=1; done; exit $$status

# The unit tests without the sanitizers, under valgrind, which sees what was never written to.
check-valgrind: $(GRIND)
	$(Q)status=0; for t in $^; do \
		valgrind -q --error-exitcode=1 --leak-check=full $$t || status=1; done; exit $$status

# Loaders that are killed, or told of errors, at every step; in every way there is, which takes long.
crash: all $(CUT)
	$(Q)tests/endure/crash.py --all

# Fifty loaders at once, for so many seconds: make races SECONDS=N
races: all
	$(Q)tests/endure/races.py $(or $(SECONDS),60)

# All that there is at once, for so many seconds: make soak SECONDS=N
soak: all
	$(Q)scripts/soak $(SECONDS)

# The three, but short.
check-endure: all $(CUT)
	$(Q)status=0; for t in tests/endure/crash.py "tests/endure/races.py 3" "scripts/soak 12"; do \
		$$t || status=1; done; exit $$status

# FUZZ_RUNS=N: how many inputs for each target.
fuzz: $(FUZZ_BIN)
	$(Q)FUZZ_RUNS=$(FUZZ_RUNS) scripts/fuzz $^

check:
	$(Q)scripts/check

# The same on other kernels, in virtual machines; writes docs/kernels.md.
check-vm:
	$(Q)scripts/check-vm

# On Debian 13, with gcc and with clang.
check-debian:
	$(Q)scripts/check-debian

demo:
	$(Q)scripts/demo

# Measures vethbpf against what it replaces; writes docs/benchmarks.md.
build-bench: $(BENCH_BIN)

bench:
	$(Q)scripts/bench

lint:
	$(Q)scripts/lint

# What scripts/lint and editors need to know: how a file is compiled, an argument a line.
user-flags:
	@printf '%s\n' $(CFLAGS) $(WARN) $(USER_CPP)

bpf-flags:
	@printf '%s\n' $(BPF_FLAGS)

install: all
	install -D -m 755 build/vethbpf $(SBINDIR)/vethbpf
	install -D -m 644 docs/vethbpf.8 $(MANDIR)/man8/vethbpf.8
	install -D -m 644 etc/vethbpf.bash-completion $(COMPDIR)/vethbpf
	install -d $(UNITDIR)
	sed 's|@SBINDIR@|$(PREFIX)/sbin|' etc/vethbpf.service >$(UNITDIR)/vethbpf.service
	chmod 644 $(UNITDIR)/vethbpf.service
	install -d $(CONFDIR)

uninstall:
	rm -f $(SBINDIR)/vethbpf $(MANDIR)/man8/vethbpf.8 $(COMPDIR)/vethbpf $(UNITDIR)/vethbpf.service
	[ ! -d $(CONFDIR) ] || rmdir --ignore-fail-on-non-empty $(CONFDIR)

# A package for the Debian that it is built on: build/deb/vethbpf_VERSION_ARCHITECTURE.deb
deb:
	$(Q)scripts/deb

clean:
	rm -rf build/user build/bpf build/san build/fuzz build/tests build/vethbpf

-include $(wildcard build/user/*.d build/bpf/*.d build/san/*.d build/fuzz/*.d build/tests/*.d \
	 build/tests/*/*.d)
