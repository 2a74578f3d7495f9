/* How well the watches are, for requests, /readyz and /metrics. */
#include "cache_internal.h"

#include <inttypes.h>

enum shelf_state shelf_state(const struct shelf *s, int64_t now)
{
	int64_t failing = atomic_load(&s->failing);

	if (atomic_load(&s->absent))
		return SHELF_ABSENT;
	if (!atomic_load(&s->synced))
		return SHELF_COLD;
	if (failing && now - failing > LIMIT_CACHE_FAILING_SECONDS * INT64_C(1000))
		return SHELF_FAILING;
	if (now - atomic_load(&s->heard) > LIMIT_CACHE_SILENT_SECONDS * INT64_C(1000))
		return SHELF_SILENT;
	return SHELF_KNOWN;
}

bool shelf_is_lost(const struct shelf *s, int64_t now)
{
	enum shelf_state state = shelf_state(s, now);

	return state == SHELF_FAILING || state == SHELF_SILENT;
}

bool shelf_is_whole(const struct shelf *s, int64_t now)
{
	return shelf_state(s, now) == SHELF_KNOWN && !atomic_load(&s->skipped);
}

bool cache_is_relied_on(const struct cache *c, int64_t now)
{
	for (size_t i = 0; i < CACHE_KINDS; i++)
		if (shelf_state(&c->shelves[i], now) > SHELF_ABSENT)
			return false;
	return true;
}

bool cache_is_lost(const struct cache *c, size_t which, int64_t now)
{
	return shelf_is_lost(&c->shelves[which], now);
}

bool cache_is_ready(const struct cache *c, int64_t now)
{
	if (now - c->born > LIMIT_CACHE_WARM_SECONDS * INT64_C(1000))
		return true;
	return atomic_load(&c->built) > 0;
}

void cache_describe(const struct cache *c, int64_t now, struct buf *out)
{
	static const char *const states[] = {
		[SHELF_ABSENT] = "the API server does not serve them",
		[SHELF_COLD] = "not listed yet",
		[SHELF_FAILING] = "the watch fails",
		[SHELF_SILENT] = "nothing is heard of the watch",
	};
	bool relied_on = cache_is_relied_on(c, now);
	const char *before = relied_on ? " but for" : ":";

	buf_fmt(out, "; the cluster is %sknown", relied_on ? "" : "not ");
	for (size_t i = 0; i < CACHE_KINDS; i++) {
		const struct shelf *s = &c->shelves[i];

		if (shelf_is_whole(s, now))
			continue;
		buf_fmt(out, "%s %ss: ", before, kind_name(cache_kind(i)));
		if (shelf_state(s, now) == SHELF_KNOWN)
			buf_fmt(out, "%zu too large to be read", atomic_load(&s->skipped));
		else
			buf_text(out, states[shelf_state(s, now)]);
		before = ",";
	}
	buf_byte(out, '\n');
}

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_fmt(out, "# HELP backup_guard_cache_%s %s\n# TYPE backup_guard_cache_%s %s\n", name,
		help, name, type);
}

void cache_metrics(const struct cache *c, int64_t now, struct buf *out)
{
	bool known = atomic_load(&c->published) && cache_is_relied_on(c, now);

	family(out, "objects", "gauge", "Live objects that are known.");
	for (size_t i = 0; i < CACHE_KINDS; i++)
		buf_fmt(out, "backup_guard_cache_objects{kind=\"%s\"} %zu\n",
			kind_name(cache_kind(i)), atomic_load(&c->shelves[i].len));
	family(out, "synced", "gauge", "1 when every object of the kind was listed once.");
	for (size_t i = 0; i < CACHE_KINDS; i++)
		buf_fmt(out, "backup_guard_cache_synced{kind=\"%s\"} %d\n",
			kind_name(cache_kind(i)), atomic_load(&c->shelves[i].synced));
	family(out, "kind_known", "gauge",
	       "1 while what is not known of the kind is not there; 0: nothing is said to be missing.");
	for (size_t i = 0; i < CACHE_KINDS; i++)
		buf_fmt(out, "backup_guard_cache_kind_known{kind=\"%s\"} %d\n",
			kind_name(cache_kind(i)), shelf_is_whole(&c->shelves[i], now));
	family(out, "age_seconds", "gauge",
	       "Since anything was last heard of the watch: a list, an event, a bookmark.");
	for (size_t i = 0; i < CACHE_KINDS; i++) {
		const struct shelf *s = &c->shelves[i];
		int64_t heard = atomic_load(&s->heard), since = heard ? heard : c->born;

		buf_fmt(out, "backup_guard_cache_age_seconds{kind=\"%s\"} %" PRId64 "\n",
			kind_name(cache_kind(i)), now > since ? (now - since) / 1000 : 0);
	}
	family(out, "errors_total", "counter", "Lists and watches that have failed.");
	for (size_t i = 0; i < CACHE_KINDS; i++)
		buf_fmt(out, "backup_guard_cache_errors_total{kind=\"%s\"} %" PRIuFAST64 "\n",
			kind_name(cache_kind(i)), atomic_load(&c->shelves[i].errors));
	family(out, "known", "gauge",
	       "1 while reviews are judged beside what is live; 0: each object by itself.");
	buf_fmt(out, "backup_guard_cache_known %d\n", known);
	family(out, "snapshots_total", "counter", "Times the inventory was made anew.");
	buf_fmt(out, "backup_guard_cache_snapshots_total %" PRIuFAST64 "\n",
		atomic_load(&c->built));
	family(out, "snapshot_seconds", "gauge", "How long that took the last time.");
	buf_fmt(out, "backup_guard_cache_snapshot_seconds %.6f\n",
		(double)atomic_load(&c->build_ns) / 1e9);
	if (c->secrets)
		secrets_metrics(c->secrets, out);
}
