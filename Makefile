# cnpg-backup-guard: `make help` lists the targets.
CC       ?= gcc
VARIANT  ?= release
PREFIX   ?= /usr/local
DESTDIR  ?=
SHARED   ?= ../shared
B        := build/$(VARIANT)

SRC      := $(wildcard src/*/*.c)
OBJ      := $(SRC:%.c=$(B)/%.o)
UNIT     := $(patsubst %.c,$(B)/%.o,$(wildcard tests/unit/*.c))

probe    = $(shell printf 'int main(void){return 0;}' | $(CC) -Werror $(1) -xc - -o /dev/null 2>/dev/null && echo '$(1)')
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef -Wvla -Wstrict-prototypes \
            -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual -Wimplicit-fallthrough \
            -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion -Werror=format-security \
            $(foreach f,-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wjump-misses-init -Wtrampolines \
              -Wbidi-chars=any,$(call probe,$(f)))
HARD     := -fstack-protector-strong -fno-strict-overflow -fno-delete-null-pointer-checks -fPIE \
            $(foreach f,-fstack-clash-protection -fcf-protection=full -fstrict-flex-arrays=3 \
              -fzero-init-padding-bits=all,$(call probe,$(f)))
MODE.release := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 $(HARD)
MODE.asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DARENA_CHECKED
MODE.tsan    := -O1 -g -fsanitize=thread
MODE.cover   := -O0 -g --coverage
LINK.release := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed
LINK.asan    := -fsanitize=address,undefined
LINK.tsan    := -fsanitize=thread
LINK.cover   := --coverage

PKGS     := libcjson yaml-0.1 libmicrohttpd gnutls openssl
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iinclude $(WARN) $(MODE.$(VARIANT)) $(if $(WERROR),-Werror) $(CFLAGS)
LIBS     = $(shell pkg-config --libs $(PKGS)) -lpthread -lm

.DEFAULT_GOAL := all

all: $(B)/backup-guard ## build the program

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/src/policy/profiles.o: $(wildcard deploy/policy/*.yaml)

$(B)/libguard.a: $(OBJ)
	@rm -f $@
	ar rcs $@ $^

$(B)/backup-guard: $(B)/src/main.o $(B)/libguard.a
	$(CC) $(LINK.$(VARIANT)) -o $@ $^ $(LIBS)

$(B)/unit: $(UNIT) $(B)/libguard.a
	$(CC) $(LINK.$(VARIANT)) -o $@ $^ $(LIBS) -lcriterion

unit: $(B)/unit ## unit tests; a sanitizer's log is a failure even if the runner says passed
	@rm -f $(B)/san.*
	SHARED=$(abspath $(SHARED)) ASAN_OPTIONS=log_path=$(B)/san UBSAN_OPTIONS=print_stacktrace=1 $(B)/unit -j2
	@! cat $(B)/san.* 2>/dev/null

clean: ## remove what was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: all unit clean help
-include $(shell find build -name '*.d' 2>/dev/null)
