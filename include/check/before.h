/*
 * A run beside what its files were in a git revision (input/revision.h): what was found there
 * already is a baseline, and the rules of a change are asked of what is another now.
 */
#ifndef CHECK_BEFORE_H
#define CHECK_BEFORE_H

#include "check/check.h"

/* check_run, with the findings that the revision has lowered as by a baseline
 * (check/baseline.h). False, and *err says why, when the revision cannot be had: then nothing was
 * checked. What cannot be read of it lowers nothing; links and submodules of it below the paths are
 * errors of the report, and paths that it has not are in uncompared. */
MUST_CHECK bool check_run_since(const struct check_input *in, struct str revision,
				struct report *out, struct err *err);

#endif
