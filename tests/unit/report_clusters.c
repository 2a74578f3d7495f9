/* The table of an audit: at a glance, and on a phone. */
#include "report/writers.h"

#include "base/arena.h"
#include "report/ink.h"

#include <criterion/criterion.h>

#define NOW 1795348800 /* 2026-11-22T12:00:00Z */

/* `stores` NULL: no bucket was asked. */
static struct str table_with(struct arena *a, const struct report_cluster *row, unsigned width,
			     const struct probe *stores)
{
	struct report *r = ARENA_NEW(a, struct report);
	struct buf out = BUF_ARENA(a);

	r->arena = a;
	r->now = NOW;
	r->stores.items = stores;
	report_add_cluster(r, row);
	clusters_text(&out, r, &(struct report_style){.width = width, .table = width});
	return buf_slice(&out);
}

static struct str table(struct arena *a, const struct report_cluster *row, unsigned width)
{
	return table_with(a, row, width, NULL);
}

static void expect(struct str found, const char *wanted)
{
	cr_expect(str_is(found, wanted), "found:\n%.*s\nwanted:\n%s", STR_ARG(found), wanted);
}

Test(report, a_cluster_is_one_line_of_a_table)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct report_cluster row = {.namespace = STR("app"),
					   .name = STR("db"),
					   .store = STR("minio"),
					   .last_backup = NOW - 3 * 86400 - 300,
					   .next_run = NOW + 5400,
					   .wal = WAL_ARCHIVED,
					   .worst = SEV_INFO};

	expect(table(a, &row, 80),
	       "CLUSTER  STORE  LAST BACKUP (UTC)  AGE  NEXT RUN  WAL       VERDICT\n"
	       "app/db   minio  2026-11-19 11:55   3d   in 1h30m  archived  ok\n"
	       "\n");
}

Test(report, where_the_table_does_not_fit_a_cluster_is_a_paragraph)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct report_cluster row = {.namespace = STR("app"),
					   .name = STR("db"),
					   .wal = WAL_NOWHERE,
					   .backups_unknown = true,
					   .schedules_unknown = true,
					   .worst = SEV_DENY};

	expect(table(a, &row, 40), "app/db: ERROR\n"
				   "  STORE              none\n"
				   "  LAST BACKUP (UTC)  unknown\n"
				   "  AGE                -\n"
				   "  NEXT RUN           unknown\n"
				   "  WAL                nowhere\n"
				   "\n");
}

Test(report, where_backups_may_not_be_listed_none_is_not_ok)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct report_cluster row = {.name = STR("db"),
					   .store = STR("minio"),
					   .unbacked = true,
					   .first_run = NOW + 60,
					   .backups_unknown = true,
					   .wal = WAL_ARCHIVED};

	expect(table(a, &row, 100),
	       "CLUSTER  STORE  LAST BACKUP (UTC)  AGE  NEXT RUN  WAL       VERDICT\n"
	       "db       minio  unknown            -    none      archived  unknown\n"
	       "\n");
}

Test(report, a_backup_of_the_future_has_no_age)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct report_cluster row = {
		.name = STR("\033[31mdb"), .last_backup = NOW + 60, .worst = SEV_WARN};
	struct str found = table(a, &row, 100);

	cr_expect(str_contains(found, STR("2026-11-22 12:01   -    none")), "%.*s", STR_ARG(found));
	cr_expect(!str_contains(found, STR("\033")));
}

Test(report, where_buckets_were_asked_the_table_says_to_when_a_cluster_can_be_restored)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct probe asked = {.namespace = STR("app")};
	const struct catalogue catalogue = {.newest = NOW - 60};
	const struct window windows[] = {
		{.from = NOW - 9 * 86400, .reach = {.surely = NOW - 8 * 86400, .why = REACH_GAP}},
		{.from = NOW - 2 * 86400, .reach = {.surely = NOW - 60, .until = NOW - 30}},
	};
	struct probe_server server = {.problem = STR_EMPTY,
				      .catalogue = &catalogue,
				      .windows = windows,
				      .windows_len = 2};
	struct report_cluster row = {.namespace = STR("app"),
				     .name = STR("db"),
				     .store = STR("minio"),
				     .wal = WAL_ARCHIVED,
				     .archive = &server};

#define HEAD                                                                                       \
	"CLUSTER  STORE  LAST BACKUP (UTC)  AGE  NEXT RUN  WAL       RESTORABLE FROM   TO                GAPS  VERDICT\n"
	expect(table_with(a, &row, 140, &asked), HEAD
	       "app/db   minio  never              -    none      archived  2026-11-20 12:00  2026-11-22 11:59  1     ok\n\n");
	server.windows_len = 0;
	expect(table_with(a, &row, 140, &asked),
	       "CLUSTER  STORE  LAST BACKUP (UTC)  AGE  NEXT RUN  WAL       RESTORABLE FROM  TO  GAPS  VERDICT\n"
	       "app/db   minio  never              -    none      archived  never            -   -     ok\n\n");
	row.archive = NULL;
	expect(table_with(a, &row, 40, &asked), "app/db: ok\n"
						"  STORE              minio\n"
						"  LAST BACKUP (UTC)  never\n"
						"  AGE                -\n"
						"  NEXT RUN           none\n"
						"  WAL                archived\n"
						"  RESTORABLE FROM    unknown\n"
						"  TO                 -\n"
						"  GAPS               -\n"
						"\n");
}

Test(report, a_table_without_a_terminal_is_as_wide_as_it_is)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct report_cluster row = {
		.namespace = STR("a-long-name-of-a-namespace-as-they-are"),
		.name = STR("and-a-long-name-of-a-cluster-as-they-are"),
		.store = STR("and-a-long-name-of-a-store-as-they-are"),
		.wal = WAL_ARCHIVED,
	};

	cr_expect(str_has_prefix(table(a, &row, 0), STR("CLUSTER   ")));
	cr_expect(str_has_prefix(table(a, &row, 104), STR("a-long-name")));
}

Test(report, a_narrow_terminal_shows_less_of_a_cluster_before_it_shows_paragraphs)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct report_cluster row = {.namespace = STR("app"),
					   .name = STR("db"),
					   .store = STR("minio"),
					   .last_backup = NOW - 3 * 86400 - 300,
					   .next_run = NOW + 5400,
					   .from = NOW - 30 * 86400,
					   .wal = WAL_ARCHIVED};

	expect(table(a, &row, 85),
	       "CLUSTER  STORE  LAST BACKUP (UTC)  AGE  NEXT RUN  WAL       RESTORABLE FROM   VERDICT\n"
	       "app/db   minio  2026-11-19 11:55   3d   in 1h30m  archived  2026-10-23 12:00  ok\n\n");
	expect(table(a, &row, 84),
	       "CLUSTER  STORE  LAST BACKUP (UTC)  NEXT RUN  WAL       RESTORABLE FROM   VERDICT\n"
	       "app/db   minio  2026-11-19 11:55   in 1h30m  archived  2026-10-23 12:00  ok\n\n");
	expect(table(a, &row, 63),
	       "CLUSTER  LAST BACKUP (UTC)  WAL       RESTORABLE FROM   VERDICT\n"
	       "app/db   2026-11-19 11:55   archived  2026-10-23 12:00  ok\n\n");
	cr_expect(str_has_prefix(table(a, &row, 62), STR("app/db: ok\n  STORE ")));
}

Test(report, a_cluster_without_a_base_backup_is_never_ok)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct window window = {.from = NOW - 86400};
	const struct probe_server server = {.windows = &window, .windows_len = 1};
	struct report_cluster row = {.namespace = STR("app"),
				     .name = STR("db"),
				     .store = STR("minio"),
				     .wal = WAL_ARCHIVED,
				     .unbacked = true,
				     .first_run = NOW + 3600};

#define HEAD_ "CLUSTER  STORE  LAST BACKUP (UTC)  AGE  NEXT RUN  WAL       VERDICT\n"
	expect(table(a, &row, 0), HEAD_
	       "app/db   minio  never              -    none      archived  first backup due in 1h\n\n");
	row.first_run = NOW - 3599;
	expect(table(a, &row, 0), HEAD_
	       "app/db   minio  never              -    none      archived  first backup due now\n\n");
	row.first_run = NOW - 3600;
	expect(table(a, &row, 0), HEAD_
	       "app/db   minio  never              -    none      archived  no backup yet\n\n");
	row.first_run = 0;
	expect(table(a, &row, 0), HEAD_
	       "app/db   minio  never              -    none      archived  no backup yet\n\n");
	row.worst = SEV_WARN;
	expect(table(a, &row, 0),
	       HEAD_ "app/db   minio  never              -    none      archived  warning\n\n");
	row.worst = SEV_INFO;
	row.archive = &server; /* the bucket knows better */
	expect(table(a, &row, 0),
	       HEAD_ "app/db   minio  never              -    none      archived  ok\n\n");
}

Test(report, a_table_in_colours_has_the_columns_of_one_without)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report r = {.arena = a, .now = NOW};
	struct buf out = BUF_ARENA(a);

	report_add_cluster(&r, &(struct report_cluster){.name = STR("db"),
							.store = STR("minio"),
							.wal = WAL_FAILING,
							.worst = SEV_DENY});
	clusters_text(&out, &r, &(struct report_style){.color = true});
	expect(buf_slice(&out),
	       "CLUSTER  STORE  LAST BACKUP (UTC)  AGE  NEXT RUN  WAL      VERDICT\n"
	       "db       minio  never              -    none      " INK_RED "FAILING" INK_PLAIN
	       "  " INK_RED "ERROR" INK_PLAIN "\n\n");
}

Test(report, a_diff_is_red_and_green)
{
	struct buf out CLEANUP(buf) = {0};

	ink_diff(&out, STR("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z"));
	expect(buf_slice(&out), INK_BOLD "--- a" INK_PLAIN "\n" INK_BOLD "+++ b" INK_PLAIN
					 "\n" INK_CYAN "@@ -1 +1 @@" INK_PLAIN "\n" INK_RED
					 "-x" INK_PLAIN "\n" INK_GREEN "+y" INK_PLAIN "\n z");
}
