/* Bytes and requests: what is at most there, and what is asked of the store each day. */
#include "internal.h"

#include "base/utc.h"

/* barman-cloud-backup uploads files of 100 GiB in at most 5,000 parts. */
#define PART_BYTES (2 * ((INT64_C(100) << 30) / 10000))

static const struct {
	const char *name;
	double bytes;
} units[] = {
	{"", 1},	{"k", 1e3},	{"M", 1e6},	{"G", 1e9},	{"T", 1e12},
	{"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40},
};

bool plan_bytes(struct str text, int64_t *out)
{
	size_t end = 0;
	int64_t n;

	while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
		end++;
	if (!str_to_i64(str_slice(text, 0, end), &n) || n < 1)
		return false;
	for (size_t u = 0; u < ARRAY_LEN(units); u++) {
		if (!str_is(str_slice(text, end, text.len), units[u].name))
			continue;
		if ((double)n * units[u].bytes > 0x1p60)
			return false;
		*out = n * (int64_t)units[u].bytes;
		return true;
	}
	return false;
}

void plan_size(double bytes, struct buf *out)
{
	static const char *const names[] = {"MiB", "GiB", "TiB", "PiB"};
	size_t u = 0;

	bytes /= 0x1p20;
	while (u + 1 < ARRAY_LEN(names) && bytes >= 1024) {
		bytes /= 1024;
		u++;
	}
	/* rounded up: what is told is enough */
	int64_t tenths = (int64_t)(bytes * 10);
	tenths += (double)tenths < bytes * 10;
	if (tenths % 10)
		buf_fmt(out, "%lld.%d %s", (long long)(tenths / 10), (int)(tenths % 10), names[u]);
	else
		buf_fmt(out, "%lld %s", (long long)(tenths / 10), names[u]);
}

/* Segments a day: each that is full, and one for each archive_timeout in which anything happens. */
static double segments(const struct plan_cluster *c, int64_t churn)
{
	return (double)churn / (double)c->segment +
	       (c->timeout > 0 ? (double)UTC_DAY / (double)c->timeout : 0);
}

/* How many base backups are there at most: in the coming days, and in the long run. */
static size_t most_alive(const struct plan_cluster *c, const struct plan_options *o)
{
	const struct plan_alive now = plan_alive(&c->keep, o->now);
	size_t most = c->peak > now.to - now.from ? c->peak : now.to - now.from;

	for (size_t i = 0; i < c->by_day_len; i++)
		if (c->by_day[i] > most)
			most = c->by_day[i];
	return most;
}

struct plan_needs plan_needs(const struct plan_cluster *c, const struct plan_options *o)
{
	struct plan_needs n = {-1, -1, -1, -1, -1};
	double days = (double)o->days, runs = 0, alive = (double)most_alive(c, o);

	for (size_t i = 0; i < c->schedules_len; i++)
		runs += c->schedules[i].fills ? (double)c->schedules[i].runs / days : 0;
	if (!c->archive.len || !c->base.len || c->retention_unknown || c->schedules_unknown ||
	    (c->base.cut && !c->steady.known))
		return n;
	if (o->size && alive > 0) {
		const int64_t parts = o->size / PART_BYTES + 1;

		n.base_bytes = (double)o->size * alive;
		n.base_requests = runs * (double)parts;
	}
	if (c->wal == PLAN_WAL_ARCHIVED && c->timeout >= 0) {
		n.wal_requests = segments(c, o->churn);
		if (o->churn && c->wal_reach >= 0)
			n.wal_bytes = segments(c, o->churn) * (double)c->segment *
				      (double)c->wal_reach / UTC_DAY;
	}
	/* each time barman-cloud-backup-list lists the folders and reads each backup.info; before
	 * it, by a policy, barman-cloud-backup-delete does, and lists what is to be kept */
	double times = c->pruned_every ? (double)UTC_DAY / (double)c->pruned_every : runs;
	n.prune_requests = times * (c->keep.window ? 3 + 2 * alive : 1 + alive);
	return n;
}
