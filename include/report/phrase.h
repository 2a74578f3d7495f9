/*
 * Words that several formats share.
 */
#ifndef REPORT_PHRASE_H
#define REPORT_PHRASE_H

#include "report/report.h"

const char *phrase_severity(enum severity s); /* "error" "warning" "info" */

/* "message; effect" on one line, nothing in it that a terminal would obey. */
void phrase_message(struct buf *out, const struct finding *f);
/* The same with what to write, and the file that the object was rendered from. */
void phrase_sentence(struct buf *out, const struct report_finding *f);
/* "ScheduledBackup app/pg-main-backup" */
void phrase_object(struct buf *out, const struct report_finding *f);
/* The address of a rule's reference ("owner/repo#N" is an issue on GitHub); false when it is none,
 * and then its words. */
bool phrase_reference(struct buf *out, const struct rule *rule);
/* "2026-08-26 03:00", UTC; 0 is `otherwise`. */
void phrase_minute(struct buf *out, int64_t t, const char *otherwise);
/* "WAL is missing", of a window that ends before the newest WAL; NULL: it does not. */
const char *phrase_then(const struct window *w);
/* In its largest unit and the next: 3d4h, 3d, 7h20m, 12m. */
void phrase_age(struct buf *out, int64_t seconds);
/* "checked 14 objects in 6 files: 2 errors, 1 warning" */
void phrase_counts(struct buf *out, const struct report *r);
/* "checked 14 objects in 6 files: 2 errors, …" closes a text; a hint or two stand above it. */
void phrase_summary(struct buf *out, const struct report *r, const struct report_style *style);

/* Words at blanks into lines of `width`; `column` is where the first one begins, `indent` where
 * the others do. Longer words stand out. */
struct wrap {
	size_t column, indent, width;
};
void phrase_wrap(struct buf *out, struct str text, struct wrap w);
/* Each line of the text, which ends with a line break, into lines of `width`: what is too long goes
 * on below, two columns further in. */
void phrase_lines(struct buf *out, struct str text, size_t width);

#endif
