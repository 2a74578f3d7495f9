#!/bin/sh
# Reads what test runners printed, and prints the sum of their closing lines: "N passed, M failed".
sed 's/\x1b\[[0-9;]*m//g' | awk '
	/Synthesis: Tested:/ {
		for (i = 1; i < NF; i++) {
			if ($i == "Passing:") passed += $(i + 1)
			if ($i == "Failing:" || $i == "Crashing:") failed += $(i + 1)
		}
	}
	/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
	END { print passed + 0 " passed, " failed + 0 " failed" }'
