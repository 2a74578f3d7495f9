#!/bin/sh
# Runs each fuzz corpus once through its entry, without a fuzzer.
#   tests/fuzz/replay.sh BUILD-FOLDER NAME...
set -eu
build=$1
shift
for name in "$@"; do
	"$build/replay_$name" "$(dirname "$0")/corpus/$name"/*
done
echo "$# passed, 0 failed"
