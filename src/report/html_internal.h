/* The parts of a page (report/html_page.c), each a file. */
#ifndef REPORT_HTML_INTERNAL_H
#define REPORT_HTML_INTERNAL_H

#include "report/html.h"
#include "report/report.h"

/* Can it be restored? Unknown is never a yes. */
extern const char *const html_states[HTML_MARKS];
enum html_mark html_state_of(const struct report *r, const struct report_cluster *c);

/* A row a Cluster: 30 days back, now, 14 days ahead; else a row a server of each store. Nothing
 * when there is neither. */
void html_time(struct buf *out, const struct report *r);
/* A calendar a Cluster, folded. */
void html_calendars(struct buf *out, const struct report *r);

/* By object, from this severity on, each with its place, what to write, and a link to the page of
 * its rule; and what was exempted. */
void html_findings(struct buf *out, const struct report *r, enum severity least);
/* The pages of these rules, folded. */
void html_rules(struct buf *out, const struct report *r, enum severity least);

#endif
