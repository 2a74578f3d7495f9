#include "base/arena.h"
#include "bucket/backup_info.h"
#include "bucket/name.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(bucket, knows_what_barman_puts_below_a_server)
{
	static const struct {
		const char *key;
		enum object_sort sort;
		const char *suffix;
	} table[] = {
		{"base/20261129T150331/backup.info", OBJECT_BACKUP_INFO, ""},
		{"base/20261129T150331/data.tar.gz", OBJECT_BACKUP_DATA, ""},
		{"base/20261129T150331/data_0001.tar", OBJECT_BACKUP_DATA, ""},
		{"base/stray", OBJECT_FOREIGN, ""},
		{"base//backup.info", OBJECT_FOREIGN, ""},
		{"base/20261129T150331/", OBJECT_FOREIGN, ""},
		{"wals/0000000100000000/000000010000000000000002", OBJECT_SEGMENT, ""},
		{"wals/0000000100000000/000000010000000000000002.gz", OBJECT_SEGMENT, ".gz"},
		{"wals/0000000100000000/000000010000000000000002.bz2", OBJECT_SEGMENT, ".bz2"},
		{"wals/0000000100000000/000000010000000000000002.xz", OBJECT_SEGMENT, ".xz"},
		{"wals/0000000100000000/000000010000000000000002.zst", OBJECT_SEGMENT, ".zst"},
		{"wals/0000000100000000/000000010000000000000002.lz4", OBJECT_SEGMENT, ".lz4"},
		{"wals/0000000100000000/000000010000000000000002.snappy", OBJECT_SEGMENT,
		 ".snappy"},
		{"wals/0000000100000000/000000010000000000000002.rar", OBJECT_FOREIGN, ""},
		{"wals/0000000100000000/000000010000000000000002.partial", OBJECT_PARTIAL, ""},
		{"wals/0000000100000000/000000010000000000000002.partial.gz", OBJECT_PARTIAL,
		 ".gz"},
		{"wals/0000000100000000/000000010000000000000002.00000028.backup",
		 OBJECT_BACKUP_LABEL, ""},
		{"wals/0000000100000000/000000010000000000000002.00000028.backup.zst",
		 OBJECT_BACKUP_LABEL, ".zst"},
		{"wals/0000000100000000/000000010000000000000002.0000028.backup", OBJECT_FOREIGN,
		 ""},
		{"wals/0000000100000001/000000010000000000000002", OBJECT_FOREIGN, ""},
		{"wals/0000000a00000000/0000000a0000000000000002", OBJECT_FOREIGN, ""},
		{"wals/0000000A00000000/0000000A0000000000000002", OBJECT_SEGMENT, ""},
		{"wals/000000010000000000000002", OBJECT_FOREIGN, ""},
		{"wals//00000002.history", OBJECT_FOREIGN, ""},
		{"wals/00000002.history", OBJECT_HISTORY, ""},
		{"wals/00000002.history.gz", OBJECT_HISTORY, ".gz"},
		{"wals/0000000200000000/00000002.history", OBJECT_FOREIGN, ""},
		{"wals/2.history", OBJECT_FOREIGN, ""},
		{"wals/", OBJECT_FOREIGN, ""},
		{"wals", OBJECT_FOREIGN, ""},
		{"", OBJECT_FOREIGN, ""},
		{".backup-guard-probe-1", OBJECT_FOREIGN, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct object_name name = object_name_read(str_from(table[i].key));

		cr_expect_eq(name.sort, table[i].sort, "%s is %d", table[i].key, (int)name.sort);
		if (name.sort >= OBJECT_SEGMENT)
			cr_expect(str_is(name.suffix, table[i].suffix), "%s: %.*s", table[i].key,
				  STR_ARG(name.suffix));
	}
}

Test(bucket, counts_segments_of_every_size)
{
	static const struct {
		uint64_t size;
		uint32_t high, low;
		uint64_t number;
	} table[] = {
		{1u << 20, 0, 0xFFF, 0xFFF},   {1u << 20, 1, 0, 0x1000},
		{16u << 20, 0, 0xFF, 0xFF},    {16u << 20, 1, 0, 0x100},
		{64u << 20, 0x10, 0x3F, 1087}, {64u << 20, 0x11, 0, 1088},
		{1u << 30, 5, 3, 23},	       {1u << 30, 0xFFFFFFFF, 3, 17179869183},
	};
	char text[SEGMENT_NAME];
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct object_name name;
		char key[64];

		cr_assert(segment_number(table[i].high, table[i].low, table[i].size, &number));
		cr_expect_eq(number, table[i].number);
		segment_name(7, number, table[i].size, text);
		snprintf(key, sizeof key, "wals/%.16s/%s", text, text);
		name = object_name_read(str_from(key));
		cr_expect_eq(name.timeline, 7u);
		cr_expect_eq(name.high, table[i].high);
		cr_expect_eq(name.low, table[i].low);
	}
	cr_expect_not(segment_number(0, 0x100, 16u << 20, &number));
	cr_expect_not(segment_number(0, 0x40, 64u << 20, &number));
	cr_expect(segment_size_is(1u << 20) && segment_size_is(1u << 30));
	cr_expect_not(segment_size_is(0) || segment_size_is(1u << 19) ||
		      segment_size_is(UINT64_C(1) << 31) || segment_size_is(3u << 20));
}

/* As barman-cloud-backup 3.20 writes it, in part. */
#define INFO                                                                                       \
	"backup_label='START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\\n'\n"        \
	"backup_name=backup-20261129150000\n"                                                      \
	"begin_time=2026-11-29 15:03:31.541048+00:00\n"                                            \
	"begin_wal=000000010000000000000002\n"                                                     \
	"begin_xlog=0/2000028\n"                                                                   \
	"end_time=2026-11-29 16:03:33+01:00\n"                                                     \
	"end_wal=000000010000000000000003\n"                                                       \
	"end_xlog=0/3000060\n"                                                                     \
	"error=None\n"                                                                             \
	"size=None\n"                                                                              \
	"status=DONE\n"                                                                            \
	"systemid=7713606499394828123\n"                                                           \
	"timeline=1\n"                                                                             \
	"version=150018\n"                                                                         \
	"xlog_segment_size=16777216\n"

Test(bucket, reads_a_position_in_either_case)
{
	static const struct {
		const char *text;
		uint64_t lsn; /* 0: it is none */
	} table[] = {
		{"0/2000100", 0x2000100},
		{"1f/aBcDeF09", UINT64_C(0x1fabcdef09)},
		{"FFFFFFFF/FFFFFFFF", UINT64_MAX},
		{"ffffffff/ffffffff", UINT64_MAX},
		{"0/123456789", 0},
		{"0/g", 0},
		{"0/G", 0},
		{"0/@", 0},
		{"0/`", 0},
		{"0/:", 0},
		{"0/", 0},
		{"/1", 0},
		{"1", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		uint64_t lsn = 0;

		cr_expect_eq(lsn_read(str_from(table[i].text), &lsn), table[i].lsn != 0, "%s",
			     table[i].text);
		cr_expect_eq(lsn, table[i].lsn, "%s", table[i].text);
	}
}

Test(bucket, reads_backup_info)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct backup_info info;
	struct err err;

	cr_assert(backup_info_read(STR(INFO), a, &info, &err), "%s", err.msg);
	cr_expect_eq(info.status, BACKUP_DONE);
	cr_expect(str_is(info.name, "backup-20261129150000"));
	cr_expect(str_is(info.system_id, "7713606499394828123"));
	cr_expect_eq(info.error.len, 0u);
	cr_expect_eq(info.begin, 1795964612, "a begun second is not over: %ld", (long)info.begin);
	cr_expect_eq(info.end, 1795964613, "the zone counts: %ld", (long)info.end);
	cr_expect_eq(info.begin_segment, 2u);
	cr_expect_eq(info.end_segment, 3u);
	cr_expect_eq(info.end_lsn, 0x3000060u);
	cr_expect_eq(info.timeline, 1u);
	cr_expect_eq(info.postgres, 150018u);
	cr_assert(backup_info_read(STR("status=STARTED\nend_time=None\nbegin_wal=None\n"), a, &info,
				   &err));
	cr_expect_eq(info.status, BACKUP_STARTED);
	cr_expect_eq(info.end, 0);
	cr_assert(backup_info_read(STR("status=FAILED\nerror=failure uploading data: x=y\n"), a,
				   &info, &err));
	cr_expect_eq(info.status, BACKUP_FAILED);
	cr_expect(str_is(info.error, "failure uploading data: x=y"));
}

/* INFO with other text in place of a line. */
static struct str with(struct arena *a, const char *line, const char *instead)
{
	struct str text = STR(INFO);
	size_t at = str_find(text, str_from(line));

	cr_assert_neq(at, STR_NONE);
	return arena_fmt(a, "%.*s%s%.*s", (int)at, text.ptr, instead,
			 STR_ARG(str_slice(text, at + str_from(line).len, text.len)));
}

Test(bucket, refuses_a_backup_info_that_it_does_not_understand)
{
	static const struct {
		const char *line, *instead, *says;
	} table[] = {
		{"status=DONE", "status=", "status"},
		{"status=DONE", "status", "\"=\""},
		{"begin_wal=000000010000000000000002", "begin_wal=00000001000000000000000G",
		 "begin_wal"},
		{"begin_wal=000000010000000000000002", "begin_wal=000000010000000000000102",
		 "begin_wal"},
		{"begin_wal=000000010000000000000002", "begin_wal=000000010000000000000004",
		 "end_wal"},
		{"end_wal=000000010000000000000003", "end_wal=000000020000000000000003", "end_wal"},
		{"end_wal=000000010000000000000003", "end_wal=None", "end_wal"},
		{"end_xlog=0/3000060", "end_xlog=3000060", "end_xlog"},
		{"end_xlog=0/3000060", "end_xlog=0/123456789", "end_xlog"},
		{"end_time=2026-11-29 16:03:33+01:00", "end_time=None", "end_time"},
		{"end_time=2026-11-29 16:03:33+01:00", "end_time=2026-11-29 16:03:33", "zone"},
		{"xlog_segment_size=16777216", "xlog_segment_size=16777217", "power of two"},
		{"xlog_segment_size=16777216", "xlog_segment_size=big", "no number"},
		{"version=150018", "version=-1", "no number"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct backup_info info;
		struct err err = {.code = E_OK};

		cr_assert_not(
			backup_info_read(with(a, table[i].line, table[i].instead), a, &info, &err),
			"%s", table[i].instead);
		cr_expect(str_contains(str_from(err.msg), str_from(table[i].says)), "%s: %s",
			  table[i].instead, err.msg);
	}
}

Test(bucket, reads_the_history_of_a_timeline)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct timeline_step *steps;
	struct err err;
	size_t len;

	cr_assert(history_read(STR("# left\r\n1\t0/5000158\tno recovery target specified\n\n"
				   "  3\t1/A0\tbefore 2026-11-29 15:00:00+00\n"),
			       4, a, &steps, &len, &err));
	cr_assert_eq(len, 2u);
	cr_expect_eq(steps[0].timeline, 1u);
	cr_expect_eq(steps[0].end_lsn, 0x5000158u);
	cr_expect_eq(steps[1].timeline, 3u);
	cr_expect_eq(steps[1].end_lsn, UINT64_C(0x1000000A0));
	cr_assert(history_read(STR(""), 2, a, &steps, &len, &err));
	cr_expect_eq(len, 0u);

	static const struct {
		struct str text;
		uint32_t line;
	} bad[] = {
		{STR_INIT("1\t0/5\n1\t0/6\n"), 2},
		{STR_INIT("4\t0/5\n"), 1},
		{STR_INIT("0\t0/5\n"), 1},
		{STR_INIT("1\n"), 1},
		{STR_INIT("1\t05\n"), 1},
		{STR_INIT("x\t0/5\n"), 1},
		{STR_INIT("\n\n2\t0/5\n1\t0/6"), 4},
		{STR_INIT("1\t0/6\n2\t0/5"), 2},
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cr_assert_not(history_read(bad[i].text, 4, a, &steps, &len, &err), "%zu", i);
		cr_expect_eq(err.line, bad[i].line, "%zu: line %u", i, err.line);
	}
}
