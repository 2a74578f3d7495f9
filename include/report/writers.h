/*
 * The formats and their functions, one file a format; inside the folder only.
 */
#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include "report/report.h"

/* Sorted. A new format is a row here, and its function: the members of struct report_format. */
/* clang-format off */
#define FORMATS(row) \
	row("compact", "txt", compact_write, false, false, false) \
	row("github", "txt", github_write, false, false, false) \
	row("gitlab", "json", gitlab_write, false, false, false) \
	row("html", "html", html_write, false, false, false) \
	row("json", "json", json_write, false, false, false) \
	row("jsonl", "jsonl", jsonl_write, false, false, false) \
	row("junit", "xml", junit_write, false, true, false) \
	row("markdown", "md", markdown_write, false, false, false) \
	row("nagios", "txt", nagios_write, false, false, true) \
	row("prometheus", "prom", prometheus_write, false, false, false) \
	row("sarif", "sarif", sarif_write, false, false, false) \
	row("text", "txt", text_write, true, false, false)
/* clang-format on */

#define FORMAT_FUNCTION(name, extension, write, layout, objects, state)                            \
	void write(struct buf *out, const struct report *r, const struct report_style *style);
FORMATS(FORMAT_FUNCTION)

/* The findings of `least` and above, below a headline for each group. */
void groups_text(struct buf *out, const struct report *r, const struct report_style *style);

struct json;
/* The Clusters of an audit: nothing when there are none; a list; one of them. */
void clusters_text(struct buf *out, const struct report *r, const struct report_style *style);
int clusters_columns(const struct report *r);
/* A cell of their table; `c` NULL: of its head. */
void clusters_cell(struct buf *out, const struct report *r, const struct report_cluster *c,
		   int column);
/* It should have a base backup by now, and has none. */
bool clusters_lacks_backup(const struct report *r, const struct report_cluster *c);
void clusters_json(struct json *j, const struct report *r);
void clusters_json_one(struct json *j, const struct report *r, const struct report_cluster *c);

/* What buckets said: nothing when none was asked; a list; one of them. */
void stores_text(struct buf *out, const struct report *r, const struct report_style *style);
void stores_json(struct json *j, const struct report *r);
void stores_json_one(struct json *j, const struct probe *p);
void stores_json_time(struct json *j, const char *key, int64_t t); /* null for 0 */
/* "app/minio-store" */
void stores_name(struct buf *out, const struct probe *p);
/* "yes", "NO (AccessDenied)", "not asked" */
void stores_answer(struct buf *out, const struct probe_answer *answer);
extern const char *const stores_calls[PROBE_CALLS];
/* To when a server can be restored: a row for each window, the newest last, and one where there is
 * none. Of all of them GAPS and NEWEST are, in the last. */
enum { SERVER_FROM, SERVER_TO, SERVER_THEN, SERVER_GAPS, SERVER_NEWEST, SERVER_COLUMNS };
extern const char *const servers_titles[SERVER_COLUMNS];
size_t servers_gaps(const struct probe_server *s);
/* The last moment of it that is sure; where only the backup is, its end. */
int64_t servers_to(const struct window *w);
/* Whether, and to when: nothing that was not read may tell otherwise. */
bool servers_known(const struct probe_server *s);
/* `s` may be NULL: it is not known. */
size_t servers_rows(const struct probe_server *s);
void servers_cell(struct buf *out, const struct report *r, const struct probe_server *s, size_t row,
		  int column);
void servers_json_range(struct json *j, const struct probe_server *s);

void text_error(struct buf *out, const struct report_error *e, const struct report_style *style);
void compact_error(struct buf *out, const struct report_error *e);

#endif
