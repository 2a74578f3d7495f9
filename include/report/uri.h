/*
 * Names of files for programs that open them.
 */
#ifndef REPORT_URI_H
#define REPORT_URI_H

#include "report/report.h"

/* Without "./" in front, and relative to the current folder when it lies in it. */
struct str uri_relative(const struct report *r, struct str file);
/* As a URI reference (RFC 3986): percent-encoded, file:///… for what is not relative. */
void uri_write(struct buf *out, struct str file);

#endif
