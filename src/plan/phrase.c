/* What is told of a Cluster, whatever it is printed as. */
#include "text_internal.h"

#include "base/utc.h"
#include "base/zone.h"
#include "facts/schedule.h"

void plan_name(const struct plan_cluster *c, struct buf *out)
{
	buf_fmt(out, "%.*s%s%.*s", STR_ARG(c->namespace), c->namespace.len ? "/" : "",
		STR_ARG(c->name));
}

void plan_words_time(const struct plan_options *o, int64_t t, struct buf *out)
{
	char text[ZONE_TEXT];

	buf_text(out, utc_format(t, text));
	if (o->local)
		buf_fmt(out, " (%s)", zone_format(t, text));
}

void plan_words_schedule(const struct plan_schedule *s, struct buf *out)
{
	static const char *const methods[] = {"plugin", "barmanObjectStore", "volumeSnapshot",
					      "another method"};

	buf_fmt(out, "%.*s '%.*s', %s", STR_ARG(s->name), STR_ARG(s->spec), methods[s->method]);
	if (s->target.len)
		buf_fmt(out, ", target %.*s", STR_ARG(s->target));
}

void plan_words_runs(const struct plan_schedule *s, const struct plan_options *o, struct buf *out)
{
	if (s->idle.len)
		buf_fmt(out, "%s: %.*s",
			s->unknown ? "what it makes is not known" : "makes no backup",
			STR_ARG(s->idle));
	else
		buf_fmt(out, "%lld run%s in %d days", (long long)s->runs, s->runs == 1 ? "" : "s",
			o->days);
}

const char *plan_words_taken(const struct plan_loss *l)
{
	return l->unknown ? "not known" : l->final ? "lost" : "changed";
}

void plan_words_when(const struct plan_collision *c, const struct plan_options *o, struct buf *out)
{
	buf_fmt(out, ", %lld time%s ", (long long)c->times, c->times == 1 ? "" : "s");
	if (c->until) {
		buf_text(out, "up to ");
		plan_words_time(o, c->until, out);
	} else {
		buf_fmt(out, "in %d days", o->days);
	}
	buf_text(out, ", first at ");
	plan_words_time(o, c->first, out);
}

void plan_words_cut(const struct plan_cut *c, const struct plan_options *o, struct buf *out)
{
	buf_fmt(out, "In %.*s whether schedules begin together after ", STR_ARG(c->bucket));
	plan_words_time(o, c->until, out);
	buf_text(out, " is not known: there are too many starts");
}

void plan_words_together(const struct plan_collision *c, struct buf *out)
{
	buf_fmt(out, " %zu schedules begin together%s", c->len,
		c->some ? ", some of them at a time" : "");
}

/* "1 to 2 days", "1 hour to 3 hours": what lies between is in it. */
static void range(int64_t least, int64_t most, struct buf *out)
{
	if (least >= UTC_DAY) {
		int64_t from = least / UTC_DAY, to = (most + UTC_DAY - 1) / UTC_DAY;

		buf_fmt(out, "%lld to %lld days", (long long)from, (long long)to);
		return;
	}
	schedule_duration(least, out);
	buf_text(out, " to ");
	schedule_duration(most, out);
}

const char *plan_words_unknown(const struct plan_cluster *c)
{
	if (!c->archive.len)
		return "no archive";
	if (c->schedules_unknown)
		return "not known: nor is what a schedule makes";
	if (!c->base.len)
		return "no base backup is made";
	return NULL;
}

static void without_wal(const struct plan_cluster *c, struct buf *out)
{
	if (c->snapshots.gap) {
		buf_text(out, "at best what was written in ");
		schedule_duration(c->snapshots.gap, out);
		buf_text(out, ", between two snapshots: no WAL is archived");
	} else if (c->snapshots.len) {
		buf_text(out, "what was written since the snapshot: no WAL is archived");
	} else if (c->base.len) {
		buf_text(
			out,
			"everything: no WAL is archived, without which no base backup can be restored");
	} else if (c->schedules_unknown) {
		buf_text(out, "not known: nor is what a schedule makes");
	} else {
		buf_text(out, "everything: no backup is made");
	}
}

int64_t plan_first(const struct plan_cluster *c)
{
	int64_t base = c->base.len ? c->base.items[0] : 0;
	int64_t snapshot = c->snapshots.len ? c->snapshots.items[0] : 0;

	return !base || (snapshot && snapshot < base) ? snapshot : base;
}

/* But for those of an @every. */
static bool are_moments_known(const struct plan_cluster *c)
{
	for (size_t i = 0; i < c->schedules_len; i++)
		if (!c->schedules[i].idle.len && !c->schedules[i].next_len)
			return false;
	return true;
}

void plan_words_loss(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	int64_t first = plan_first(c), end = o->now + o->days * (int64_t)UTC_DAY;

	if (c->wal == PLAN_WAL_UNKNOWN) {
		buf_text(out, "not known: another plugin may archive WAL");
	} else if (c->wal == PLAN_WAL_NOWHERE) {
		without_wal(c, out);
	} else if (c->schedules_unknown && (!first || first > end)) {
		buf_text(out, "not known: nor is what a schedule makes");
	} else if (!c->base.len && !c->snapshots.len) {
		buf_text(out, "everything: WAL alone restores nothing");
	} else if (first > end) {
		buf_text(out, "everything, until the first backup");
		if (are_moments_known(c)) {
			buf_text(out, " at ");
			plan_words_time(o, first, out);
		}
	} else if (c->timeout < 0) {
		buf_text(out, "not known: archive_timeout cannot be read");
	} else if (!c->timeout) {
		buf_text(out, "what fits into a segment of WAL (");
		plan_size((double)c->segment, out);
		buf_text(out, "), however old: archive_timeout is 0");
	} else {
		buf_text(out, "what was written in ");
		schedule_duration(c->timeout, out);
		buf_text(out, " (archive_timeout), while WAL is archived");
		if (c->fails_open)
			buf_text(
				out,
				"; isWALArchiver is not true: where the sidecar is missing WAL is thrown away, and nothing fails");
	}
}

void plan_words_replay(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	int64_t gap = c->base.gap ? c->base.gap : c->snapshots.gap;

	if (c->wal != PLAN_WAL_ARCHIVED || !gap)
		return;
	buf_text(out, "the WAL of ");
	schedule_duration(gap, out);
	if (o->churn) {
		buf_text(out, ", ");
		plan_size((double)o->churn * (double)gap / UTC_DAY, out);
	}
}

static void counted(size_t least, size_t most, struct buf *out)
{
	if (least != most)
		buf_fmt(out, "%zu to ", least);
	buf_fmt(out, "%zu base backup%s", most, most == 1 ? "" : "s");
}

/* What is there does not show how it goes on. */
static void not_steady(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	struct plan_alive now = plan_alive(&c->keep, o->now),
			  end = plan_alive(&c->keep, o->now + o->days * (int64_t)UTC_DAY);

	if (c->base.len == c->base.old)
		buf_text(out, "no more is made: the newest stays");
	else if (now.from == end.from)
		buf_fmt(out, "all of %d days: none goes", o->days);
	else
		buf_text(out, "not known in the long run");
	buf_fmt(out, " (retentionPolicy %.*s)", STR_ARG(c->retention));
}

void plan_words_kept(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	const char *unknown = plan_words_unknown(c);
	char text[UTC_TEXT];

	if (unknown) {
		buf_text(out, unknown);
	} else if (c->retention_unknown) {
		buf_text(out, "not known: neither is the retention policy");
	} else if (!c->keep.window) {
		buf_text(out, "every one, for ever: no retentionPolicy; ");
		size_t last = c->by_day_len ? c->by_day[c->by_day_len - 1] : 0;
		counted(last, last, out);
		buf_fmt(out, " after %zu days", c->by_day_len);
	} else if (!c->steady.known && c->base.cut) {
		buf_fmt(out, "not known: by %s more than %u are made",
			utc_format(c->base.until, text), (unsigned)c->base.len - 1);
	} else if (!c->steady.known) {
		not_steady(c, o, out);
	} else {
		counted(c->steady.least, c->peak, out);
		buf_fmt(out, " in the long run (retentionPolicy %.*s)", STR_ARG(c->retention));
	}
}

void plan_words_back(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	(void)o;
	if (!c->steady.known)
		buf_text(out, plan_words_unknown(c) ? "" : "the oldest base backup");
	else
		range(c->steady.reach_least, c->steady.reach_most, out);
}

void plan_words_space(const struct plan_cluster *c, const struct plan_options *o, struct buf *out)
{
	struct plan_needs n = plan_needs(c, o);

	if (n.base_bytes >= 0) {
		buf_text(out, "at most ");
		plan_size(n.base_bytes, out);
		buf_text(out, " of base backups");
	}
	if (n.wal_bytes >= 0) {
		buf_text(out, n.base_bytes >= 0 ? " and " : "at most ");
		plan_size(n.wal_bytes, out);
		buf_text(out, " of WAL");
	}
	if (!c->steady.known && (n.base_bytes >= 0 || n.wal_bytes >= 0))
		buf_fmt(out, " after %d days", o->days);
}

void plan_words_requests(const struct plan_cluster *c, const struct plan_options *o,
			 struct buf *out)
{
	struct plan_needs n = plan_needs(c, o);

	buf_text(out, n.wal_requests >= 0 || n.prune_requests >= 0 ? "each day " : "");
	size_t begin = out->len;
	if (n.wal_requests > 0)
		buf_fmt(out, "about %.0f for WAL", n.wal_requests);
	if (n.wal_requests >= 0 && !o->churn)
		buf_text(out, n.wal_requests > 0 ? " and one for each segment that fills"
						 : "one for each segment of WAL that fills");
	if (n.base_requests > 0)
		buf_fmt(out, "%sabout %.0f for base backups", out->len > begin ? ", " : "",
			n.base_requests);
	if (n.prune_requests < 0)
		return;
	buf_fmt(out, "%sabout %.0f to list and prune", out->len > begin ? ", " : "",
		n.prune_requests);
	if (c->pruned_every) {
		buf_text(out, " (every ");
		schedule_duration(c->pruned_every, out);
		buf_byte(out, ')');
	}
}
