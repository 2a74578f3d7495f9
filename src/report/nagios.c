/* One line for monitoring: what its plugins print (monitoring-plugins.org/doc/guidelines.html). */
#include "report/writers.h"

#include "base/utf8.h"
#include "report/phrase.h"

#include <inttypes.h>

static size_t lacking(const struct report *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->clusters.len; i++)
		count += clusters_lacks_backup(r, &r->clusters.items[i]);
	return count;
}

enum report_state report_state(const struct report *r)
{
	if (r->count.by_severity[SEV_DENY])
		return MONITOR_CRITICAL;
	if (r->errors.len || !r->count.objects)
		return MONITOR_UNKNOWN;
	return r->count.by_severity[SEV_WARN] || lacking(r) ? MONITOR_WARNING : MONITOR_OK;
}

static const struct report_finding *worst_of(const struct report *r)
{
	const struct report_finding *worst = NULL;

	for (size_t i = 0; i < r->findings.len; i++)
		if (r->findings.items[i].finding.severity >= SEV_WARN &&
		    (!worst || r->findings.items[i].finding.severity > worst->finding.severity))
			worst = &r->findings.items[i];
	return worst;
}

/* What a person should look at first. */
static void add_reason(struct buf *out, const struct report *r)
{
	const struct report_finding *worst = worst_of(r);

	if (r->errors.len && report_state(r) == MONITOR_UNKNOWN) {
		buf_text(out, ": ");
		buf_clean(out, r->errors.items[0].message);
	} else if (worst) {
		buf_text(out, ": ");
		phrase_object(out, worst);
		buf_text(out, ": ");
		buf_clean(out, worst->finding.message);
	}
	for (size_t i = 0; i < r->clusters.len && !r->errors.len && !worst; i++)
		if (clusters_lacks_backup(r, &r->clusters.items[i])) {
			const struct report_cluster *c = &r->clusters.items[i];
			const struct report_finding named = {.kind = STR("Cluster"),
							     .namespace = c->namespace,
							     .name = c->name,
							     .context = c->context};

			buf_text(out, ": ");
			phrase_object(out, &named);
			buf_text(out, " has no backup yet");
			return;
		}
}

enum { REASON_BYTES = 600 }; /* NRPE cuts the line at 1024, and the measures come last */

static void add_short_reason(struct buf *out, const struct report *r)
{
	struct buf reason CLEANUP(buf) = {0};

	add_reason(&reason, r);
	struct str shown = utf8_cut(buf_slice(&reason), REASON_BYTES);
	buf_str(out, shown);
	buf_text(out, shown.len < reason.len ? " ..." : "");
}

static void measure(struct buf *out, const char *name, size_t n)
{
	buf_fmt(out, " %s=%zu;;;0", name, n);
}

static void add_measures(struct buf *out, const struct report *r)
{
	size_t unbacked = 0;
	int64_t oldest = 0;

	for (size_t i = 0; i < r->clusters.len; i++)
		unbacked += r->clusters.items[i].unbacked && !r->clusters.items[i].backups_unknown;
	measure(out, "errors", r->count.by_severity[SEV_DENY]);
	measure(out, "warnings", r->count.by_severity[SEV_WARN]);
	measure(out, "unread", r->errors.len);
	if (!r->clusters.len)
		return;
	measure(out, "clusters", r->clusters.len);
	measure(out, "without_backup", unbacked);
	for (size_t i = 0; i < r->clusters.len; i++) {
		int64_t last = r->clusters.items[i].last_backup;

		if (last && r->now - last > oldest)
			oldest = r->now - last;
	}
	if (oldest)
		buf_fmt(out, " oldest_backup=%" PRId64 "s;;;0", oldest);
}

void nagios_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	static const char *const states[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	size_t start;

	(void)style;
	buf_fmt(out, "BACKUP %s - ", states[report_state(r)]);
	start = out->len;
	phrase_counts(out, r);
	add_short_reason(out, r);
	for (size_t i = start; i < out->len; i++)
		if (out->ptr[i] == '|') /* here the measures begin */
			out->ptr[i] = '/';
	buf_text(out, " |");
	add_measures(out, r);
	buf_byte(out, '\n');
}
