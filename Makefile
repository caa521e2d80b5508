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

ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
endif
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:

LIBRARIES := ncursesw sqlite3 libgit2 jansson libcurl yaml-0.1 libutf8proc libpcre2-8 libcrypto libsodium md4c
TEST_LIBRARIES := cmocka vterm

# --- flags -----------------------------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wmissing-prototypes -Wvla -Wstrict-prototypes \
            -Wwrite-strings -Wundef -Wno-missing-field-initializers
HARDENING := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fPIE
HARDENING_LINK := -Wl,--as-needed,-z,relro,-z,now -pie
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
else ifeq ($(MODE),fuzz)
OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
else
OPTIMISE := -O0 -g
endif
CFLAGS ?=
# Not under sanitizers and fuzzers: gcc then warns of code that it made itself.
WERROR ?= $(if $(CI),$(if $(filter release,$(MODE)),-Werror))
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DASSAY_VERSION='"$(VERSION)"' -Iinclude $(WARNINGS) $(WERROR) $(OPTIMISE) \
             $(PKG_CFLAGS) $(CFLAGS)

# --- what there is ---------------------------------------------------------------------------------------------------
ROOMS := $(filter-out tui/main.c,$(sort $(wildcard tui/*/*.c)))
OBJECTS := $(ROOMS:%.c=$(B)/%.o) $(B)/embedded_data.o
HARNESS := $(patsubst %.c,$(B)/%.o,$(filter-out tests/harness/fault_preload.c,$(sort $(wildcard tests/harness/*.c))))
FAULTS := $(if $(filter Linux,$(shell uname -s)),$(B)/fault_preload.so)
UNIT := $(patsubst tests/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/test_*.c) $(wildcard tests/screens/test_*.c)))
BENCH := $(patsubst tests/bench/%.c,$(B)/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/targets/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
CONFORMANCE := $(patsubst tests/unit/%.c,$(B)/conformance/%,$(sort $(wildcard tests/unit/conform_*.c)))
# In bytewise order of the names that they get: demo/…, schema/…, themes/….
EMBEDDED := $(sort $(shell find tests/demo -type f 2>/dev/null)) $(sort $(wildcard schema/*.json schema/*.sql themes/*.theme))

.PHONY: all check demo install uninstall deps deps-tools floors lint tidy sanitize thread thread-run valgrind fuzz fuzz-run \
        bench conformance clean format tests map pictures
all: $(B)/assay

# --- dependencies ----------------------------------------------------------------------------------------------------
APT := pkg-config libncurses-dev libsqlite3-dev libgit2-dev libjansson-dev libcurl4-openssl-dev libyaml-dev \
       libutf8proc-dev libpcre2-dev libssl-dev libsodium-dev libmd4c-dev libcmocka-dev libvterm-dev git \
       openssh-client openssh-server valgrind
TOOLS := clang clang-tidy clang-format cppcheck valgrind
APT_TOOLS := $(TOOLS) libclang-rt-dev
DNF := pkgconf-pkg-config ncurses-devel sqlite-devel libgit2-devel jansson-devel libcurl-devel libyaml-devel \
       utf8proc-devel pcre2-devel openssl-devel libsodium-devel md4c-devel libcmocka-devel libvterm-devel git \
       openssh-clients openssh-server valgrind
PACMAN := pkgconf ncurses sqlite libgit2 jansson curl libyaml libutf8proc pcre2 openssl libsodium md4c cmocka libvterm git openssh valgrind
BREW := pkg-config ncurses sqlite libgit2 jansson curl libyaml utf8proc pcre2 openssl@3 libsodium md4c cmocka libvterm
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

deps:
	@if command -v apt-get >/dev/null; then $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(APT) >/dev/null; \
	elif command -v dnf >/dev/null; then $(SUDO) dnf install -y -q $(DNF); \
	elif command -v pacman >/dev/null; then $(SUDO) pacman -S --needed --noconfirm $(PACMAN); \
	elif command -v brew >/dev/null; then brew install $(BREW); \
	else echo "No known package manager. Please install: $(LIBRARIES) $(TEST_LIBRARIES), git, ssh-keygen" >&2; exit 1; fi

deps-tools:
	@for tool in $(TOOLS); do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; [ -z "$$missing" ] || { \
	echo "installing$$missing" >&2; \
	if command -v apt-get >/dev/null; then $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(APT_TOOLS) >/dev/null; \
	elif command -v dnf >/dev/null; then $(SUDO) dnf install -y -q clang clang-tools-extra compiler-rt cppcheck valgrind; \
	elif command -v pacman >/dev/null; then $(SUDO) pacman -S --needed --noconfirm clang compiler-rt cppcheck valgrind; \
	else echo "Please install:$$missing" >&2; exit 1; fi; }

# The flags of the libraries, found once. A missing library is installed for demo, check and the other checks, else named.
GOALS := $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out clean deps deps-tools format uninstall,$(GOALS)),)
include $(B)/flags.mk
endif
$(B)/flags.mk: Makefile
	@mkdir -p $(B)
	@if ! { command -v pkg-config && pkg-config --exists $(LIBRARIES) $(TEST_LIBRARIES) && command -v git && command -v ssh-keygen; } >/dev/null 2>&1; then \
	  case " $(GOALS) " in *" all "*|*" install "*|*" $(B)/"*) echo "Libraries are missing: run 'make deps' first." >&2; exit 1;; \
	  *) echo "installing what is missing (make deps)" >&2; $(MAKE) deps;; esac; fi
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

# Loaded into the real binary to make its calls fail; not with the flags of a sanitizer, which come with the binary.
$(B)/fault_preload.so: tests/harness/fault_preload.c Makefile
	@mkdir -p $(@D); $(CC) -std=c11 -D_GNU_SOURCE $(filter-out -Wmissing-prototypes,$(WARNINGS)) -O1 -fPIC -shared -o $@ $< -ldl

$(B)/conformance/%: $(B)/tests/unit/%.o $(HARNESS) $(B)/libassay.a
	@mkdir -p $(@D); $(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(TEST_LIBS) $(PKG_LIBS) -lutil

$(B)/bench/%: $(B)/tests/bench/%.o $(HARNESS) $(B)/libassay.a
	@mkdir -p $(@D); $(CC) $(ALL_CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(TEST_LIBS) $(PKG_LIBS) -lutil

tests: $(UNIT) $(B)/assay $(FAULTS)
check: tests
	@tests/harness/run-tests $(B)/results $(UNIT)

conformance: $(CONFORMANCE) $(B)/assay
	@if [ -z "$(CORPUS)" ]; then echo "make conformance CORPUS=FOLDER" >&2; exit 2; fi
	@CORPUS=$(abspath $(CORPUS)) tests/harness/run-tests $(B)/results-conformance $(CONFORMANCE)

bench: $(BENCH) $(B)/assay
	@for program in $(BENCH); do $$program || failed=1; done; [ -z "$$failed" ]

# --- checks ----------------------------------------------------------------------------------------------------------
floors: $(OBJECTS)
	@tests/harness/check-floors --self-test && tests/harness/check-floors --objects $(B)
	@tests/harness/check-threats

C_FILES = $(shell find tui include tests -name '*.[ch]')
format:
	clang-format -i $(C_FILES)

lint: deps-tools
	@echo "  clang-format"; clang-format --dry-run -Werror $(C_FILES)
	@$(MAKE) tidy
	@echo "  cppcheck"; mkdir -p $(B)/cppcheck; cppcheck -q -j 2 --std=c11 --enable=warning,performance,portability --inline-suppr \
	  --error-exitcode=1 --suppress=missingIncludeSystem --suppress=objectIndex --cppcheck-build-dir=$(B)/cppcheck -D__linux__ -Iinclude tui

# One stamp for each room, so that only what changed is looked at again.
tidy: $(patsubst %.c,$(B)/tidy/%,$(ROOMS) tui/main.c)
$(B)/tidy/%: %.c $(B)/%.o .clang-tidy
	@mkdir -p $(@D); echo "  clang-tidy $<"; clang-tidy --quiet $< -- $(filter-out $(HARDENING),$(ALL_CFLAGS)) 2>$@.err || { cat $@.err; exit 1; }; touch $@

sanitize:
	@$(MAKE) MODE=sanitize B=build/sanitize check

# Tests of the rooms that use workers.
THREADED := $(notdir $(basename $(shell grep -ls 'assay/base/jobs.h' tui/*/*.c tests/unit/*.c tests/screens/*.c)))
thread:
	@$(MAKE) MODE=thread B=build/thread thread-run
thread-run: $(B)/assay $(filter $(THREADED:%=$(B)/tests/unit/%) $(THREADED:%=$(B)/tests/unit/test_%) $(THREADED:%=$(B)/tests/screens/%),$(UNIT))
	@tests/harness/run-tests $(B)/results $(filter-out $(B)/assay,$^)

VALGRIND := $(filter $(patsubst %.c,$(B)/tests/unit/test_%,$(notdir $(wildcard $(addprefix tui/,base/*.c text/*.c data/*.c trust/*.c model/*.c store/*.c)))),$(UNIT))
# Not those that run other programs, fork, or spend a minute on RSA.
VALGRIND := $(filter-out %/test_memory %/test_process %/test_jobs %/test_file %/test_turn %/test_sshsig,$(VALGRIND))
valgrind: deps-tools $(VALGRIND)
	@TEST_WRAPPER="valgrind -q --suppressions=$(CURDIR)/tests/harness/valgrind.supp --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite" TEST_TIMEOUT=900 \
	  tests/harness/run-tests $(B)/results-valgrind $(VALGRIND)

SECONDS ?= 60
fuzz: deps-tools
	@$(MAKE) MODE=fuzz CC=clang B=build/fuzz fuzz-run
$(B)/targets/%: $(B)/tests/fuzz/%.o $(B)/libassay.a
	@mkdir -p $(@D); $(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
fuzz-run: $(FUZZ)
	@tests/harness/run-fuzz $(B)/corpus $(SECONDS) $(FUZZ)

# --- installation ----------------------------------------------------------------------------------------------------
BIN := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
INSTALLED := $(BIN)/assay $(SHARE)/man/man1/assay.1 $(SHARE)/bash-completion/completions/assay \
             $(SHARE)/zsh/site-functions/_assay $(SHARE)/fish/vendor_completions.d/assay.fish

# The manual and the completions are printed by the program from its own tables.
install: $(B)/assay
	@mkdir -p $(dir $(INSTALLED))
	@$(B)/assay help --man >$(SHARE)/man/man1/assay.1
	@$(B)/assay completion bash >$(SHARE)/bash-completion/completions/assay
	@$(B)/assay completion zsh >$(SHARE)/zsh/site-functions/_assay
	@$(B)/assay completion fish >$(SHARE)/fish/vendor_completions.d/assay.fish
	@install -m 755 $(B)/assay $(BIN)/assay
	@printf '  installed %s\n' $(INSTALLED)

uninstall:
	rm -f $(INSTALLED)

demo: $(B)/assay
	@$(B)/assay demo $(B)/demo

pictures: $(B)/assay $(B)/tests/screens/draw_pictures
	@mkdir -p tests/screens/pictures; $(B)/tests/screens/draw_pictures tests/screens/pictures

map:
	@tests/harness/write-map CONTRIBUTING.md

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
