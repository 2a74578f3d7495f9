#include "bucket/backup_info.h"

#include "base/utc.h"
#include "bucket/name.h"

#include <inttypes.h>

/* What stands in the text; an empty one is not there. */
struct fields {
	struct str status, backup_name, error, systemid, begin_time, end_time, timeline, begin_wal,
		end_wal, end_xlog, version, xlog_segment_size;
};

#define FIELD(name)                                                                                \
	{                                                                                          \
		STR_INIT(#name), offsetof(struct fields, name)                                     \
	}

static const struct {
	struct str key;
	size_t offset;
} FIELDS[] = {
	FIELD(status),	   FIELD(backup_name), FIELD(error),	FIELD(systemid),
	FIELD(begin_time), FIELD(end_time),    FIELD(timeline), FIELD(begin_wal),
	FIELD(end_wal),	   FIELD(end_xlog),    FIELD(version),	FIELD(xlog_segment_size),
};

static bool read_lines(struct str text, struct fields *out, struct err *err)
{
	struct str rest = text, line;

	for (uint32_t n = 1; str_split(&rest, '\n', &line); n++) {
		size_t equals = str_find_byte(line, '=');
		struct str key, value;

		if (!str_trim(line).len)
			continue;
		if (equals == STR_NONE)
			return err_at(err, E_SYNTAX, n, 1, "a line without \"=\"");
		key = str_trim(str_slice(line, 0, equals));
		value = str_trim(str_slice(line, equals + 1, line.len));
		for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++)
			if (str_eq(FIELDS[i].key, key) && !str_is(value, "None"))
				*(struct str *)((char *)out + FIELDS[i].offset) = value;
	}
	return true;
}

/* "2026-11-29 15:03:31.541048+00:00", as Python's isoformat has it with a blank. What it ends in is
 * not over before the next whole second. */
static bool read_time(struct str value, struct arena *a, int64_t *out)
{
	struct str text = arena_str(a, value);
	size_t blank = str_find_byte(text, ' ');

	*out = 0;
	if (!text.len)
		return true;
	if (blank != STR_NONE)
		((char *)(uintptr_t)text.ptr)[blank] = 'T';
	if (!utc_parse(text, out))
		return false;
	*out += str_find_byte(text, '.') != STR_NONE;
	return true;
}

static bool read_status(struct str value, enum backup_status *out)
{
	if (str_is(value, "DONE"))
		*out = BACKUP_DONE;
	else if (str_is(value, "FAILED"))
		*out = BACKUP_FAILED;
	else
		*out = BACKUP_STARTED;
	return value.len;
}

static bool read_number(struct str value, uint64_t *out)
{
	int64_t number = 0;

	*out = 0;
	if (value.len && (!str_to_i64(value, &number) || number < 0))
		return false;
	*out = (uint64_t)number;
	return true;
}

static bool read_segment(struct str value, uint64_t segment_size, uint32_t *timeline, uint64_t *out)
{
	uint32_t high, low;

	return value.len == SEGMENT_NAME - 1 && hex_read(str_slice(value, 0, 8), timeline) &&
	       hex_read(str_slice(value, 8, 16), &high) &&
	       hex_read(str_slice(value, 16, 24), &low) &&
	       segment_number(high, low, segment_size, out);
}

/* What a backup that is done must say to be restored from. */
static bool read_range(const struct fields *f, struct backup_info *out, struct err *err)
{
	uint32_t first, last;

	if (!read_segment(f->begin_wal, out->segment_size, &first, &out->begin_segment))
		return err_set(err, E_VALUE, "begin_wal is no segment");
	if (!read_segment(f->end_wal, out->segment_size, &last, &out->end_segment) ||
	    last != first || out->end_segment < out->begin_segment)
		return err_set(err, E_VALUE, "end_wal is no segment behind begin_wal");
	if (!lsn_read(f->end_xlog, &out->end_lsn))
		return err_set(err, E_VALUE, "end_xlog is no place in the WAL");
	if (!out->end)
		return err_set(err, E_VALUE, "end_time is missing");
	out->timeline = first;
	return true;
}

bool backup_info_read(struct str text, struct arena *a, struct backup_info *out, struct err *err)
{
	struct fields f = {.status = STR_EMPTY};

	*out = (struct backup_info){.status = BACKUP_STARTED};
	if (!read_lines(text, &f, err))
		return false;
	if (!read_status(f.status, &out->status))
		return err_set(err, E_VALUE, "status is missing");
	if (!read_time(f.begin_time, a, &out->begin) || !read_time(f.end_time, a, &out->end))
		return err_set(err, E_VALUE, "begin_time or end_time is no time with a zone");
	if (!read_number(f.xlog_segment_size, &out->segment_size) ||
	    !read_number(f.version, &out->postgres))
		return err_set(err, E_VALUE, "xlog_segment_size or version is no number");
	if (!out->segment_size)
		out->segment_size = SEGMENT_SIZE;
	if (!segment_size_is(out->segment_size))
		return err_set(err, E_VALUE,
			       "xlog_segment_size is %" PRIu64
			       ", no power of two from 1 MiB to 1 GiB",
			       out->segment_size);
	out->name = arena_str(a, f.backup_name);
	out->error = arena_str(a, f.error);
	out->system_id = arena_str(a, f.systemid);
	return out->status != BACKUP_DONE || read_range(&f, out, err);
}
