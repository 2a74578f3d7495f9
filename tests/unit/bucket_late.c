#include "base/limits.h"
#include "bucket_archive.h"

#include <criterion/criterion.h>

/* WAL that came late: what is sure of it. */

#define PAUSE LIMIT_ARCHIVER_PAUSE
#define DAY 86400

static struct catalogue *archive(struct arena *a, struct archive_object *objects, size_t len)
{
	struct catalogue *c = archive_make(a, objects, len);

	cr_assert_eq(c->backups_len, 1u);
	return c;
}

static struct reach reach_of(const struct catalogue *c)
{
	struct reach reach;

	cr_assert(catalogue_reach(c, 1, &c->backups[0], &reach));
	return reach;
}

/* Segments 2 to 4 while all was well, 5 to 7 as they come. */
static struct reach with(int64_t fifth, int64_t sixth, int64_t seventh)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 2, 100)},
		WAL("1", "02", 105),
		WAL("1", "03", 400),
		WAL("1", "04", 700),
		WAL("1", "05", fifth),
		WAL("1", "06", sixth),
		WAL("1", "07", seventh),
	};

	return reach_of(archive(a, objects, ARRAY_LEN(objects)));
}

Test(catalogue_late, segments_that_come_at_once_behind_a_pause_may_have_waited)
{
	struct reach r = with(DAY, DAY + 2, DAY + 4);

	cr_expect(r.late);
	cr_expect_eq(r.surely, 700, "when the last one came before the pause");
	cr_expect_eq(r.until, DAY + 4, "they may have been written then");
}

Test(catalogue_late, one_that_comes_a_while_after_the_one_before_has_not_waited)
{
	struct reach r = with(DAY, DAY + 2, DAY + 2 + PAUSE + 1);

	cr_expect_not(r.late);
	cr_expect_eq(r.surely, DAY + 2);
	r = with(DAY, DAY + 2, DAY + 2 + PAUSE);
	cr_expect(r.late && r.surely == 700);
}

Test(catalogue_late, a_row_that_has_gone_on_for_as_long_as_the_pause_has_caught_up)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const int64_t from = 700, to = from + PAUSE + 1, caught_up = to + PAUSE + 1;

	for (int early = 0; early < 2; early++) {
		struct archive_object objects[] = {
			{.key = "base/A/backup.info",
			 .text = archive_info(a, "DONE", 1, 2, 2, 100)},
			WAL("1", "02", 105),
			WAL("1", "03", from),
			WAL("1", "04", to),
			WAL("1", "05", to + PAUSE),
			WAL("1", "06", caught_up - early),
			WAL("1", "07", caught_up + 2),
		};
		struct reach r = reach_of(archive(a, objects, ARRAY_LEN(objects)));

		cr_expect_eq(r.late, early);
		cr_expect_eq(r.surely, early ? from : caught_up);
	}
}

Test(catalogue_late, a_pause_at_which_segments_are_lost_is_one)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 4, 4, 100)},
		WAL("1", "02", 90), /* 03 is missing */
		WAL("1", "04", DAY),
		WAL("1", "05", DAY + 2),
		WAL("1", "06", DAY + 4),
	};
	struct reach r = reach_of(archive(a, objects, ARRAY_LEN(objects)));

	cr_expect(r.late);
	cr_expect_eq(r.surely, 100, "the backup's end");
}

Test(catalogue_late, the_end_of_a_base_backup_is_sure_whenever_its_wal_came)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 2, 100)},
		{.key = "base/B/backup.info", .text = archive_info(a, "DONE", 1, 4, 4, 5000)},
		WAL("1", "02", 105),
		WAL("1", "03", 400),
		WAL("1", "04", DAY),
		WAL("1", "05", DAY + 2),
		WAL("1", "06", DAY + 4),
	};
	struct catalogue *c = archive_make(a, objects, ARRAY_LEN(objects));
	struct reach r = reach_of(c);
	struct window *w;

	cr_expect(r.late && r.surely == 5000 && r.until == DAY + 4);
	cr_assert_eq(catalogue_windows(c, 1, a, &w), 1u);
	cr_expect(w->reach.late && w->reach.surely == 5000);
}

Test(catalogue_late, a_clock_that_is_another_makes_less_sure_and_rules_out_less)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 2, 100)},
		WAL("1", "02", 105),
		WAL("1", "03", 400),
		WAL("1", "04", 700),
	};
	struct catalogue *c = archive(a, objects, ARRAY_LEN(objects));

	c->ahead = LIMIT_CLOCK_SKEW;
	cr_expect(reach_of(c).surely == 400 && reach_of(c).until == 700);
	c->ahead = LIMIT_CLOCK_SKEW + 1;
	cr_expect(reach_of(c).surely == 400 - c->ahead && reach_of(c).until == 700);
	c->ahead = -LIMIT_CLOCK_SKEW;
	cr_expect(reach_of(c).surely == 400 && reach_of(c).until == 700);
	c->ahead = -600;
	cr_expect(reach_of(c).surely == 400 && reach_of(c).until == 1300);
	c->ahead = 600;
	cr_expect_eq(reach_of(c).surely, 100, "never before the backup's end");
}

Test(catalogue_late, nothing_can_be_restored_of_the_future)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive_object objects[] = {
		{.key = "base/A/backup.info", .text = archive_info(a, "DONE", 1, 2, 2, 100)},
		WAL("1", "02", 105),
		WAL("1", "03", 4000),
		WAL("1", "04", 7000),
	};
	struct catalogue *c = archive(a, objects, ARRAY_LEN(objects));

	cr_expect(reach_of(c).surely == 4000 && reach_of(c).until == 7000);
	c->now = 5000;
	cr_expect(reach_of(c).surely == 4000 && reach_of(c).until == 5000);
	c->now = 3000;
	cr_expect(reach_of(c).surely == 3000 && reach_of(c).until == 3000);
}
