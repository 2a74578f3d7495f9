/*
 * `check --fix`: the changes that findings carry (finding_edit in rules/rule.h), made in the files.
 * The run is repeated on the new texts, in memory, until nothing is left to change: the report is
 * of what remains. Only then are files written, each as a whole or not at all.
 */
#ifndef CHECK_FIX_H
#define CHECK_FIX_H

#include "check/check.h"

struct fix;

struct fix *fix_new(struct arena *a);
void fix_free(struct fix *f);
DEFINE_CLEANUP(struct fix *, fix, fix_free)

/* check_run until nothing is left to change; `write`: and the files, and the report is of what
 * remains; else it is of the files as they are. What cannot be written is an error in the report.
 */
void fix_run(struct fix *f, const struct check_input *in, bool write, struct report *out);

/* One line for each finding that is no more, and for each that should be but is. */
void fix_tell(const struct fix *f, struct buf *out);
/* All changes as a unified diff, for `patch -p1` and `git apply`. A file of which it would show a
 * line of a Secret is an error in the report instead. */
void fix_diff(const struct fix *f, struct report *report, struct buf *out);

#endif
