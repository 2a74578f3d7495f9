#include "bucket/catalogue.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utc.h"
#include "bucket_archive.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Much of what may lie in an archive, and not all of it in order. */
static struct catalogue *make_mixed(struct arena *a)
{
	struct archive_object objects[] = {
		{.key = "base/A/backup.info",
		 .modified = 110,
		 .text = archive_info(a, "DONE", 1, 2, 3, 100)},
		{.key = "base/A/data.tar", .modified = 100},
		{.key = "base/B/backup.info",
		 .modified = 200,
		 .text = archive_info(a, "FAILED", 1, 4, 4, 200)},
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

	return archive_make(a, objects, ARRAY_LEN(objects));
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
	cr_expect_eq(c->days[0].backup_bytes, 70u);
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

Test(catalogue, what_is_empty_restores_nothing)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = catalogue_new(a);
	struct bucket_object objects[] = {
		{STR("base/A/backup.info"), 10, 100, false},
		{STR("base/B/backup.info"), 10, 100, false},
		{STR("base/B/data.tar.gz"), 0, 100, false},
		{STR("base/C/16387.tar"), 10, 100, false},
		{STR("base/C/backup.info"), 10, 100, false},
		{STR("wals/0000000100000000/000000010000000000000002"), 10, 110, false},
		{STR("wals/0000000100000000/000000010000000000000003"), 0, 120, false},
		{STR("wals/0000000100000000/000000010000000000000004"), 10, 130, false},
	};
	struct object_name name;
	struct reach reach;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		cr_assert(catalogue_add(c, &objects[i], &name, &err), "%s", err.msg);
		if (name.sort == OBJECT_BACKUP_INFO)
			catalogue_backup_info(c, name.backup,
					      archive_info(a, "DONE", 1, 2, 2, 100));
	}
	cr_expect_not(catalogue_reach(c, 1, &c->backups[0], &reach), "no data");
	cr_expect_not(catalogue_reach(c, 1, &c->backups[1], &reach), "empty data");
	cr_assert(catalogue_reach(c, 1, &c->backups[2], &reach));
	cr_expect(reach.why == REACH_GAP && reach.next == 4, "3 has no byte");
	cr_expect_eq(c->foreign, 1u);
	cr_expect_eq(catalogue_newest_backup(c), &c->backups[2]);
}

Test(catalogue, a_backup_that_failed_early_says_no_segment_size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info",
		 .text = STR("status=DONE\nbegin_wal=000000010000000000000002\n"
			     "end_wal=000000010000000000000002\nend_xlog=0/8000100\n"
			     "end_time=2026-11-29 15:00:00+00:00\nxlog_segment_size=67108864\n")},
		{.key = "base/B/backup.info",
		 .text = STR("status=FAILED\nxlog_segment_size=16777216\n")},
		WAL("1", "02", 90),
	};

	cr_expect_eq(archive_make(a, objects, ARRAY_LEN(objects))->segment_size, 64u << 20);
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

Test(catalogue, takes_keys_as_long_as_they_may_be)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = catalogue_new(a);
	char text[2049];
	struct bucket_object o = {.key = {text, 2048}};
	struct object_name name;
	struct err err;

	memset(text, 'a', sizeof text);
	cr_assert(catalogue_add(c, &o, &name, &err));
	o.key.len++;
	cr_assert_not(catalogue_add(c, &o, &name, &err));
	cr_expect_str_eq(err.msg, "a key of more than 2048 bytes");
}

Test(catalogue, windows_end_at_gaps_and_go_on_over_promotions)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 3, 100)},
		{.key = "base/B/backup.info", .text = archive_info(a, "DONE", 1, 7, 7, 700)},
		{.key = "base/C/backup.info", .text = archive_info(a, "DONE", 1, 9, 9, 900)},
		{.key = "base/D/backup.info", .text = archive_info(a, "DONE", 1, 5, 5, 500)},
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
	struct catalogue *c = archive_make(a, objects, ARRAY_LEN(objects));
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

	cr_assert_eq(catalogue_windows(c, 2, a, &w), 3u);
	cr_expect_eq(w[1].from, 700);
	cr_expect_eq(w[1].reach.until, 700, "timeline 1 went on");
	cr_expect_eq(w[1].reach.why, REACH_LEFT);
	cr_expect_eq(w[2].from, 860);
	cr_expect_eq(w[2].reach.until, 950);
	cr_expect_eq(w[2].reach.timeline, 2u);
	cr_expect(str_is(w[2].newest->id, "B"), "C ended on the timeline that was left");
	cr_expect_not(catalogue_reach(c, 2, &c->backups[2], &reach));
	cr_expect_eq(reach.next, 0u);
	cr_expect_not(catalogue_reach(c, 1, &c->backups[3], &reach), "its own segment is missing");
	cr_expect_eq(reach.next, 5u);
	cr_assert_eq(catalogue_windows(c, 3, a, &w), 0u, "there is no such timeline");
}

Test(catalogue, of_a_backup_without_wal_behind_it_no_moment_is_sure)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 3, 100)},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "04", 200),
	};
	struct catalogue *c = archive_make(a, objects, ARRAY_LEN(objects) - 1);
	struct reach reach;

	cr_assert(catalogue_reach(c, 1, &c->backups[0], &reach));
	cr_expect_eq(reach.surely, 99);
	cr_expect_eq(reach.until, 105);
	c = archive_make(a, objects, ARRAY_LEN(objects));
	cr_assert(catalogue_reach(c, 1, &c->backups[0], &reach));
	cr_expect_eq(reach.surely, 105);
}

Test(catalogue, a_backup_leads_no_further_than_to_another_database_system)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str upgraded =
		arena_fmt(a, "%.*sbegin_time=%s\n", STR_ARG(archive_info(a, "DONE", 1, 5, 5, 220)),
			  "1970-01-01 00:03:20+00:00");
	struct archive_object objects[] = {
		{.key = "base/A/backup.info",
		 .modified = 110,
		 .text = archive_info(a, "DONE", 1, 2, 3, 100)},
		{.key = "base/B/backup.info", .modified = 220, .text = upgraded},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "04", 120),
		WAL("1", "05", 230),
		WAL("1", "06", 300),
	};
	struct window *w;

	cr_assert_eq(catalogue_windows(archive_make(a, objects, ARRAY_LEN(objects)), 1, a, &w), 1u);
	cr_expect(w->from == 100 && w->reach.until == 300, "one system");
	memcpy(strstr((char *)(uintptr_t)upgraded.ptr, "systemid=71"), "systemid=72", 11);
	cr_assert_eq(catalogue_windows(archive_make(a, objects, ARRAY_LEN(objects)), 1, a, &w), 2u);
	cr_expect(w[0].from == 100 && w[0].reach.until == 200 && w[0].reach.surely < 200);
	cr_expect(w[0].reach.why == REACH_OTHER && w[0].reach.last == 4 && w[0].reach.next == 5);
	cr_expect(w[1].from == 220 && w[1].reach.until == 300);
}

Test(catalogue, what_was_stored_of_a_segment_at_a_promotion_is_handed_out)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 3, 100)},
		WAL("1", "02", 90),
		WAL("1", "03", 105),
		WAL("1", "04", 200),
		WAL("1", "05.partial", 310),
		WAL("1", "07", 400),
		{.key = "wals/00000002.history",
		 .modified = 300,
		 .text = STR("1\t0/5800000\tpromoted\n")},
	};
	struct catalogue *c = archive_make(a, objects, ARRAY_LEN(objects));
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

/* What PostgreSQL takes by itself, and what it takes by its name. */
static uint32_t followed(const struct catalogue *c, size_t backup)
{
	return catalogue_followed(c, &c->backups[backup])->id;
}

Test(catalogue, a_missing_history_ends_the_search_for_the_newest_timeline)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 2, 100)},
		{.key = "base/B/backup.info", .text = archive_info(a, "DONE", 4, 9, 9, 900)},
		WAL("1", "02", 90),
		WAL("1", "03", 200),
		{.key = "wals/00000002.history", .modified = 300, .text = STR("1\t0/4000000\tx\n")},
		WAL("2", "04", 400),
		WAL("2", "05", 500),
		{.key = "wals/00000004.history",
		 .modified = 600,
		 .text = STR("1\t0/4000000\tx\n2\t0/6000000\tx\n")},
		WAL("4", "06", 700),
		WAL("4", "07", 800),
		WAL("4", "08", 850),
		WAL("4", "09", 950),
		{.key = "wals/FFFFFFFF.history",
		 .modified = 1000,
		 .text = STR("1\t0/3000000\tx\n")},
		WAL("6", "06", 700),
	};
	struct catalogue *c = archive_make(a, objects, ARRAY_LEN(objects));
	struct reach reach;

	cr_expect_eq(followed(c, 0), 2u, "3 is missing");
	cr_expect_eq(followed(c, 1), 4u);
	cr_assert(catalogue_reach(c, 2, &c->backups[0], &reach));
	cr_expect_eq(reach.until, 500);
	cr_assert(catalogue_reach(c, 4, &c->backups[0], &reach), "by its name");
	cr_expect_eq(reach.until, 950);
	cr_expect_not(catalogue_reach(c, 6, &c->backups[0], &reach), "it has no history");
	cr_expect_eq(catalogue_timeline(c), 4u);
	cr_expect(catalogue_is_lived(c, &c->timelines[1]));
	cr_assert_eq(c->timelines[4].id, UINT32_MAX);
	cr_expect_not(catalogue_is_lived(c, &c->timelines[4]));
}

Test(catalogue, a_timeline_without_history_is_followed_from_its_own_backups_alone)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 3, 2, 2, 100)},
		WAL("3", "02", 90),
		WAL("3", "03", 200),
		{.key = "wals/00000004.history", .modified = 300, .text = STR("3\t0/4000000\tx\n")},
	};
	struct catalogue *c = archive_make(a, objects, ARRAY_LEN(objects) - 1);
	struct reach reach;

	cr_expect_eq(followed(c, 0), 3u);
	cr_expect(catalogue_reach(c, 3, &c->backups[0], &reach));
	c = archive_make(a, objects, ARRAY_LEN(objects));
	cr_expect_eq(followed(c, 0), 4u);
	cr_expect_not(catalogue_reach(c, 3, &c->backups[0], &reach), "its name is refused");
	cr_expect(catalogue_reach(c, 4, &c->backups[0], &reach));
	cr_expect_eq(catalogue_timeline(c), 4u);
}

Test(catalogue, on_a_timeline_with_a_history_that_is_wrong_nothing_is_restored)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 2, 100)},
		{.key = "base/B/backup.info", .text = archive_info(a, "DONE", 2, 5, 5, 500)},
		WAL("1", "02", 90),
		WAL("1", "03", 200),
		{.key = "wals/00000002.history", .modified = 300, .text = STR("1\t0/4000000\t\nx")},
		WAL("2", "04", 400),
		WAL("2", "05", 500),
	};
	struct catalogue *c = archive_make(a, objects, ARRAY_LEN(objects));
	struct reach reach;

	cr_expect(c->timelines[1].wrong && !c->timelines[1].known);
	cr_expect_eq(followed(c, 0), 2u);
	cr_expect_not(catalogue_reach(c, 2, &c->backups[1], &reach));
	cr_expect_not(catalogue_reach(c, 2, &c->backups[0], &reach));
	cr_expect(catalogue_reach(c, 1, &c->backups[0], &reach));
	cr_expect_eq(catalogue_timeline(c), 1u, "the older path");
}

/* Of a long run not each LastModified is kept: what is said of it ends earlier, not later. */
Test(catalogue, where_a_long_timeline_was_left_is_not_said_too_late)
{
	enum { SEGMENTS = 3000, LEFT = 2777 };
	static struct archive_object objects[SEGMENTS + 3];
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c;
	struct window *w;

	for (unsigned i = 0; i < SEGMENTS; i++) {
		char name[SEGMENT_NAME];

		segment_name(1, 1 + i, SEGMENT_SIZE, name);
		snprintf(objects[i].key, sizeof objects[i].key, "wals/%.16s/%s", name, name);
		objects[i].modified = 100 + 10 * (int64_t)(1 + i);
	}
	objects[SEGMENTS] = (struct archive_object){.key = "base/A/backup.info",
						    .text = archive_info(a, "DONE", 1, 2, 2, 120)};
	objects[SEGMENTS + 1] = (struct archive_object){.key = "wals/00000002.history",
							.modified = 90000,
							.text = STR("1\tA/D9000100\tx\n")};
	objects[SEGMENTS + 2] = (struct archive_object){
		.key = "wals/000000020000000A/000000020000000A000000D9", .modified = 90100};
	c = archive_make(a, objects, ARRAY_LEN(objects));
	cr_assert_eq(c->runs_len, 2u);
	cr_expect_leq(c->runs[0].marks_len, LIMIT_WAL_MARKS);
	cr_assert_eq(catalogue_windows(c, 2, a, &w), 2u);
	cr_expect_eq(w[0].reach.why, REACH_LEFT);
	cr_expect_leq(w[0].reach.until, 100 + 10 * (LEFT - 2));
	cr_expect_gt(w[0].reach.until, 100 + 10 * (LEFT - 2 - 16));
	cr_expect_eq(w[0].reach.surely, w[0].reach.until);
	cr_expect(w[1].from == 90000 && w[1].reach.until == 90100);
}

Test(catalogue, days_are_bounded)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = catalogue_new(a);
	struct object_name name;
	struct err err;

	for (unsigned i = 0; i <= LIMIT_BUCKET_DAYS; i++) {
		int64_t day = (int64_t)(i * 7919 % 100003);
		struct bucket_object o = {arena_fmt(a, "base/%06u/data.tar", i), 1, day * UTC_DAY,
					  false};

		cr_assert(catalogue_add(c, &o, &name, &err));
	}
	cr_expect_eq(c->days_len, LIMIT_BUCKET_DAYS);
	for (size_t i = 1; i < c->days_len; i++)
		cr_assert_lt(c->days[i - 1].day, c->days[i].day);
}

Test(catalogue, of_a_system_that_another_one_has_overwritten_nothing_is_sure)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str fresh = archive_info(a, "DONE", 1, 3, 3, 500);
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 5, 5, 200)},
		{.key = "base/B/backup.info", .text = fresh},
		WAL("1", "02", 450),
		WAL("1", "03", 510),
		WAL("1", "04", 600),
		WAL("1", "05", 700),
		WAL("1", "06", 300),
	};
	struct window *w;

	cr_assert_eq(catalogue_windows(archive_make(a, objects, ARRAY_LEN(objects)), 1, a, &w), 2u);
	cr_expect(w->from == 200, "one system");
	memcpy(strstr((char *)(uintptr_t)fresh.ptr, "systemid=71"), "systemid=72", 11);
	cr_assert_eq(catalogue_windows(archive_make(a, objects, ARRAY_LEN(objects)), 1, a, &w), 1u);
	cr_expect(w->from == 500 && str_is(w->oldest->id, "B"), "that began at 1 again");
}
