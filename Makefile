# cnpg-backup-guard: `make help` lists the targets.
CC       := $(or $(ARCH:%=$(subst amd64,x86_64,$(subst arm64,aarch64,$(ARCH)))-linux-gnu-gcc),$(if $(filter default,$(origin CC)),gcc,$(CC)))
CROSS    := $(patsubst %-gcc,%,$(filter %-gcc,$(CC)))
VARIANT  ?= release
PREFIX   ?= /usr/local
DESTDIR  ?=
SHARED   ?= ../shared
B        := build/$(VARIANT)$(CROSS:%=-%)
BIN      := $(B)/backup-guard
SAYS     ?= $(BIN)

SRC      := $(wildcard src/*/*.c)
OBJ      := $(SRC:%.c=$(B)/%.o)
UNIT     := $(patsubst %.c,$(B)/%.o,$(wildcard tests/unit/*.c))
TOOLS    := $(patsubst tests/tools/%.c,$(B)/%,$(wildcard tests/tools/*.c))
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
C_FILES  := $(wildcard src/*.c src/*/*.c include/*/*.h tests/*/*.c)
SCRIPTS  := $(wildcard tests/*.sh tests/*/*.sh tests/*/suites/*.sh certs/*.sh deploy/*.sh deploy/*/*.sh .ci/run)

probe    = $(shell printf 'int main(void){return 0;}' | $(CC) -Werror $(1) -xc - -o /dev/null 2>/dev/null && echo '$(1)')
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef -Wvla -Wstrict-prototypes \
            -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual -Wimplicit-fallthrough \
            -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion -Werror=format-security \
            $(foreach f,-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wjump-misses-init -Wtrampolines \
              -Wbidi-chars=any,$(call probe,$(f)))
HARD     := -fstack-protector-strong -fno-strict-overflow -fno-delete-null-pointer-checks -fPIE \
            $(foreach f,-fstack-clash-protection -fcf-protection=full -mbranch-protection=standard -fstrict-flex-arrays=3 \
              -fzero-init-padding-bits=all -ftrivial-auto-var-init=zero,$(call probe,$(f)))
MODE.release := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 '-ffile-prefix-map=$(CURDIR)=.' $(HARD)
MODE.asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DARENA_CHECKED
MODE.tsan    := -O1 -g -fsanitize=thread
MODE.cover   := -O0 -g --coverage
MODE.analyze := -O2 -fanalyzer
MODE.fuzz    := $(MODE.asan) -fsanitize=fuzzer-no-link
LINK.release := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen -Wl,--as-needed
LINK.asan    := -fsanitize=address,undefined
LINK.tsan    := -fsanitize=thread
LINK.cover   := --coverage
ALL_CFLAGS  = -std=c11 -D_GNU_SOURCE -Iinclude $(WARN) $(MODE.$(VARIANT)) $(if $(WERROR),-Werror) $(CFLAGS)
# libcrypto first: most of what the loader looks for is there, and each library in front of it is asked in vain
PKGS       := openssl gnutls libcurl libmicrohttpd libcjson yaml-0.1 expat liblzma
OF_CROSS    = $(CROSS:%=PKG_CONFIG_LIBDIR=/usr/lib/%/pkgconfig)
LIBS        = $(shell $(OF_CROSS) pkg-config --libs $(PKGS)) -lbz2 -lpthread -lm
BUILD       = $(OF_CROSS) CC='$(CC)' PKGS='$(PKGS)' tests/build.sh
# of what makes more: -n shows it, and installs and runs nothing
GO         := $(if $(findstring n,$(firstword -$(MAKEFLAGS))),@,+@)
SUB         = $(MAKE) -s
RUN_ENV     = SHARED='$(abspath $(SHARED))' ASAN_OPTIONS=log_path=$(abspath $(B))/san.$@:detect_leaks=1 \
              UBSAN_OPTIONS=print_stacktrace=1

all: ## build the program (VARIANT=release, asan, tsan or cover; CC=clang; ARCH=arm64)
	$(GO)$(BUILD) $(BIN)
	@echo "$(BIN) is built: try '$(BIN) check FOLDER'; make demo shows it, make install installs it"

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/src/policy/profiles.o: $(wildcard deploy/policy/*.yaml)
$(B)/src/checks/page.o: ALL_CFLAGS += -I$(B)
$(B)/src/checks/page.o: $(B)/checks.pages
$(B)/src/doctor/fields.o: deploy/kustomize/base/webhooks.yaml
$(B)/src/report/html_frame.o: src/report/html.css
$(B)/src/cmd/version.o: ALL_CFLAGS += @$(B)/version.flags
$(B)/src/cmd/version.o: $(B)/version.flags
$(B)/version.flags: always
	@mkdir -p $(@D) && deploy/version.sh flags $@

# The words of the rules, each with a NUL behind it. The folder is newer when a page came, went or was renamed.
$(B)/checks.pages: src/checks/pages $(wildcard src/checks/pages/*.md)
	@mkdir -p $(@D)
	@for page in $(filter %.md,$^); do cat $$page && printf '\0' || exit; done >$@

$(B)/libguard.a: $(OBJ)
	@rm -f $@
	$(CROSS:%=%-)ar rcs $@ $^

$(BIN): $(B)/src/main.o
$(TOOLS): $(B)/%: $(B)/tests/tools/%.o
$(BIN) $(TOOLS): $(B)/libguard.a
	$(CC) $(LINK.$(VARIANT)) -o $@ $(filter %.o,$^) $(B)/libguard.a $(LIBS)

$(B)/unit: $(UNIT) $(B)/libguard.a
	$(CC) $(LINK.$(VARIANT)) -o $@ $^ $(LIBS) $(or $(CRITERION),-lcriterion)

$(FUZZ:%=$(B)/replay_%): $(B)/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(B)/libguard.a
	$(CC) $(LINK.$(VARIANT)) -o $@ $^ $(LIBS)

deps: ## install what building, testing and the demo need (Debian packages)
	@tests/deps.sh build test demo

demo: ## install what is missing, build, and show the main job on real input; STORE=1: on an archive that the real commands make
	$(GO)tests/deps.sh build demo $(if $(STORE),store) && $(BUILD) $(BIN) $(B)/admit
	@$(if $(STORE),tests/store/run.sh $(BIN) demo,tests/demo/run.sh $(BIN) $(B)/admit)

test: ## install what is missing, build, and run every test but e2e and store
	$(GO)tests/deps.sh build test && $(BUILD) $(BIN) $(B)/unit $(TOOLS) $(FUZZ:%=$(B)/replay_%)
	$(GO)tests/all.sh unit replay cli serve manifests contributing

# A sanitizer's log (one for each target) is a failure even if the runner says passed: Criterion hides leaks.
define run
	@rm -f $(B)/san.$@.*
	@$(RUN_ENV) $(1)
	@! cat $(B)/san.$@.* 2>/dev/null
endef

unit: $(B)/unit ## unit tests, rule cases, golden files
	$(call run,$(B)/unit -j2)

cli: $(BIN) $(TOOLS) ## the command line, audits of a small API server, probes of a small store, and the recorded reviews when ../shared is there
	$(call run,sh -c 'for t in tests/cli/*.sh tests/kube/run.sh tests/probe/run.py; do $$t $(BIN) || exit 1; done')
	$(call run,tests/cli/hostile.py $(BIN))
	$(call run,tests/reviews/run.sh $(BIN))
	$(call run,tests/doctor/run.py $(BIN))
	$(call run,tests/kustomize/cases.py $(B)/rendered)

serve: $(BIN) $(B)/admit ## the real server, spoken to with curl and openssl
	$(call run,sh -c 'for t in serve/run serve/cache serve/events serve/together selfmanage/run; do tests/$$t.sh $(BIN) || exit 1; done')

e2e: ## a real API server and operator (Go 1.26 builds them once, 15 minutes), as a user of kubectl sees us
	$(GO)tests/deps.sh build test e2e && $(SUB) $(BIN) $(B)/unit && tests/e2e/run.sh $(BIN)

store: ## archives that the real commands make (built once, 5 minutes): what we say of them, what PostgreSQL makes of them
	$(GO)tests/deps.sh build store && $(SUB) $(BIN) $(B)/archive && SHARED='$(abspath $(SHARED))' tests/store/run.sh $(BIN)

contributing: $(BIN) $(B)/unit ## a rule and a format are added to a copy of the tree, as CONTRIBUTING's table says
	$(call run,tests/contributing.sh $(B) CC=$(CC) VARIANT=$(VARIANT) B=$(B))

manifests: $(BIN) ## what is in deploy/: kustomize, Helm, image, dashboard and alerts
	$(call run,tests/deploy/run.sh $(BIN))

page: $(BIN) ## pages of --format html in Chromium
	@tests/deps.sh build page && tests/page/run.py $(BIN)

replay: $(FUZZ:%=$(B)/replay_%) ## the fuzz corpora, once
	$(call run,tests/fuzz/replay.sh $(B) $(FUZZ))

fuzz: ## fuzz every entry for FUZZ_SECONDS (60) each with clang's libFuzzer
	$(GO)tests/deps.sh build fuzz && $(SUB) CC=clang VARIANT=fuzz build/fuzz/libguard.a
	@CC=clang tests/fuzz/run.sh build/fuzz/libguard.a $(or $(FUZZ_SECONDS),60) $(FUZZ)

soak: ## mutated reviews against the real server (asan) for SOAK_SECONDS (60)
	$(GO)tests/deps.sh build test && $(SUB) VARIANT=asan build/asan/backup-guard
	@SHARED='$(abspath $(SHARED))' tests/fuzz/mutate.py build/asan/backup-guard $(or $(SOAK_SECONDS),60)

mutants: ## change N (60) lines of src, drawn with SEED (1), one at a time: which changes do the tests not see
	@tests/deps.sh build test && SHARED='$(abspath $(SHARED))' tests/mutants.py $(or $(N),60) $(or $(SEED),1)

bench: ## every bar of speed and memory, ours beside the peer: a bare Go webhook, nginx, kubeconform, libyaml, and an older commit
	$(GO)tests/deps.sh build bench && $(SUB) $(BIN) $(B)/judge $(B)/parse
	@for b in serve work cache audit; do SHARED='$(abspath $(SHARED))' python3 tests/bench/$$b.py $(BIN) || exit; done

corpus: $(BIN) ## what check says of the repositories and store vectors in ../shared, against what was judged by reading or seen
	@tests/deps.sh shared && SHARED='$(abspath $(SHARED))' tests/store_vectors.py $(BIN)
	@for t in corpus migrate/corpus learn/corpus; do SHARED='$(abspath $(SHARED))' tests/$$t.py $(BIN) || exit; done

arm64: ## the program for arm64 under qemu: unit tests, and what check says
	$(GO)tests/deps.sh build test arm64 qemu && $(BUILD) $(BIN) && tests/arm64.sh $(BIN)

packages: ## package and image, built twice and compared; the package in a clean Debian
	@tests/deps.sh build deb lintian && tests/packages.sh

kustomize: $(B)/rendered ## what we render, against the real kustomize (Go builds it once): ../shared, the cases, TREES (200) drawn from SEED (1)
	@tests/deps.sh shared && cd tests/kustomize && for t in "cases.py --real" run.py generated.py; do SHARED='$(abspath $(SHARED))' ./$$t $(abspath $(B))/rendered || exit; done

lint: ## layers, headers, format, warnings of both compilers, analyzers, shellcheck
	$(GO)tests/deps.sh build test lint && $(SUB) VARIANT=release build/release/libguard.a
	@tests/layers.sh
	@$(MAKE) -s headers
	@clang-format --dry-run -Werror $(C_FILES)
	@shellcheck $(SCRIPTS)
	sed '1,/^      run: |$$/d; s/^ \{8\}//' .github/actions/check/action.yml | shellcheck -s bash -
	@$(MAKE) -s CC=gcc VARIANT=analyze WERROR=1 build/analyze/libguard.a
	@$(MAKE) -s CC=clang VARIANT=asan B=build/clang WERROR=1 build/clang/libguard.a build/clang/unit
	cppcheck -q --std=c11 -Iinclude --enable=warning,performance,portability --error-exitcode=1 --inline-suppr --suppress=memleak --suppress=resourceLeak --suppress=checkersReport --suppress=normalCheckLevelMaxBranches src
	printf '%s\n' $(SRC) src/main.c | xargs -P2 -I{} clang-tidy --quiet {} -- -std=c11 -D_GNU_SOURCE -Iinclude 2>/dev/null

headers: ## each header compiles alone
	@for h in include/*/*.h; do printf '#include "%s"\ntypedef int not_empty;\n' "$${h#include/}" | \
	  $(CC) -std=c11 -D_GNU_SOURCE -Iinclude $(WARN) -Werror -xc -fsyntax-only - || { echo "in $$h"; exit 1; }; done

format: ## format the sources
	clang-format -i $(C_FILES)

cover: ## line coverage of the unit tests, by file
	@$(MAKE) -s VARIANT=cover unit
	@cd build/cover && find src -name '*.gcda' | xargs gcov -n 2>/dev/null | \
	  awk -F"[':%]" '/^File .src/ { f = $$2 } /^Lines/ && f { print $$2 "%\t" f; f = "" }' | sort -n

include deploy/packages.mk

clean: ## remove what was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: all always deps demo test unit arm64 packages cli serve e2e store contributing manifests page replay fuzz soak mutants bench corpus kustomize lint headers format cover clean help
-include $(shell find build -type f -name '*.d' 2>/dev/null)
