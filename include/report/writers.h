/*
 * The formats and their functions, one file a format; inside the folder only.
 */
#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include "report/report.h"

/* Sorted. A new format is a row here, and its function: the members of struct report_format. */
/* clang-format off */
#define FORMATS(row) \
	row("compact", "txt", compact_write, false, false) \
	row("github", "txt", github_write, false, false) \
	row("gitlab", "json", gitlab_write, false, false) \
	row("json", "json", json_write, false, false) \
	row("jsonl", "jsonl", jsonl_write, false, false) \
	row("junit", "xml", junit_write, false, true) \
	row("markdown", "md", markdown_write, false, false) \
	row("sarif", "sarif", sarif_write, false, false) \
	row("text", "txt", text_write, true, false)
/* clang-format on */

#define FORMAT_FUNCTION(name, extension, write, layout, objects)                                   \
	void write(struct buf *out, const struct report *r, const struct report_style *style);
FORMATS(FORMAT_FUNCTION)

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
