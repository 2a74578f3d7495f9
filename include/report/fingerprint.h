/*
 * What makes a finding the same in two runs: rule, file, object, path without list indexes, and
 * subject. Lines and columns are no part of it, so that it survives what is written above it.
 * Of a value that is confidential, or of a Secret, nothing enters it, not even a hash.
 */
#ifndef REPORT_FINGERPRINT_H
#define REPORT_FINGERPRINT_H

#include "report/report.h"

/* "spec.plugins[].name" of "spec.plugins[2].name"; a key in brackets stays. */
void fingerprint_path(struct buf *out, struct str path);
/* 16 hex digits; nothing for a confidential subject or an empty one. */
void fingerprint_subject(struct buf *out, const struct report_finding *f);
/* All of it as text: 16 hex digits, and ":2" for the second that is like the first. */
void fingerprint_text(struct buf *out, const struct report_finding *f);

/* Sets `nth` of each. */
void fingerprint_number(struct report_findings *all);

#endif
