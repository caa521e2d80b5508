# assay: build, test, install. GNU make.
#
#   make            build/assay                    make check     all tests; last line "N passed, N failed"
#   make demo       a complete sample, opened      make bench     figures, beside what one would run instead
#   make install    PREFIX=/usr/local              make floors    the include rules of the house
#   make deps       install what the build and     make lint      formatter, clang-tidy, cppcheck
#                   the tests need                 make sanitize  all tests under ASan and UBSan
#
# Nothing is written outside build/ but by install and deps.

PREFIX ?= /usr/local
DESTDIR ?=
B ?= build
CC ?= cc
VERSION := 0.1.0

ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
endif
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:

LIBRARIES := ncursesw sqlite3 libgit2 jansson libcurl yaml-0.1 libutf8proc libpcre2-8 libcrypto md4c
TEST_LIBRARIES := cmocka vterm

# --- flags -----------------------------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wmissing-prototypes -Wvla -Wstrict-prototypes \
            -Wwrite-strings -Wundef -Wno-missing-field-initializers
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
HARDENING_LINK := -Wl,-z,relro,-z,now -pie
MODE ?= release
ifeq ($(MODE),release)
LINUX := $(filter Linux,$(shell uname -s))
OPTIMISE := -O2 -g $(if $(LINUX),$(HARDENING))
LINK := $(if $(LINUX),$(HARDENING_LINK))
else ifeq ($(MODE),sanitize)
OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
export ASAN_OPTIONS ?= allocator_may_return_null=1:detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS ?= print_stacktrace=1
else ifeq ($(MODE),thread)
OPTIMISE := -O1 -g -fsanitize=thread
export TSAN_OPTIONS ?= allocator_may_return_null=1:halt_on_error=1
else
OPTIMISE := -O0 -g
endif
CFLAGS ?=
WERROR ?= $(if $(CI),-Werror)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DASSAY_VERSION='"$(VERSION)"' -Iinclude $(WARNINGS) $(WERROR) $(OPTIMISE) \
             $(PKG_CFLAGS) $(CFLAGS)

# --- what there is ---------------------------------------------------------------------------------------------------
ROOMS := $(filter-out tui/main.c,$(sort $(wildcard tui/*/*.c)))
OBJECTS := $(ROOMS:%.c=$(B)/%.o) $(B)/embedded_data.o
HARNESS := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/harness/*.c)))
UNIT := $(patsubst tests/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/test_*.c) $(wildcard tests/screens/test_*.c)))
BENCH := $(patsubst tests/bench/%.c,$(B)/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
CONFORMANCE := $(patsubst tests/unit/%.c,$(B)/conformance/%,$(sort $(wildcard tests/unit/conform_*.c)))
# In bytewise order of the names that they get: demo/…, schema/…, themes/….
EMBEDDED := $(sort $(shell find tests/demo -type f 2>/dev/null)) $(sort $(wildcard schema/*.json schema/*.sql themes/*.theme))

.PHONY: all check demo install uninstall deps deps-tools floors lint sanitize thread valgrind fuzz bench conformance clean format tests
all: $(B)/assay

# --- dependencies ----------------------------------------------------------------------------------------------------
APT := pkg-config libncurses-dev libsqlite3-dev libgit2-dev libjansson-dev libcurl4-openssl-dev libyaml-dev \
       libutf8proc-dev libpcre2-dev libssl-dev libmd4c-dev libcmocka-dev libvterm-dev git openssh-client
APT_TOOLS := clang clang-tidy clang-format cppcheck valgrind libclang-rt-dev python3
DNF := pkgconf-pkg-config ncurses-devel sqlite-devel libgit2-devel jansson-devel libcurl-devel libyaml-devel \
       utf8proc-devel pcre2-devel openssl-devel md4c-devel libcmocka-devel libvterm-devel git openssh-clients
PACMAN := pkgconf ncurses sqlite libgit2 jansson curl libyaml libutf8proc pcre2 openssl md4c cmocka libvterm git openssh
BREW := pkg-config ncurses sqlite libgit2 jansson curl libyaml utf8proc pcre2 openssl@3 md4c cmocka libvterm
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

deps:
	@if command -v apt-get >/dev/null; then $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(APT) >/dev/null; \
	elif command -v dnf >/dev/null; then $(SUDO) dnf install -y -q $(DNF); \
	elif command -v pacman >/dev/null; then $(SUDO) pacman -S --needed --noconfirm $(PACMAN); \
	elif command -v brew >/dev/null; then brew install $(BREW); \
	else echo "No known package manager. Please install: $(LIBRARIES) $(TEST_LIBRARIES), git, ssh-keygen" >&2; exit 1; fi

deps-tools:
	@for t in clang clang-tidy clang-format cppcheck valgrind python3; do command -v $$t >/dev/null || missing=1; done; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null; then $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(APT_TOOLS) >/dev/null; fi

# The flags of the libraries, found once. A missing library is installed for `demo` and `check`, else named.
GOALS := $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out clean deps deps-tools floors format uninstall,$(GOALS)),)
include $(B)/flags.mk
endif
$(B)/flags.mk: Makefile
	@mkdir -p $(B)
	@if ! { command -v pkg-config && pkg-config --exists $(LIBRARIES) $(TEST_LIBRARIES) && command -v git && command -v ssh-keygen; } >/dev/null 2>&1; then \
	  case " $(GOALS) " in *" demo "*|*" check "*) echo "installing what is missing (make deps)" >&2; $(MAKE) deps;; \
	  *) echo "Libraries are missing: run 'make deps' first." >&2; exit 1;; esac; fi
	@{ echo "PKG_CFLAGS := $$(pkg-config --cflags $(LIBRARIES))"; echo "PKG_LIBS := $$(pkg-config --libs $(LIBRARIES)) -lpthread -lm"; \
	  echo "TEST_CFLAGS := $$(pkg-config --cflags $(TEST_LIBRARIES))"; echo "TEST_LIBS := $$(pkg-config --libs $(TEST_LIBRARIES))"; } > $@

# --- build -----------------------------------------------------------------------------------------------------------
$(B)/assay: $(B)/tui/main.o $(B)/libassay.a
	@echo "  link     $@"; $(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(B)/libassay.a: $(OBJECTS)
	@rm -f $@; $(AR) rcs $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D); echo "  compile  $<"; $(CC) $(ALL_CFLAGS) $(if $(filter tests/%,$<),-Itests $(TEST_CFLAGS) -Wno-missing-prototypes -Wno-cast-qual -DASSAY_BINARY='"$(abspath $(B))/assay"' -DASSAY_SOURCE='"$(CURDIR)"') -MMD -MP -c -o $@ $<

# schema/, themes/ and the sample, built in by the assembler; the table is sorted by path.
$(B)/embedded_data.c: Makefile $(EMBEDDED)
	@mkdir -p $(@D); { \
	  echo '#include "assay/base/embedded.h"'; echo 'extern const struct embedded embedded_table[]; extern const size_t embedded_table_count;'; \
	  n=0; for f in $(EMBEDDED); do n=$$((n+1)); \
	    printf '%s\n' "__asm__(\".section .rodata\\n.global embedded_$$n\\nembedded_$$n: .incbin \\\"$$f\\\"\\n.global embedded_end_$$n\\nembedded_end_$$n: .byte 0\\n.text\\n\"); extern const char embedded_$$n[], embedded_end_$$n[];"; done; \
	  echo 'const struct embedded embedded_table[] = {'; \
	  n=0; for f in $(EMBEDDED); do n=$$((n+1)); s=$$(wc -c < $$f); p=$${f#tests/}; echo "{ \"$$p\", { embedded_$$n, $$((s)) } },"; done; \
	  echo '{ 0 } };'; echo "const size_t embedded_table_count = $(words $(EMBEDDED));"; } > $@
$(B)/embedded_data.o: $(B)/embedded_data.c
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

# --- tests -----------------------------------------------------------------------------------------------------------
$(B)/tests/%: $(B)/tests/%.o $(HARNESS) $(B)/libassay.a
	@$(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(TEST_LIBS) $(PKG_LIBS) -lutil

$(B)/conformance/%: $(B)/tests/unit/%.o $(HARNESS) $(B)/libassay.a
	@mkdir -p $(@D); $(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(TEST_LIBS) $(PKG_LIBS) -lutil

$(B)/bench/%: $(B)/tests/bench/%.o $(HARNESS) $(B)/libassay.a
	@mkdir -p $(@D); $(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(TEST_LIBS) $(PKG_LIBS) -lutil

tests: $(UNIT) $(B)/assay
check: tests
	@tests/harness/run-tests $(B)/results $(UNIT)

conformance: $(CONFORMANCE) $(B)/assay
	@if [ -z "$(CORPUS)" ]; then echo "make conformance CORPUS=FOLDER" >&2; exit 2; fi
	@CORPUS=$(abspath $(CORPUS)) tests/harness/run-tests $(B)/results-conformance $(CONFORMANCE)

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
