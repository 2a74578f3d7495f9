#include "base/limits.h"
#include "bucket_archive.h"

#include <criterion/criterion.h>

/* What is there, and cannot be read. */

static void add(struct catalogue *c, const char *key, int64_t at, bool cold)
{
	struct bucket_object o = {str_from(key), 10, at, cold};
	struct object_name name;
	struct err err;

	cr_assert(catalogue_add(c, &o, &name, &err), "%s", err.msg);
}

#define SEGMENT(timeline, n) "wals/0000000" timeline "00000000/0000000" timeline "00000000000000" n

/* Backup A of segment 2; `data` is cold. */
static struct catalogue *begun(struct arena *a, bool data)
{
	struct catalogue *c = catalogue_new(a);

	add(c, "base/A/backup.info", 100, false);
	catalogue_backup_info(c, STR("A"), archive_info(a, "DONE", 1, 2, 2, 100));
	add(c, "base/A/data.tar", 99, data);
	return c;
}

Test(catalogue_cold, data_of_a_base_backup)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct reach r;

	for (int cold = 0; cold < 2; cold++) {
		struct catalogue *c = begun(a, cold);

		add(c, SEGMENT("1", "02"), 110, false);
		cr_expect_eq(catalogue_reach(c, 1, &c->backups[0], &r), !cold);
	}
}

Test(catalogue_cold, wal_is_not_missing_and_leads_nowhere)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = begun(a, false);
	struct reach r;

	add(c, SEGMENT("1", "02"), 110, false);
	add(c, SEGMENT("1", "03"), 120, false);
	add(c, SEGMENT("1", "04"), 130, true);
	add(c, SEGMENT("1", "05"), 140, true);
	cr_assert(catalogue_reach(c, 1, &c->backups[0], &r));
	cr_expect(r.why == REACH_COLD && r.last == 3 && r.next == 4 && r.until == 120);
	add(c, SEGMENT("1", "06"), 150, false);
	cr_assert(catalogue_reach(c, 1, &c->backups[0], &r));
	cr_expect(r.why == REACH_COLD && r.last == 3 && r.next == 4);
	cr_expect_not(catalogue_is_cold(c, 1, 3));
	cr_expect(catalogue_is_cold(c, 1, 4) && catalogue_is_cold(c, 1, 5));
	cr_expect_not(catalogue_is_cold(c, 1, 6));
	cr_expect_not(catalogue_is_cold(c, 2, 4));
	cr_expect(c->cold_len == 1 && c->segments == 3);
}

Test(catalogue_cold, what_is_missing_before_it_is_missing)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = begun(a, false);
	struct reach r;

	add(c, SEGMENT("1", "02"), 110, false);
	add(c, SEGMENT("1", "04"), 130, true);
	add(c, SEGMENT("1", "05"), 140, false);
	cr_assert(catalogue_reach(c, 1, &c->backups[0], &r));
	cr_expect(r.why == REACH_GAP && r.last == 2 && r.next == 4, "3 is missing");
}

Test(catalogue_cold, of_another_timeline_it_is_of_no_matter)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = begun(a, false);
	struct reach r;

	add(c, SEGMENT("1", "02"), 110, false);
	add(c, SEGMENT("2", "03"), 130, true);
	cr_assert(catalogue_reach(c, 1, &c->backups[0], &r));
	cr_expect_eq(r.why, REACH_NEWEST);
}

Test(catalogue_cold, a_backup_info_is_large_above_the_limit)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct catalogue *c = catalogue_new(a);
	struct object_name name;
	struct err err;

	for (unsigned more = 0; more < 2; more++) {
		struct bucket_object o = {arena_fmt(a, "base/%u/backup.info", more),
					  LIMIT_S3_TEXT_BYTES + more, 100, false};

		cr_assert(catalogue_add(c, &o, &name, &err), "%s", err.msg);
		cr_expect_eq(c->backups[more].large, more);
	}
}
