#include "restore_archive.h"

#include <criterion/criterion.h>
#include <string.h>

/* A promotion, and nothing of timeline 1 behind it. */
static const struct archive_row failed_over = {
	.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL}},
	.first = {0, 110, 200},
	.second = {[3] = 250, [4] = 260},
	.left = 3,
};

/* A database system that began anew at timeline 1, in the folder of one that was at 3. */
Test(restore_unread, of_two_systems_the_latest_is_of_the_one_that_was_backed_up_last)
{
	static const struct archive_row row = {
		.backups = {{"A", 3, 2, 2, 90, 100, NULL, NULL},
			    {"B", 1, 6, 6, 790, 800, NULL, "72"}},
		.first = {[6] = 810, [7] = 900, [8] = 1000},
		.second = {[2] = 110, [3] = 200, [4] = 300, [5] = 400},
		.left = 1,
		.id = 3,
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);

	cr_expect(str_is(p.base->id, "B") && p.timeline == 1 && !p.name_timeline);
	cr_expect_eq(catalogue_timeline(restore_archive_make(a, &row)), 1u);
	p = restore_archive_plan(a, &row, RESTORE_TIME, 250);
	cr_expect(str_is(p.base->id, "A") && p.timeline == 3, "it is there all the same");
}

/* The primary of before went on, and was backed up. */
Test(restore_unread, a_backup_of_a_branch_that_was_left_is_no_hole)
{
	static const struct archive_row row = {
		.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL},
			    {"B", 1, 4, 4, 490, 500, NULL, NULL}},
		.first = {0, 110, 200, 310, 510},
		.second = {[3] = 250, [4] = 360, [5] = 600},
		.left = 3,
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);

	cr_expect_eq(p.target.goal, RESTORE_LATEST);
	cr_expect(str_is(p.base->id, "A") && p.timeline == 2);
	cr_expect(p.name_base && !p.name_timeline, "CloudNativePG takes B");
	struct restore_output out =
		restore_archive_run(a, &row, (struct restore_wish){RESTORE_LATEST, 0});
	cr_expect(str_contains(out.manifest, STR("      recoveryTarget:\n"
						 "        backupID: A\n"
						 "        targetTLI: latest\n")),
		  "%.*s", STR_ARG(out.manifest));
	cr_expect_lt(out.worst_new, SEV_WARN);
}

/* Its history is there, and was not read: where it began is not known. */
Test(restore_unread, a_timeline_that_was_not_read_is_left_to_postgres)
{
	struct archive_row row = failed_over;
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p;

	row.history = "";
	p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);
	cr_expect_eq(p.target.goal, RESTORE_LATEST);
	cr_expect(str_is(p.base->id, "A") && !p.name_base && !p.name_timeline && p.beyond);
	cr_expect_eq(p.unread->id, 2u);
	cr_expect_eq(p.segments, 4u, "from 1 to 4, on whatever path");
	p = restore_archive_plan(a, &row, RESTORE_TIME, 255);
	cr_expect(!p.name_timeline && p.beyond && !p.at_edge);
	p = restore_archive_plan(a, &row, RESTORE_TIME, 150);
	cr_expect(p.timeline == 1 && p.name_timeline && p.unread && !p.beyond);
	cr_expect(strstr(restore_archive_refused(a, &row, RESTORE_TIME, 261),
			 "no WAL that is there leads to "));

	struct restore_output out =
		restore_archive_run(a, &row, (struct restore_wish){RESTORE_LATEST, 0});
	cr_expect_not(str_contains(out.manifest, STR("recoveryTarget")));
	cr_expect(
		str_contains(
			out.summary,
			STR("\ntimeline 2 could not be read (its history was not read), so which moments of it can be restored is not known: no timeline is named, ")),
		"%.*s", STR_ARG(out.summary));
	cr_expect(str_contains(out.runbook, STR("\n\nBe careful: timeline 2 could not be read ")));
	row.first[4] = 700; /* the old primary wrote on */
	row.first[3] = 600;
	p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);
	cr_expect(p.beyond);
}

/* All LastModified are of the copy: of WAL nobody knows when it was written. */
Test(restore_unread, of_a_copy_the_ends_of_base_backups_are_sure)
{
	static const struct archive_row row = {
		.backups = {{"A", 1, 1, 1, 90, 100, NULL, NULL},
			    {"B", 1, 3, 3, 290, 300, NULL, NULL},
			    {"C", 1, 8, 8, 790, 800, NULL, NULL}},
		.first = {0, 9000, 9000, 9000, 9001, 9001, 0, 0, 9001, 9002},
		.copied = 9000,
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct restore_plan p = restore_archive_plan(a, &row, RESTORE_LATEST, 0);

	cr_expect_eq(p.target.goal, RESTORE_LATEST, "all WAL is wanted, whenever it was written");
	cr_assert_eq(p.windows_len, 2u);
	cr_expect(p.windows[0].from == 100 && p.windows[0].reach.until == 300);
	cr_expect_eq(p.windows[0].reach.surely, 300);
	cr_expect(p.windows[1].from == 800 && p.windows[1].reach.until == 800);
	cr_expect(str_contains(
		restore_archive_run(a, &row, (struct restore_wish){RESTORE_TIME, 200}).summary,
		STR("\nthe archive was copied, and when its WAL was written is not known: ")));
	cr_expect_str_eq(
		restore_archive_refused(a, &row, RESTORE_TIME, 400),
		"the archive was copied, and when its WAL was written is not known: that it leads to 1970-01-01T00:06:40Z is not sure. The last moment before it that is sure, the end of a base backup, is 1970-01-01T00:05:00Z; --to latest restores all there is");
}

Test(restore_unread, a_base_backup_that_could_not_be_read_is_named)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct archive_row row = {
		.backups = {{"A", 1, 1, 1, 90, 100, "", NULL}},
		.first = {0, 110, 200},
	};

	cr_expect_str_eq(
		restore_archive_refused(a, &row, RESTORE_LATEST, 0),
		"no base backup that could be read can be restored, and base backup A could not be read: backup.info: status is missing");
}
