#include "restore_archive.h"

#include "base/utc.h"

#include <criterion/criterion.h>

static void add(struct catalogue *c, struct arena *a, struct str key, int64_t at)
{
	struct object_name name;
	struct err err;

	cr_assert(catalogue_add(c, &(struct bucket_object){arena_str(a, key), 10, at, false}, &name,
				&err),
		  "%s", err.msg);
}

static struct str info_of(struct arena *a, const struct backup_row *b)
{
	char began[UTC_TEXT], ended[UTC_TEXT];

	return arena_fmt(
		a,
		"status=%s\nbegin_wal=%08X00000000%08X\nend_wal=%08X00000000%08X\nend_xlog=0/%02X000100\n"
		"begin_time=%s\nend_time=%s\nsystemid=%s\n",
		b->status ? b->status : "DONE", b->timeline, b->begin, b->timeline, b->end, b->end,
		utc_format(b->began, began), utc_format(b->ended, ended),
		b->system ? b->system : "71");
}

static void add_wal(struct catalogue *c, struct arena *a, unsigned timeline, const int64_t *at)
{
	for (unsigned n = 0; n < SEGMENTS; n++)
		if (at[n])
			add(c, a,
			    arena_fmt(a, "wals/%08X00000000/%08X00000000%08X", timeline, timeline,
				      n),
			    at[n]);
}

struct catalogue *restore_archive_make(struct arena *a, const struct archive_row *row)
{
	struct catalogue *c = catalogue_new(a);

	for (const struct backup_row *b = row->backups; b->id; b++) {
		add(c, a, arena_fmt(a, "base/%s/backup.info", b->id),
		    row->copied ? row->copied : b->ended);
		catalogue_backup_info(c, str_from(b->id), info_of(a, b));
		add(c, a, arena_fmt(a, "base/%s/data.tar", b->id), b->ended);
	}
	add_wal(c, a, 1, row->first);
	if (row->left) {
		unsigned id = row->id ? row->id : 2;

		add(c, a, arena_fmt(a, "wals/%08X.history", id), row->second[row->left]);
		if (!row->history || *row->history)
			catalogue_history(c, id,
					  row->history ? str_from(row->history)
						       : arena_fmt(a, "1\t0/%02X000000\tpromoted\n",
								   row->left));
		add_wal(c, a, id, row->second);
	}
	return c;
}

struct restore_plan restore_archive_plan(struct arena *a, const struct archive_row *row,
					 enum restore_goal goal, int64_t time)
{
	struct restore_plan p;
	struct err err;

	cr_assert(restore_plan(a, restore_archive_make(a, row), &(struct restore_wish){goal, time},
			       &p, &err),
		  "%s", err.msg);
	cr_assert(p.known);
	return p;
}

const char *restore_archive_refused(struct arena *a, const struct archive_row *row,
				    enum restore_goal goal, int64_t time)
{
	struct restore_plan p;
	struct err err;

	cr_assert_not(restore_plan(a, restore_archive_make(a, row),
				   &(struct restore_wish){goal, time}, &p, &err));
	return arena_cstr(a, str_from(err.msg));
}

struct asked {
	struct arena *arena;
	const struct archive_row *row;
	size_t times;
};

static void look(void *ctx, const struct restore_archive *archive, struct restore_bucket *out)
{
	static const struct str servers[] = {{"db-v2", 5}, {"db-v4", 5}};
	struct asked *asked = ctx;

	asked->times++;
	cr_expect(str_is(archive->server, "db-v2"));
	cr_expect(str_is(archive->of->namespace, "shop"));
	cr_expect(str_is(archive->of->name, "archive-read"));
	*out = (struct restore_bucket){.catalogue = restore_archive_make(asked->arena, asked->row),
				       .servers = servers,
				       .servers_len = 2};
}

struct restore_output restore_archive_run(struct arena *a, const struct archive_row *row,
					  struct restore_wish wish)
{
	static const struct str path = {"tests/restore/plugin.yaml", 25};
	struct report report = {.arena = a};
	struct asked asked = {a, row, 0};
	struct restore_output out;
	struct policy *policy;
	struct err err;

	cr_assert(policy_from_profile(STR("generic"), &policy, &err));
	cr_assert(restore_run(&(struct restore_input){.policy = policy,
						      .paths = &path,
						      .paths_len = 1,
						      .cluster = STR("db"),
						      .wish = wish,
						      .now = UTC_DAY,
						      .look = look,
						      .ctx = &asked},
			      &report, &out, &err),
		  "%s", err.msg);
	cr_expect_eq(asked.times, 1u);
	policy_drop(policy);
	return out;
}
