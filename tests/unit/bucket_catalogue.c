#include "bucket/catalogue.h"

#include "base/buf.h"
#include "base/utc.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An archive as it is written down here: a row an object, in any order. */
struct object {
	char key[96];
	int64_t modified;
	struct str text;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct object *)a)->key, ((const struct object *)b)->key);
}

static struct catalogue *make(struct arena *a, struct object *objects, size_t len)
{
	struct catalogue *c = catalogue_new(a);
	struct object_name name;
	struct err err;

	qsort(objects, len, sizeof *objects, by_key);
	for (size_t i = 0; i < len; i++) {
		struct bucket_object o = {str_from(objects[i].key), 10, objects[i].modified};

		cr_assert(catalogue_add(c, &o, &name, &err), "%s", err.msg);
		if (name.sort == OBJECT_BACKUP_INFO)
			catalogue_backup_info(c, name.backup, objects[i].text);
		if (name.sort == OBJECT_HISTORY && objects[i].text.len)
			catalogue_history(c, name.timeline, objects[i].text);
	}
	return c;
}

static struct str info_of(struct arena *a, const char *status, uint32_t timeline, unsigned begin,
			  unsigned end, int64_t ended)
{
	char time[UTC_TEXT];

	return arena_fmt(
		a,
		"status=%s\nbegin_wal=%08X00000000%08X\nend_wal=%08X00000000%08X\nend_xlog=0/%02X000100\n"
		"end_time=%s\nsystemid=71\n",
		status, timeline, begin, timeline, end, end, utc_format(ended, time));
}

#define WAL(tl, n, at)                                                                             \
	{                                                                                          \
		.key = "wals/0000000" tl "00000000/0000000" tl "00000000000000" n,                 \
		.modified = (at)                                                                   \
	}

/* Much of what may lie in an archive, and not all of it in order. */
static struct catalogue *make_mixed(struct arena *a)
{
	struct object objects[] = {
		{.key = "base/A/backup.info",
		 .modified = 110,
		 .text = info_of(a, "DONE", 1, 2, 3, 100)},
		{.key = "base/A/data.tar", .modified = 100},
		{.key = "base/B/backup.info",
		 .modified = 200,
		 .text = info_of(a, "FAILED", 1, 4, 4, 200)},
		{.key = "base/C/data.tar", .modified = 210},
		{.key = "base/D/backup.info",
		 .modified = 220,
		 .text = STR("status=DONE\nnonsense\n")},
		{.key = "base/E/backup.info",
		 .modified = 230,
		 .text = STR("status=STARTED\nsystemid=72\n")},
		{.key = "notes.txt", .modified = 1},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "03.gz", 104),
		WAL("1", "03.00000028.backup", 106),
		WAL("1", "04", 120),
		WAL("1", "07", UTC_DAY + 1),
		WAL("1", "08.partial", UTC_DAY + 2),
		{.key = "wals/00000002.history", .modified = 300},
	};

	return make(a, objects, ARRAY_LEN(objects));
}

Test(catalogue, tells_of_backups_and_days)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = make_mixed(a);

	cr_assert_eq(c->backups_len, 5u);
	cr_expect(str_is(c->backups[0].id, "A") && c->backups[0].known);
	cr_expect_eq(c->backups[0].bytes, 20u);
	cr_expect_eq(c->backups[0].newest, 110);
	cr_expect_eq(c->backups[1].info.status, BACKUP_FAILED);
	cr_expect_not(c->backups[2].known);
	cr_expect(str_is(c->backups[2].problem, "it has no backup.info"));
	cr_expect(!c->backups[2].has_info && c->backups[3].has_info);
	cr_expect(!c->backups[2].wrong && c->backups[3].wrong && !c->backups[0].wrong);
	cr_expect(str_is(c->backups[3].problem, "backup.info:2: a line without \"=\""), "%.*s",
		  STR_ARG(c->backups[3].problem));
	cr_expect_eq(c->backups[4].info.status, BACKUP_STARTED);
	cr_expect(str_is(c->systems[0], "71") && str_is(c->systems[1], "72"));
	cr_assert_eq(c->days_len, 2u);
	cr_expect_eq(c->days[0].wal_bytes, 40u);
	cr_expect_eq(c->days[0].backup_bytes, 60u);
	cr_expect_eq(c->days[1].day, 1);
	cr_expect_eq(c->days[1].wal_bytes, 10u);
}

Test(catalogue, tells_of_wal_and_timelines)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = make_mixed(a);

	cr_assert_eq(c->runs_len, 2u);
	cr_expect_eq(c->runs[0].first, 2u);
	cr_expect_eq(c->runs[0].last, 4u);
	cr_expect_eq(c->runs[0].oldest, 90);
	cr_expect_eq(c->runs[0].last_at, 120);
	cr_expect_eq(c->runs[0].before_last, 105, "of two the first is read");
	cr_expect_eq(c->runs[0].bytes, 40u);
	cr_expect_eq(c->runs[1].first, 7u);
	cr_expect_eq(c->segments, 4u);
	cr_expect_eq(c->twice, 1u);
	cr_expect(str_contains(c->twice_example, STR("03.gz")));
	cr_expect_eq(c->foreign, 1u);
	cr_expect_eq(c->newest, UTC_DAY + 1);
	cr_expect_str_eq(c->newest_name, "000000010000000000000007");
	cr_assert_eq(c->timelines_len, 2u);
	cr_expect(c->timelines[0].known);
	cr_expect_not(c->timelines[1].known, "its history was not given");
	cr_expect_eq(c->timelines[1].begun, 300);
}

Test(catalogue, needs_the_order_of_keys)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = catalogue_new(a);
	struct bucket_object o = {.key = STR("wals/b")};
	struct object_name name;
	struct err err;

	cr_assert(catalogue_add(c, &o, &name, &err));
	cr_assert_not(catalogue_add(c, &o, &name, &err), "the same again");
	o.key = STR("wals/a");
	cr_assert_not(catalogue_add(c, &o, &name, &err));
	cr_expect(str_contains(str_from(err.msg), STR("\"wals/a\" comes behind \"wals/b\"")), "%s",
		  err.msg);
}

Test(catalogue, windows_end_at_gaps_and_go_on_over_promotions)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object objects[] = {
		{.key = "base/A/backup.info", .text = info_of(a, "DONE", 1, 2, 3, 100)},
		{.key = "base/B/backup.info", .text = info_of(a, "DONE", 1, 7, 7, 700)},
		{.key = "base/C/backup.info", .text = info_of(a, "DONE", 1, 9, 9, 900)},
		{.key = "base/D/backup.info", .text = info_of(a, "DONE", 1, 5, 5, 500)},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "04", 150), /* 05 and 06 are missing */
		WAL("1", "07", 705),
		WAL("1", "08", 800),
		WAL("1", "09", 905),
		WAL("1", "0A", 1000),
		{.key = "wals/00000002.history",
		 .modified = 860,
		 .text = STR("1\t0/8800000\tpromoted\n")},
		WAL("2", "08", 870),
		WAL("2", "09", 950),
	};
	struct catalogue *c = make(a, objects, ARRAY_LEN(objects));
	struct window *w;
	struct reach reach;

	cr_assert_eq(catalogue_windows(c, 1, a, &w), 2u);
	cr_expect_eq(w[0].from, 100);
	cr_expect_eq(w[0].reach.surely, 105);
	cr_expect_eq(w[0].reach.until, 150);
	cr_expect_eq(w[0].reach.why, REACH_GAP);
	cr_expect_eq(w[0].reach.last, 4u);
	cr_expect_eq(w[0].reach.next, 7u);
	cr_expect_eq(w[1].from, 700);
	cr_expect_eq(w[1].reach.until, 1000);
	cr_expect_eq(w[1].reach.why, REACH_NEWEST);
	cr_expect(str_is(w[1].oldest->id, "B") && str_is(w[1].newest->id, "C"));

	cr_assert_eq(catalogue_windows(c, 2, a, &w), 2u);
	cr_expect_eq(w[1].reach.until, 950);
	cr_expect_eq(w[1].reach.timeline, 2u);
	cr_expect(str_is(w[1].newest->id, "B"), "C ended on the timeline that was left");
	cr_expect_not(catalogue_reach(c, 2, &c->backups[2], &reach));
	cr_expect_eq(reach.next, 0u);
	cr_expect_not(catalogue_reach(c, 1, &c->backups[3], &reach), "its own segment is missing");
	cr_expect_eq(reach.next, 5u);
	cr_assert_eq(catalogue_windows(c, 3, a, &w), 0u, "there is no such timeline");
}

Test(catalogue, of_a_backup_without_wal_behind_it_no_moment_is_sure)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object objects[] = {
		{.key = "base/A/backup.info", .text = info_of(a, "DONE", 1, 2, 3, 100)},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "04", 200),
	};
	struct catalogue *c = make(a, objects, ARRAY_LEN(objects) - 1);
	struct reach reach;

	cr_assert(catalogue_reach(c, 1, &c->backups[0], &reach));
	cr_expect_eq(reach.surely, 99);
	cr_expect_eq(reach.until, 105);
	c = make(a, objects, ARRAY_LEN(objects));
	cr_assert(catalogue_reach(c, 1, &c->backups[0], &reach));
	cr_expect_eq(reach.surely, 105);
}

Test(catalogue, a_backup_leads_no_further_than_to_another_database_system)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str upgraded =
		arena_fmt(a, "%.*sbegin_time=%s\n", STR_ARG(info_of(a, "DONE", 1, 5, 5, 220)),
			  "1970-01-01 00:03:20+00:00");
	struct object objects[] = {
		{.key = "base/A/backup.info",
		 .modified = 110,
		 .text = info_of(a, "DONE", 1, 2, 3, 100)},
		{.key = "base/B/backup.info", .modified = 220, .text = upgraded},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "04", 120),
		WAL("1", "05", 230),
		WAL("1", "06", 300),
	};
	struct window *w;

	cr_assert_eq(catalogue_windows(make(a, objects, ARRAY_LEN(objects)), 1, a, &w), 1u);
	cr_expect(w->from == 100 && w->reach.until == 300, "one system");
	memcpy(strstr((char *)(uintptr_t)upgraded.ptr, "systemid=71"), "systemid=72", 11);
	cr_assert_eq(catalogue_windows(make(a, objects, ARRAY_LEN(objects)), 1, a, &w), 2u);
	cr_expect(w[0].from == 100 && w[0].reach.until == 200 && w[0].reach.surely < 200);
	cr_expect(w[0].reach.why == REACH_OTHER && w[0].reach.last == 4 && w[0].reach.next == 5);
	cr_expect(w[1].from == 220 && w[1].reach.until == 300);
}

Test(catalogue, what_was_stored_of_a_segment_at_a_promotion_is_handed_out)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object objects[] = {
		{.key = "base/A/backup.info", .text = info_of(a, "DONE", 1, 2, 3, 100)},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "04", 200),
		WAL("1", "05.partial", 310),
		WAL("1", "07", 400),
		{.key = "wals/00000002.history",
		 .modified = 300,
		 .text = STR("1\t0/5800000\tpromoted\n")},
	};
	struct catalogue *c = make(a, objects, ARRAY_LEN(objects));
	struct reach reach;

	cr_assert(catalogue_reach(c, 1, &c->backups[0], &reach));
	cr_expect_eq(reach.last, 5u);
	cr_expect_eq(reach.surely, 105, "nobody knows how far it goes");
	cr_expect_eq(reach.until, 310);
	cr_expect_eq(reach.next, 7u, "the end of 05 is missing, and 06");
	cr_assert(catalogue_reach(c, 2, &c->backups[0], &reach));
	cr_expect_eq(reach.last, 5u);
	cr_expect_eq(reach.timeline, 1u);
	cr_expect_eq(reach.surely, 105);
	cr_expect_eq(reach.until, 300, "when the next timeline had begun");
	cr_expect_eq(reach.why, REACH_NEWEST);
}

/* The same by looking at each segment, in archives at random. */

#define TIMELINES 4 /* 1 to 3 */
#define SEGMENTS 24
#define BACKUPS 6

struct world {
	uint64_t random, segment_size, base; /* base: what is added to each segment's number */
	unsigned timelines;
	unsigned parent[TIMELINES], left_in[TIMELINES]; /* of each but the first: and the segment */
	bool at_edge[TIMELINES]; /* it was left at the very beginning of it */
	int64_t begun[TIMELINES];
	int64_t stored[TIMELINES][SEGMENTS + 1];  /* 0: it is not there */
	int64_t partial[TIMELINES][SEGMENTS + 1]; /* the same, of its beginning alone */
	struct {
		unsigned timeline, begin, end;
		bool done;
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
		}
		for (unsigned n = from; n < to; n++)
			w->stored[t][n] = draw(w, 12) ? full(w, n, t) : 0;
		for (unsigned n = from; n < SEGMENTS; n++)
			w->partial[t][n] = draw(w, 6) ? 0 : full(w, n, t);
	}
	w->backups_len = draw(w, BACKUPS + 1);
	for (unsigned i = 0; i < w->backups_len; i++) {
		unsigned t = 1 + draw(w, w->timelines),
			 begin = w->left_in[t] + draw(w, SEGMENTS - 2 - w->left_in[t]);

		w->backups[i].timeline = t;
		w->backups[i].begin = begin;
		w->backups[i].end = begin + draw(w, 2);
		w->backups[i].done = draw(w, 5);
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
	struct object objects[BACKUPS + TIMELINES * (2 * SEGMENTS + 1)] = {0};
	char first[SEGMENT_NAME], last[SEGMENT_NAME], time[UTC_TEXT];
	size_t len = 0;

	for (unsigned i = 0; i < w->backups_len; i++) {
		unsigned t = w->backups[i].timeline;
		uint64_t end = lsn(w, w->backups[i].end, 0x80);

		snprintf(objects[len].key, sizeof objects->key, "base/%u/backup.info", i);
		objects[len++].text = arena_fmt(
			a,
			"status=%s\nbegin_wal=%s\nend_wal=%s\nend_xlog=%" PRIX64 "/%" PRIX64
			"\nend_time=%s\nxlog_segment_size=%" PRIu64 "\n",
			w->backups[i].done ? "DONE" : "FAILED",
			segment_name(t, w->base + w->backups[i].begin, w->segment_size, first),
			segment_name(t, w->base + w->backups[i].end, w->segment_size, last),
			end >> 32, end & UINT32_MAX, utc_format(w->backups[i].ended, time),
			w->segment_size);
	}
	for (unsigned t = 1; t <= w->timelines; t++) {
		if (t > 1) {
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
	return make(a, objects, len);
}

static bool is_on_path(const struct world *w, unsigned to, unsigned timeline)
{
	return to == timeline || (to > 1 && is_on_path(w, w->parent[to], timeline));
}

/* Of the timelines that lead there the newest that has begun in segment n or before. */
static unsigned owner(const struct world *w, unsigned to, unsigned n)
{
	return to == 1 || w->left_in[to] <= n ? to : owner(w, w->parent[to], n);
}

static bool is_usable(const struct world *w, unsigned to, unsigned i)
{
	unsigned t = to;

	if (!w->backups[i].done || !is_on_path(w, to, w->backups[i].timeline))
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

/* The newest moment; 0: it cannot be restored. */
static int64_t until(const struct world *w, unsigned to, unsigned i)
{
	int64_t at = 0;
	unsigned n = w->backups[i].begin, t;

	for (; t = owner(w, to, n), w->stored[t][n]; n++)
		at = w->stored[t][n];
	for (unsigned older = t; older; older = n == w->left_in[t] ? w->parent[older] : 0)
		if (w->stored[older][n] || w->partial[older][n]) {
			at = older == t ? w->partial[t][n] : w->begun[t];
			n++;
			break;
		}
	if (n <= w->backups[i].end)
		return 0;
	for (; n < SEGMENTS; n++) {
		int64_t later = w->stored[owner(w, to, n)][n] ? oldest_around(w, owner(w, to, n), n)
							      : INT64_MAX;

		at = at < later ? at : later;
	}
	return at > w->backups[i].ended ? at : w->backups[i].ended;
}

static bool can_be_restored(const struct world *w, unsigned to, int64_t moment)
{
	for (unsigned i = 0; i < w->backups_len; i++)
		if (is_usable(w, to, i) && w->backups[i].ended <= moment &&
		    moment <= until(w, to, i))
			return true;
	return false;
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
