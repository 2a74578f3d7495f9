#include "restore_archive.h"

#include "base/utc.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>

/* A from 100 to 700 in one piece, B after a hole; C failed. */
static const struct archive_row holed = {
	.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL},
		    {"B", 1, 3, 3, 290, 300, NULL, NULL},
		    {"C", 1, 8, 8, 790, 800, NULL, NULL},
		    {"D", 1, 9, 9, 890, 900, "FAILED", NULL}},
	.first = {0, 110, 200, 310, 400, 500, 0, 0, 810, 900, 1000},
};

Test(restore_plan, the_newest_base_backup_before_the_moment_is_taken)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &holed, RESTORE_TIME, 350);

	cr_expect(str_is(p.base->id, "B"));
	cr_expect_not(p.name_base, "CloudNativePG takes it by itself");
	cr_expect_not(p.name_timeline);
	cr_expect_eq(p.segments, 3u, "from 3 to 5, the last before the hole");
	cr_expect_eq(p.bytes, 3u * SEGMENT_SIZE);
	cr_assert_eq(p.windows_len, 2u);
	cr_expect_not(p.at_edge);

	p = restore_archive_plan(a, &holed, RESTORE_TIME, 299);
	cr_expect(str_is(p.base->id, "A"));
	cr_expect_eq(p.segments, 5u);
	p = restore_archive_plan(a, &holed, RESTORE_TIME, 250);
	cr_expect_eq(p.segments, 3u, "what B begins with is behind it");
	p = restore_archive_plan(a, &holed, RESTORE_TIME, 290);
	cr_expect_eq(p.segments, 5u, "B began in that second: what is of it may lie behind");
	p = restore_archive_plan(a, &holed, RESTORE_TIME, 500);
	cr_expect(p.at_edge, "segment 5 was being written from 400 on");
	p = restore_archive_plan(a, &holed, RESTORE_TIME, 400);
	cr_expect_not(p.at_edge);
}

Test(restore_plan, outside_of_the_windows_the_nearest_moments_are_named)
{
	CLEANUP(arena) struct arena *a = arena_new();

	cr_expect_str_eq(
		restore_archive_refused(a, &holed, RESTORE_TIME, 600),
		"no WAL that is there leads to 1970-01-01T00:10:00Z: the last moment before it that can be restored is 1970-01-01T00:08:20Z, and the next one 1970-01-01T00:13:20Z");
	cr_expect_str_eq(
		restore_archive_refused(a, &holed, RESTORE_TIME, 99),
		"no base backup was complete at 1970-01-01T00:01:39Z: the first moment that can be restored is 1970-01-01T00:01:40Z");
	cr_expect_str_eq(
		restore_archive_refused(a, &holed, RESTORE_TIME, 1001),
		"no WAL that is there leads to 1970-01-01T00:16:41Z: the last moment that can be restored is 1970-01-01T00:16:40Z; --to latest restores all there is");
	cr_expect_str_eq(
		restore_archive_refused(a, &(struct archive_row){.first = {0, 10, 20}},
					RESTORE_LATEST, 0),
		"no base backup in the bucket can be restored: none is complete with its WAL");
}

Test(restore_plan, the_latest_state_is_all_there_is)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &holed, RESTORE_LATEST, 0);

	cr_expect_eq(p.target.goal, RESTORE_LATEST);
	cr_expect(str_is(p.base->id, "C"));
	cr_expect_eq(p.segments, 3u);
	cr_expect(p.name_base, "CloudNativePG takes D, though it failed: it has both times");
	cr_expect_not(p.name_timeline || p.at_edge);
}

/* PostgreSQL knows by the next commit alone that it is past a time. */
Test(restore_plan, of_a_backup_without_wal_behind_it_the_end_is_taken)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct archive_row row = {.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL}},
					.first = {0, 110, 0, 310}};
	struct restore_plan p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);

	cr_expect_eq(p.target.goal, RESTORE_IMMEDIATE);
	cr_expect_eq(p.segments, 1u);
	p = restore_archive_plan(a, &row, RESTORE_TIME, 100);
	cr_expect(p.at_edge);
	p = restore_archive_plan(
		a,
		&(struct archive_row){.backups = {row.backups[0]}, .first = {0, 110, 200, 0, 400}},
		RESTORE_LATEST, 0);
	cr_expect_eq(p.target.goal, RESTORE_TIME);
	cr_expect_eq(p.target.time, 110, "segment 2 was being written");
}

Test(restore_plan, the_end_of_a_backup_is_asked_for_by_its_id)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &holed, RESTORE_IMMEDIATE, 0);

	cr_expect_eq(p.target.goal, RESTORE_IMMEDIATE);
	cr_expect(str_is(p.base->id, "C") && p.name_base);
	cr_expect_eq(p.segments, 1u);
}

/* B ended before the last segment that is there, and one of its own is missing. */
static const struct archive_row early = {
	.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL}, {"B", 1, 2, 3, 150, 160, NULL, NULL}},
	.first = {0, 110, 200, 0, 500},
};

static const struct archive_row promoted = {
	.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL}},
	.first = {0, 110, 200, 310, 400, 500},
	.second = {[3] = 250, [4] = 260},
	.left = 3,
};

/* A promotion, and nothing of timeline 1 behind it. */
static const struct archive_row failed_over = {
	.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL}},
	.first = {0, 110, 200},
	.second = {[3] = 250, [4] = 260},
	.left = 3,
};

Test(restore_plan, a_newest_backup_without_its_wal_is_gone_round)
{
	/* CloudNativePG would take B, of which segment 4 is missing */
	const struct archive_row row = {
		.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL},
			    {"B", 1, 3, 4, 290, 300, NULL, NULL}},
		.first = {0, 110, 200, 310, 0, 500},
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);

	cr_expect_eq(p.target.goal, RESTORE_TIME, "the latest is behind the hole");
	cr_expect_eq(p.target.time, 200);
	cr_expect(str_is(p.base->id, "A"));
	cr_expect_not(p.name_base, "at that moment B had not ended");
	cr_expect_not(p.at_edge);

	p = restore_archive_plan(a, &early, RESTORE_TIME, 180);
	cr_expect(str_is(p.base->id, "A") && p.name_base);
}

Test(restore_plan, a_moment_of_a_timeline_that_was_left_names_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &promoted, RESTORE_TIME, 255);

	cr_expect_eq(p.timeline, 2u);
	cr_expect_not(p.name_timeline);
	p = restore_archive_plan(a, &promoted, RESTORE_TIME, 240);
	cr_expect_eq(p.timeline, 1u, "timeline 2 had not begun, and 1 had gone on");
	cr_expect(p.name_timeline);
	cr_expect(p.left == 1 && p.left_at == 110);
	p = restore_archive_plan(a, &promoted, RESTORE_TIME, 450);
	cr_expect_eq(p.timeline, 1u);
	cr_expect(p.name_timeline && !p.left);
	p = restore_archive_plan(a, &failed_over, RESTORE_TIME, 240);
	cr_expect_eq(p.timeline, 2u, "nothing of timeline 1 lies behind");
	cr_expect(!p.name_timeline && p.windows_len == 1);
}

Test(restore_plan, a_timeline_that_postgres_does_not_find_is_named)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_row row = failed_over;
	struct restore_plan p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);

	cr_expect(p.timeline == 2 && p.followed->id == 2 && !p.name_timeline);
	row.id = 3; /* and there is no history of timeline 2 */
	p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);
	cr_expect(p.timeline == 3 && p.followed->id == 1 && p.name_timeline && p.name_base);
	row.id = 2;
	row.history = "nonsense";
	p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);
	cr_expect(p.timeline == 1 && p.followed->id == 2 && p.name_timeline && !p.name_base);
	row.id = 4; /* nobody takes it by itself */
	p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);
	cr_expect(p.timeline == 1 && !p.name_timeline);
}

Test(restore_plan, nothing_is_invented_where_the_bucket_is_not_known)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p;
	struct err err;

	cr_assert(restore_plan(a, NULL, &(struct restore_wish){RESTORE_TIME, 42}, &p, &err));
	cr_expect_not(p.known || p.name_base || p.name_timeline || p.at_edge);
	cr_expect_null(p.base);
	cr_expect_eq(p.target.time, 42);
	cr_expect_not(
		restore_plan(a, NULL, &(struct restore_wish){RESTORE_IMMEDIATE, 0}, &p, &err));
}

static unsigned draw(uint64_t *random, unsigned below)
{
	*random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*random >> 33) % below;
}

/* Segment n is stored at 100n + 100; a backup begins and ends in segments, 50 behind their begin.
 */
static struct archive_row at_random(uint64_t *random)
{
	static const char *const ids[] = {"A", "B", "C"};
	struct archive_row row = {.left = draw(random, 3) ? 0 : 4 + draw(random, 8)};
	unsigned backups = 1 + draw(random, 3);

	for (unsigned n = 0; n < SEGMENTS; n++) {
		row.first[n] = draw(random, 8) ? 100 * (n + 1) : 0;
		row.second[n] =
			row.left && n >= row.left && draw(random, 8) ? 100 * (n + 1) + 20 : 0;
	}
	for (unsigned i = 0; i < backups; i++) {
		unsigned begin = draw(random, SEGMENTS - 2), end = begin + draw(random, 2);
		unsigned timeline = row.left && begin > row.left && draw(random, 2) ? 2 : 1;

		row.backups[i] = (struct backup_row){ids[i],
						     timeline,
						     begin,
						     end,
						     100 * begin + 50,
						     100 * end + 60,
						     draw(random, 6) ? NULL : "FAILED",
						     NULL};
	}
	return row;
}

static bool in_window(struct arena *a, const struct catalogue *c, int64_t time)
{
	bool found = false;

	for (size_t t = 0; t < c->timelines_len; t++) {
		struct window *w;
		size_t len = catalogue_windows(c, c->timelines[t].id, a, &w);

		for (size_t i = 0; i < len; i++)
			found |= w[i].from <= time && time <= w[i].reach.until;
	}
	return found;
}

/* The last end of a window before the moment, and the first beginning behind it; 0: none. */
static void near(struct arena *a, const struct catalogue *c, int64_t time, int64_t out[2])
{
	out[0] = out[1] = 0;
	for (size_t t = 0; t < c->timelines_len; t++) {
		struct window *w;
		size_t len = catalogue_windows(c, c->timelines[t].id, a, &w);

		for (size_t i = 0; i < len; i++) {
			if (w[i].reach.until < time && w[i].reach.until > out[0])
				out[0] = w[i].reach.until;
			if (w[i].from > time && (!out[1] || w[i].from < out[1]))
				out[1] = w[i].from;
		}
	}
}

static void names_the_nearest(struct arena *a, const struct catalogue *c, int64_t time,
			      const char *message)
{
	int64_t moments[2];
	char text[UTC_TEXT];

	near(a, c, time, moments);
	for (size_t i = 0; i < 2; i++)
		if (moments[i])
			cr_assert(str_contains(str_from(message),
					       str_from(utc_format(moments[i], text))),
				  "%s: %s", text, message);
}

Test(restore_plan, of_any_archive_a_plan_holds_what_the_catalogue_says)
{
	CLEANUP(arena) struct arena *a = arena_new();
	size_t planned = 0, named = 0, asked = 0;
	struct restore_plan p;
	struct reach reach;
	struct err err;

	for (uint64_t seed = 1; seed <= 1500; seed++) {
		uint64_t random = seed;
		struct archive_row row = at_random(&random);
		const struct catalogue *c = restore_archive_make(a, &row);

		for (int64_t time = 55; time < 1800; time += 35) {
			bool done = restore_plan(a, c, &(struct restore_wish){RESTORE_TIME, time},
						 &p, &err);

			cr_assert_eq(done, in_window(a, c, time), "seed %" PRIu64 ", %" PRId64,
				     seed, time);
			if (!done) {
				names_the_nearest(a, c, time, err.msg);
				continue;
			}
			planned++;
			named += p.name_base;
			cr_assert(catalogue_reach(c, p.timeline, p.base, &reach));
			cr_assert(p.base->info.end <= time && time <= reach.until);
			cr_assert(p.segments >= 1 &&
				  p.base->info.begin_segment + p.segments - 1 <= reach.last);
		}
		if (!restore_plan(a, c, &(struct restore_wish){RESTORE_LATEST, 0}, &p, &err))
			continue;
		asked += p.target.goal == RESTORE_TIME;
		cr_assert(p.target.goal != RESTORE_LATEST ||
				  p.windows[p.windows_len - 1].reach.why != REACH_GAP,
			  "seed %" PRIu64, seed);
		cr_assert(p.target.goal != RESTORE_TIME ||
				  (in_window(a, c, p.target.time) && !p.at_edge),
			  "seed %" PRIu64, seed);
		arena_reset(a);
	}
	cr_expect_gt(planned, 10000u);
	cr_expect_gt(named, 500u);
	cr_expect_gt(asked, 100u);
}

/* What a bucket says goes into the manifest, the summary and the runbook. */

Test(restore_plan, what_the_bucket_says_is_written_and_told)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_output out =
		restore_archive_run(a, &holed, (struct restore_wish){RESTORE_TIME, 500});

	cr_expect(str_contains(out.manifest, STR("targetTime: \"1970-01-01T00:08:20Z\"\n")));
	cr_expect_not(str_contains(out.manifest, STR("backupID")));
	cr_expect(str_contains(out.manifest, STR("serverName: db-v5\n")),
		  "db-v3 is of another Cluster, db-v4 a folder in the bucket");
	cr_expect(str_contains(
		out.summary,
		STR("can be restored: 1970-01-01T00:01:40Z to 1970-01-01T00:06:40Z, perhaps up to 1970-01-01T00:08:20Z, then WAL is missing\n"
		    "can be restored: 1970-01-01T00:13:20Z to 1970-01-01T00:15:00Z, perhaps up to 1970-01-01T00:16:40Z\n"
		    "restores 1970-01-01T00:08:20Z, from base backup B and at most 3 segments (48 MiB) of WAL\n"
		    "the last segment may end before that moment: ")));
	cr_expect(str_contains(
		out.runbook,
		STR("| 1970-01-01T00:01:40Z | 1970-01-01T00:06:40Z | 1970-01-01T00:08:20Z | WAL is missing |\n"
		    "| 1970-01-01T00:13:20Z | 1970-01-01T00:15:00Z | 1970-01-01T00:16:40Z | nothing newer |\n\n"
		    "It begins with base backup `B` and replays at most 3 segments of WAL (48 MiB).\n"
		    "Be careful: the last segment may end before that moment.")));

	out = restore_archive_run(a, &holed, (struct restore_wish){RESTORE_IMMEDIATE, 0});
	cr_expect(str_contains(out.manifest, STR("      recoveryTarget:\n"
						 "        targetImmediate: true\n"
						 "        backupID: C\n")),
		  "%.*s", STR_ARG(out.manifest));
	cr_expect_lt(out.worst_new, SEV_WARN);

	out = restore_archive_run(a, &early, (struct restore_wish){RESTORE_TIME, 180});
	cr_expect(
		str_contains(
			out.manifest,
			STR("        targetTime: \"1970-01-01T00:03:00Z\"\n"
			    "        # CloudNativePG by itself takes a newer base backup, from which nothing leads to that moment\n"
			    "        backupID: A\n")),
		"%.*s", STR_ARG(out.manifest));
	cr_expect_lt(out.worst_new, SEV_WARN);

	out = restore_archive_run(a, &promoted, (struct restore_wish){RESTORE_TIME, 450});
	cr_expect(str_contains(out.manifest, STR("        targetTime: \"1970-01-01T00:07:30Z\"\n"
						 "        targetTLI: \"1\"\n")),
		  "%.*s", STR_ARG(out.manifest));
	cr_expect_lt(out.worst_new, SEV_WARN);

	out = restore_archive_run(a, &early, (struct restore_wish){RESTORE_LATEST, 0});
	cr_expect(str_contains(out.summary,
			       STR("that is not the newest WAL: what lies behind the hole ")),
		  "%.*s", STR_ARG(out.summary));
}

Test(restore_plan, why_a_timeline_is_named_is_told)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_row row = failed_over;
	row.id = 3;
	struct restore_output out =
		restore_archive_run(a, &row, (struct restore_wish){RESTORE_LATEST, 0});
	cr_expect(str_contains(out.manifest, STR("        targetTLI: \"3\"\n")), "%.*s",
		  STR_ARG(out.manifest));
	cr_expect(
		str_contains(
			out.summary,
			STR("\ntimeline 3 is named: the history of timeline 2 is missing, where PostgreSQL ends its search and takes timeline 1\n")),
		"%.*s", STR_ARG(out.summary));
	out = restore_archive_run(a, &promoted, (struct restore_wish){RESTORE_TIME, 240});
	cr_expect(
		str_contains(
			out.summary,
			STR("\ntimeline 1 is named: PostgreSQL by itself takes timeline 2, which has nothing of that moment, and gives what there was when timeline 1 was left, at 1970-01-01T00:01:50Z or later\n")),
		"%.*s", STR_ARG(out.summary));
	out = restore_archive_run(a, &promoted, (struct restore_wish){RESTORE_LATEST, 0});
	cr_expect(
		str_contains(
			out.summary,
			STR("can be restored: 1970-01-01T00:01:40Z to 1970-01-01T00:01:50Z, then its timeline was left\n"
			    "can be restored: 1970-01-01T00:04:10Z, perhaps up to 1970-01-01T00:04:20Z\n")),
		"%.*s", STR_ARG(out.summary));
	row.id = 2;
	row.history = "nonsense";
	out = restore_archive_run(a, &row, (struct restore_wish){RESTORE_LATEST, 0});
	cr_expect(
		str_contains(
			out.runbook,
			STR("\nIn its recoveryTarget timeline 1 is named: PostgreSQL by itself takes timeline 2, whose history cannot be understood: line 1: the timelines do not increase up to 2.\n")),
		"%.*s", STR_ARG(out.runbook));
}
