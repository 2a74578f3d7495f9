#include "bucket_archive.h"

#include "base/utc.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct archive_object *)a)->key,
		      ((const struct archive_object *)b)->key);
}

/* Of a backup that is done, where the test writes down none. */
static void add_data(struct catalogue *c, struct arena *a, struct str id, const char *next,
		     struct str info)
{
	struct bucket_object o = {arena_fmt(a, "base/%.*s/data.tar", STR_ARG(id)), 10, 0, false};
	struct object_name name;
	struct err err;

	catalogue_backup_info(c, id, info);
	if (str_has_prefix(info, STR("status=DONE\n")) && strncmp(next, o.key.ptr, o.key.len) != 0)
		cr_assert(catalogue_add(c, &o, &name, &err), "%s", err.msg);
}

struct catalogue *archive_make(struct arena *a, struct archive_object *objects, size_t len)
{
	struct catalogue *c = catalogue_new(a);
	struct object_name name;
	struct err err;

	qsort(objects, len, sizeof *objects, by_key);
	for (size_t i = 0; i < len; i++) {
		struct bucket_object o = {str_from(objects[i].key), 10, objects[i].modified, false};

		cr_assert(catalogue_add(c, &o, &name, &err), "%s", err.msg);
		if (name.sort == OBJECT_BACKUP_INFO)
			add_data(c, a, name.backup, i + 1 < len ? objects[i + 1].key : "",
				 objects[i].text);
		if (name.sort == OBJECT_HISTORY && objects[i].text.len)
			catalogue_history(c, name.timeline, objects[i].text);
	}
	return c;
}

struct str archive_info(struct arena *a, const char *status, uint32_t timeline, unsigned begin,
			unsigned end, int64_t ended)
{
	char time[UTC_TEXT];

	return arena_fmt(
		a,
		"status=%s\nbegin_wal=%08X00000000%08X\nend_wal=%08X00000000%08X\nend_xlog=0/%02X000100\n"
		"end_time=%s\nsystemid=71\n",
		status, timeline, begin, timeline, end, end, utc_format(ended, time));
}
