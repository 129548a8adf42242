# SPDX-License-Identifier: GPL-2.0-only
# vethbpf: everything is built under build/. V=1 shows the commands.

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
SBINDIR  = $(DESTDIR)$(PREFIX)/sbin

CC      ?= gcc
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKGS     = libbpf libxdp libmnl json-c libcap

CFLAGS   ?= -O2 -g
WARN      = -Wall -Wextra -Wshadow -Wstrict-prototypes
USER_WARN = $(WARN) -Wmissing-prototypes
USER_CPP  = -D_GNU_SOURCE -DVETHBPF_VERSION='"$(VERSION)"' -Iinclude -Iuser -Ibuild/bpf \
	    $(shell pkg-config --cflags $(PKGS))
BPF_FLAGS = -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Iinclude \
	    -idirafter /usr/include/$(shell $(CC) -print-multiarch)

USER_SRC = $(wildcard user/*.c)
USER_OBJ = $(USER_SRC:%.c=build/%.o)
BPF_SRC  = $(wildcard bpf/*.bpf.c)
SKELS    = $(BPF_SRC:bpf/%.bpf.c=build/bpf/%.skel.h)
UNIT_BIN = $(patsubst tests/unit/%.c,build/tests/unit/%,$(wildcard tests/unit/test_*.c))
BPFT_BIN = $(patsubst tests/bpf/%.c,build/tests/bpf/%,$(wildcard tests/bpf/test_*.c))
# All but main(), under the sanitizers, for the unit tests.
SAN      = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SAN_OBJ  = $(patsubst user/%.c,build/san/%.o,$(filter-out user/main.c,$(USER_SRC)))

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $(2);)

.PHONY: all clean demo check check-unit check-bpf tests lint install uninstall
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

build/bpf/%.skel.h: build/bpf/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

build/san/%.o: user/%.c Makefile | $(SKELS)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS) $(SAN) $(WARN) $(USER_CPP) -MMD -MP -c -o $@ $<

build/tests/unit/%: tests/unit/%.c $(SAN_OBJ) Makefile
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(CC) $(CFLAGS) $(SAN) $(WARN) $(USER_CPP) -MMD -MP -o $@ $< $(SAN_OBJ) \
		$(shell pkg-config --libs $(PKGS) cmocka)

build/tests/bpf/%: tests/bpf/%.c Makefile | $(SKELS)
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(CC) $(CFLAGS) $(WARN) $(USER_CPP) -MMD -MP -o $@ $< \
		$(shell pkg-config --libs $(PKGS) cmocka)

tests: all $(UNIT_BIN) $(BPFT_BIN)

check-unit: $(UNIT_BIN)
	$(Q)for t in $^; do $$t || exit 1; done

check-bpf: $(BPFT_BIN)
	$(Q)for t in $^; do $$t || exit 1; done

check:
	$(Q)scripts/check

demo:
	$(Q)scripts/demo

lint:
	$(Q)scripts/lint

install: all
	install -D -m 755 build/vethbpf $(SBINDIR)/vethbpf

uninstall:
	rm -f $(SBINDIR)/vethbpf

clean:
	rm -rf build/user build/bpf build/san build/tests build/vethbpf

-include $(wildcard build/user/*.d build/bpf/*.d build/san/*.d build/tests/*/*.d)
