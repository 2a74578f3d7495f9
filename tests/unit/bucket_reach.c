#include "base/utc.h"
#include "bucket_archive.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

/* The same by looking at each segment, in archives at random. */

#define TIMELINES 4 /* 1 to 3 */
#define SEGMENTS 24
#define BACKUPS 6

struct world {
	uint64_t random, segment_size, base; /* base: what is added to each segment's number */
	unsigned timelines;
	unsigned parent[TIMELINES], left_in[TIMELINES]; /* of each but the first: and the segment */
	bool at_edge[TIMELINES]; /* it was left at the very beginning of it */
	bool has_history[TIMELINES + 1];
	int64_t begun[TIMELINES];
	int64_t stored[TIMELINES][SEGMENTS + 1];  /* 0: it is not there */
	int64_t partial[TIMELINES][SEGMENTS + 1]; /* the same, of its beginning alone */
	struct {
		unsigned timeline, begin, end;
		bool done;
		unsigned system;
		int64_t ended;
	} backups[BACKUPS];
	unsigned backups_len;
};

static unsigned draw(struct world *w, unsigned below)
{
	w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(w->random >> 33) % below;
}

/* When a segment was full: the same on each timeline that has it, but for the clock. */
static int64_t full(struct world *w, unsigned n, unsigned timeline)
{
	return 1000 + 100 * (int64_t)n + 10 * (int64_t)timeline +
	       (draw(w, 4) ? 0 : (int64_t)draw(w, 400) - 200);
}

static void draw_world(struct world *w)
{
	static const uint64_t sizes[] = {1u << 20, 16u << 20, 64u << 20, 1u << 30};

	w->segment_size = sizes[draw(w, 4)];
	w->base = (10 + draw(w, 3)) * ((UINT64_C(1) << 32) / w->segment_size) - 1 - draw(w, 10);
	w->timelines = 1 + draw(w, TIMELINES - 1);
	for (unsigned t = 1; t <= w->timelines; t++) {
		unsigned from = 0, to = SEGMENTS - draw(w, 8);

		if (t > 1) {
			w->parent[t] = 1 + draw(w, t - 1);
			from = w->left_in[t] = w->left_in[w->parent[t]] + draw(w, 8);
			w->at_edge[t] = !draw(w, 3) && from > w->left_in[w->parent[t]];
			w->begun[t] = 1000 + 100 * (int64_t)from + 5;
			w->has_history[t] = draw(w, 6);
		}
		for (unsigned n = from; n < to; n++)
			w->stored[t][n] = draw(w, 12) ? full(w, n, t) : 0;
		for (unsigned n = from; n < SEGMENTS; n++)
			w->partial[t][n] = draw(w, 6) ? 0 : full(w, n, t);
	}
	unsigned systems = draw(w, 4) ? 1 : 2;
	w->backups_len = draw(w, BACKUPS + 1);
	for (unsigned i = 0; i < w->backups_len; i++) {
		unsigned t = 1 + draw(w, w->timelines),
			 begin = w->left_in[t] + draw(w, SEGMENTS - 2 - w->left_in[t]);

		w->backups[i].timeline = t;
		w->backups[i].begin = begin;
		w->backups[i].end = begin + draw(w, 2);
		w->backups[i].done = draw(w, 5);
		w->backups[i].system = draw(w, systems);
		w->backups[i].ended =
			1000 + 100 * (int64_t)w->backups[i].end + (int64_t)draw(w, 150);
	}
}

static uint64_t lsn(const struct world *w, unsigned segment, unsigned offset)
{
	return (w->base + segment) * w->segment_size + offset;
}

static struct str history_of(struct world *w, struct arena *a, unsigned timeline)
{
	struct str text = STR_EMPTY;

	for (unsigned t = timeline; t > 1; t = w->parent[t]) {
		uint64_t left = lsn(w, w->left_in[t], w->at_edge[t] ? 0 : t << 8);

		text = arena_fmt(a, "%u\t%" PRIX64 "/%" PRIX64 "\tleft\n%.*s", w->parent[t],
				 left >> 32, left & UINT32_MAX, STR_ARG(text));
	}
	return text;
}

static struct catalogue *archive_of(struct world *w, struct arena *a)
{
	struct archive_object objects[BACKUPS + TIMELINES * (2 * SEGMENTS + 1)] = {0};
	char first[SEGMENT_NAME], last[SEGMENT_NAME], time[UTC_TEXT];
	size_t len = 0;

	for (unsigned i = 0; i < w->backups_len; i++) {
		unsigned t = w->backups[i].timeline;
		uint64_t end = lsn(w, w->backups[i].end, 0x80);

		snprintf(objects[len].key, sizeof objects->key, "base/%u/backup.info", i);
		objects[len++].text = arena_fmt(
			a,
			"status=%s\nbegin_wal=%s\nend_wal=%s\nend_xlog=%" PRIX64 "/%" PRIX64
			"\nend_time=%s\nxlog_segment_size=%" PRIu64 "\nsystemid=%u\n",
			w->backups[i].done ? "DONE" : "FAILED",
			segment_name(t, w->base + w->backups[i].begin, w->segment_size, first),
			segment_name(t, w->base + w->backups[i].end, w->segment_size, last),
			end >> 32, end & UINT32_MAX, utc_format(w->backups[i].ended, time),
			w->segment_size, w->backups[i].system);
	}
	for (unsigned t = 1; t <= w->timelines; t++) {
		if (w->has_history[t]) {
			snprintf(objects[len].key, sizeof objects->key, "wals/%08X.history", t);
			objects[len].modified = w->begun[t];
			objects[len++].text = history_of(w, a, t);
		}
		for (unsigned n = 0; n < SEGMENTS; n++) {
			segment_name(t, w->base + n, w->segment_size, first);
			if (w->stored[t][n]) {
				snprintf(objects[len].key, sizeof objects->key, "wals/%.16s/%s",
					 first, first);
				objects[len++].modified = w->stored[t][n];
			}
			if (w->partial[t][n]) {
				snprintf(objects[len].key, sizeof objects->key,
					 "wals/%.16s/%s.partial", first, first);
				objects[len++].modified = w->partial[t][n];
			}
		}
	}
	return archive_make(a, objects, len);
}

/* The history of a timeline names all that are before it: theirs are not needed. */
static bool is_on_path(const struct world *w, unsigned to, unsigned timeline)
{
	while (to > 1 && to != timeline)
		to = w->parent[to];
	return to == timeline;
}

/* Of the timelines that lead there the newest that has begun in segment n or before. */
static unsigned owner(const struct world *w, unsigned to, unsigned n)
{
	unsigned t = to;

	while (w->has_history[to] && t > 1 && w->left_in[t] > n)
		t = w->parent[t];
	return t;
}

/* What PostgreSQL finds when it looks for one history after the other. */
static unsigned newest_found(const struct world *w, unsigned from)
{
	while (from < w->timelines && w->has_history[from + 1])
		from++;
	return from;
}

static bool is_usable(const struct world *w, unsigned to, unsigned i)
{
	unsigned t = to;

	if (!w->backups[i].done)
		return false;
	if (to > 1 && !w->has_history[to])
		return to == w->backups[i].timeline && newest_found(w, to) == to;
	if (!is_on_path(w, to, w->backups[i].timeline))
		return false;
	while (t != w->backups[i].timeline) {
		unsigned left = w->left_in[t], end = w->backups[i].end;

		if (end > left || (end == left && w->at_edge[t]))
			return false;
		t = w->parent[t];
	}
	return true;
}

static int64_t oldest_around(const struct world *w, unsigned t, unsigned n)
{
	int64_t oldest = INT64_MAX;

	while (n && w->stored[t][n - 1])
		n--;
	for (; w->stored[t][n]; n++)
		oldest = oldest < w->stored[t][n] ? oldest : w->stored[t][n];
	return oldest;
}

/* The first segment behind the begin of backup i that backup j, of another system, counts as its
 * own; SEGMENTS: there is none. */
static unsigned first_of_other(const struct world *w, unsigned to, unsigned i, unsigned j)
{
	unsigned n = w->backups[i].begin;

	if (!w->backups[j].done || w->backups[i].system == w->backups[j].system)
		return SEGMENTS;
	while (n < SEGMENTS &&
	       (owner(w, to, n) != w->backups[j].timeline || n < w->backups[j].begin))
		n++;
	return n <= w->backups[i].end && w->backups[j].ended <= w->backups[i].ended ? SEGMENTS : n;
}

/* The newest moment; 0: it cannot be restored. */
static int64_t until(const struct world *w, unsigned to, unsigned i)
{
	int64_t at = 0;
	unsigned n = w->backups[i].begin, t;

	for (; t = owner(w, to, n), w->stored[t][n]; n++)
		at = w->stored[t][n];
	for (unsigned older = t; older;
	     older = n == w->left_in[t] && w->has_history[to] ? w->parent[older] : 0)
		if (w->stored[older][n] || w->partial[older][n]) {
			at = older == t ? w->partial[t][n] : w->begun[t];
			n++;
			break;
		}
	if (n <= w->backups[i].end)
		return 0;
	unsigned behind = n;
	for (; n < SEGMENTS; n++) {
		int64_t later = w->stored[owner(w, to, n)][n] ? oldest_around(w, owner(w, to, n), n)
							      : INT64_MAX;

		at = at < later ? at : later;
	}
	for (unsigned j = 0; j < w->backups_len; j++)
		if (first_of_other(w, to, i, j) < behind) {
			behind = first_of_other(w, to, i, j);
			at = w->backups[j].ended;
		}
	if (behind <= w->backups[i].end)
		return 0;
	return at > w->backups[i].ended ? at : w->backups[i].ended;
}

/* When the segment before the last one that a timeline has below `end` was stored, if both are
 * there; else of the timeline from which it came. */
static int64_t left_after(const struct world *w, unsigned t, unsigned end)
{
	for (; t; end = w->left_in[t], t = w->parent[t])
		if (end > 1 && w->stored[t][end - 1] && w->stored[t][end - 2])
			return w->stored[t][end - 2];
	return 0;
}

static int64_t begun_before(const struct world *w, unsigned t)
{
	unsigned n = w->left_in[t];

	if (w->has_history[t])
		return w->begun[t];
	while (n < SEGMENTS && !w->stored[t][n])
		n++;
	return n < SEGMENTS ? oldest_around(w, t, n) : INT64_MAX;
}

static bool goes_on(const struct world *w, unsigned t, unsigned n)
{
	for (; n < SEGMENTS; n++)
		if (w->stored[t][n])
			return true;
	return false;
}

/* The branch that was left for timeline t had the moment, or may have had it. The moment at which t
 * began is its own when there is more of it, or a backup that ended then. */
static bool is_of_branch(const struct world *w, unsigned to, unsigned t, int64_t moment, bool more)
{
	int64_t from = left_after(w, w->parent[t], w->left_in[t]), begun = begun_before(w, t);

	if (!goes_on(w, w->parent[t], w->left_in[t]))
		return false;
	for (unsigned i = 0; i < w->backups_len; i++) {
		int64_t ended = w->backups[i].ended;
		bool before =
			w->backups[i].timeline != t && is_on_path(w, t, w->backups[i].timeline);

		if (!is_usable(w, to, i) || !until(w, to, i))
			continue;
		if (before && ended > from)
			from = ended;
		if (!before && ended <= begun) {
			begun = ended;
			more = true;
		}
	}
	return from < moment && (moment < begun || (moment == begun && !more));
}

static bool leads_to(const struct world *w, unsigned to, int64_t moment)
{
	for (unsigned i = 0; i < w->backups_len; i++)
		if (is_usable(w, to, i) && until(w, to, i) && w->backups[i].ended <= moment &&
		    moment <= until(w, to, i))
			return true;
	return false;
}

static bool can_be_restored(const struct world *w, unsigned to, int64_t moment)
{
	bool more = leads_to(w, to, moment + 1);

	for (unsigned t = to; t > 1 && w->has_history[to]; t = w->parent[t])
		if (is_of_branch(w, to, t, moment, more))
			return false;
	return leads_to(w, to, moment);
}

Test(catalogue, agrees_with_looking_at_each_segment)
{
	size_t windows = 0, more = 0;

	for (uint64_t seed = 1; seed <= 3000; seed++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct world w = {.random = seed};
		struct catalogue *c;

		draw_world(&w);
		c = archive_of(&w, a);
		for (unsigned t = 1; t <= w.timelines; t++) {
			struct window *all;
			size_t len = catalogue_windows(c, t, a, &all);

			windows += len;
			more += len > 1;
			for (int64_t moment = 900; moment < 3900; moment += 5) {
				bool ours = false;

				for (size_t i = 0; i < len; i++)
					ours |= all[i].from <= moment &&
						moment <= all[i].reach.until;
				cr_assert_eq(ours, can_be_restored(&w, t, moment),
					     "seed %" PRIu64 ", timeline %u, moment %" PRId64
					     ": %d",
					     seed, t, moment, ours);
			}
			for (size_t i = 1; i < len; i++)
				cr_assert_lt(all[i - 1].reach.until, all[i].from, "seed %" PRIu64,
					     seed);
		}
	}
	cr_expect_gt(windows, 3000u);
	cr_expect_gt(more, 300u, "only %zu archives with holes", more);
}
