#!/bin/bash
# What CONTRIBUTING's table says of a rule and of a format is enough, and nothing more: both are added to a copy
# of the tree, no file is touched that the table does not name, and the program and its tests know them.
#   tests/contributing.sh BUILD [MAKE-ARGUMENT...]     BUILD is what make built, so that only what changes is compiled
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
shift
guard=$build/backup-guard
passed=0 failed=0
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -c --exclude=./.git --exclude=./build . | tar -xC "$copy"
mkdir -p "$copy/$build"
cp -a "$build/." "$copy/$build"
cd "$copy"
git init -q

ok() { # title command...
	local title=$1 said
	shift
	if said=$("$@" 2>&1); then
		passed=$((passed + 1))
		echo "ok - $title"
	else
		failed=$((failed + 1))
		printf 'not ok - %s\n%s\n' "$title" "$said"
	fi
}

prints() { # text command...
	local text=$1
	shift
	"$@" | grep -F -- "$text"
}

rebuild() {
	MAKEFLAGS='' make -s -j2 "$@" "$guard" "$build/unit"
}

# The files and folders that a row of the table names, with the id or name of what is new.
named() { # row, id
	grep "^| $1 " .github/CONTRIBUTING.md | grep -o "\`[^\` ]*/[^\` ]*\`" | tr -d "\`" | sed "s/<[a-z]*>/$2/g"
}

# Nothing was touched but that and what is printed, and all of it was.
touched() { # row, id, file that is printed...
	local row=$1 id=$2 file name status=0
	shift 2
	git ls-files -mo --exclude-standard | sort -u >touched
	while read -r file; do
		for name in "$@" $(named "$row" "$id"); do
			# shellcheck disable=SC2053 # a pattern
			[[ $file != $name* ]] || continue 2
		done
		echo "$file is touched, and the table does not name it"
		status=1
	done < <(grep -vx touched touched)
	for name in $(named "$row" "$id"); do
		grep -q "^$name" touched || { echo "$name is named and was not needed" && status=1; }
	done
	rm touched
	return $status
}

# --- a rule
id=retention-example
git add -A
sed -i '/^static const struct rule rows\[\] = {$/{
i static void check_retention_example(const struct rule_ctx *c)\
{\
	if (str_is(obj_text(c->root, "spec.retentionPolicy"), "99d"))\
		finding_add(c, c->root, "spec.retentionPolicy", "is an example");\
}\

a\
	{\
		.id = "retention-example",\
		.kinds = KIND_OBJECT_STORE,\
		.severity = SEV_WARN,\
		.check = check_retention_example,\
		.summary = "An example of a rule",\
		.reference = "https://cloudnative-pg.io/",\
	},
}' src/checks/retention.c
cat >src/checks/pages/$id.md <<'PAGE'
# retention-example

An example of a rule.

## Why

It shows what belongs to a rule.

## What to do

Keep them longer.

## Wrong

```yaml
spec:
  retentionPolicy: 99d
```

## Right

```yaml
spec:
  retentionPolicy: 100d
```
PAGE
mkdir tests/cases/$id
for case in fail-99:99d pass-100:100d; do
	printf 'apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: db}\nspec:\n  retentionPolicy: %s\n' \
		"${case#*:}" >"tests/cases/$id/${case%:*}.yaml"
done
ok "a tree with one rule more builds" rebuild "$@" WERROR=1
ok "explain prints its page" prints 'It shows what belongs to a rule.' "$guard" explain $id
ok "rules lists it" prints "$id" "$guard" rules
ok "its findings are written" env GUARD_WRITE_EXPECT=$id "$build/unit" --filter 'cases/*'
ok "they are what it finds" prints '5:20 warn spec.retentionPolicy | is an example' cat tests/cases/$id/fail-99.expect
ok "the table of rules is written" env GUARD_WRITE_EXPECT=1 tests/cli/readme.sh "$guard"
ok "and leads to its page" prints "[\`$id\`](../src/checks/pages/$id.md)" cat .github/RULES.md
ok "its row, page, examples and cases pass" "$build/unit" -j2 --filter '@(cases|checks_*)/*'
ok "a rule touches what the table says" touched rule $id .github/RULES.md

# --- a format
git add -A
sed -i 's/^\trow("github".*/\trow("example", "txt", example_write, false, false, false) \\\n&/' include/report/writers.h
cat >src/report/example.c <<'SOURCE'
/* An example of a format. */
#include "report/writers.h"

void example_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	(void)style;
	buf_fmt(out, "%zu findings\n", r->findings.len);
}
SOURCE
ok "a tree with one format more builds" rebuild "$@" WERROR=1
ok "check prints it" prints '0 findings' "$guard" check --format example tests/golden/input/clean
ok "its golden files are written, and the command line knows it" env GUARD_WRITE_EXPECT=1 tests/cli/run.sh "$guard"
ok "a format touches what the table says" touched "format of \`check\`" example

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
