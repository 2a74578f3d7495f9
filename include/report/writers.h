/*
 * The functions of the rows in report.c, one file a format; inside the folder only.
 */
#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include "report/report.h"

void compact_write(struct buf *out, const struct report *r, const struct report_style *style);
void github_write(struct buf *out, const struct report *r, const struct report_style *style);
void gitlab_write(struct buf *out, const struct report *r, const struct report_style *style);
void json_write(struct buf *out, const struct report *r, const struct report_style *style);
void jsonl_write(struct buf *out, const struct report *r, const struct report_style *style);
void junit_write(struct buf *out, const struct report *r, const struct report_style *style);
void markdown_write(struct buf *out, const struct report *r, const struct report_style *style);
void sarif_write(struct buf *out, const struct report *r, const struct report_style *style);
void text_write(struct buf *out, const struct report *r, const struct report_style *style);

struct json;
/* The Clusters of an audit: nothing when there are none; a list; one of them. */
void clusters_text(struct buf *out, const struct report *r, const struct report_style *style);
enum { CLUSTERS_COLUMNS = 7 };
/* A cell of their table; `c` NULL: of its head. */
void clusters_cell(struct buf *out, const struct report *r, const struct report_cluster *c,
		   int column);
void clusters_json(struct json *j, const struct report *r);
void clusters_json_one(struct json *j, const struct report *r, const struct report_cluster *c);

void text_error(struct buf *out, const struct report_error *e, const struct report_style *style);
void compact_error(struct buf *out, const struct report_error *e);

#endif
