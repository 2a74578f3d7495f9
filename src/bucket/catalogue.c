#include "bucket/catalogue.h"

#include "catalogue_internal.h"

#include "base/limits.h"
#include "base/utc.h"

#include <inttypes.h>
#include <string.h>

struct building {
	struct catalogue made; /* first: what the caller has */
	struct arena *arena;
	struct str last_key;
	char last_key_text[LIMIT_KEY_BYTES];
	bool wals_begun;
};

static struct building *building_of(struct catalogue *c)
{
	return (struct building *)c;
}

/* Room for one more behind `len` items. */
static void *with_room(struct arena *a, void *items, size_t len, size_t size)
{
	void *grown;

	if (len & (len - 1) || (len && len < 8))
		return items;
	grown = arena_alloc(a, (len ? len * 2 : 8) * size);
	if (items)
		memcpy(grown, items, len * size);
	return grown;
}

struct catalogue *catalogue_new(struct arena *a)
{
	struct building *b = ARENA_NEW(a, struct building);

	b->arena = a;
	b->made.segment_size = SEGMENT_SIZE;
	return &b->made;
}

/* NULL: there are too many others. */
static struct bucket_day *day_of(struct catalogue *c, int64_t modified)
{
	int64_t day = modified / UTC_DAY - (modified % UTC_DAY < 0);
	size_t at = 0, high = c->days_len;

	while (at < high) {
		size_t middle = at + (high - at) / 2;

		if (c->days[middle].day < day)
			at = middle + 1;
		else
			high = middle;
	}
	if (at < c->days_len && c->days[at].day == day)
		return &c->days[at];
	if (c->days_len == LIMIT_BUCKET_DAYS)
		return NULL;
	c->days = with_room(building_of(c)->arena, c->days, c->days_len, sizeof *c->days);
	memmove(c->days + at + 1, c->days + at, (c->days_len - at) * sizeof *c->days);
	c->days[at] = (struct bucket_day){.day = day};
	c->days_len++;
	return &c->days[at];
}

static void count_day(struct catalogue *c, const struct bucket_object *o, bool is_wal)
{
	struct bucket_day *day = day_of(c, o->modified);

	if (day)
		*(is_wal ? &day->wal_bytes : &day->backup_bytes) += o->size;
}

static struct backup *find_backup(struct catalogue *c, struct str id)
{
	for (size_t i = c->backups_len; i-- > 0;)
		if (str_eq(c->backups[i].id, id))
			return &c->backups[i];
	return NULL;
}

static void add_backup_object(struct catalogue *c, const struct bucket_object *o,
			      const struct object_name *name)
{
	struct arena *a = building_of(c)->arena;
	struct backup *b = c->backups_len ? &c->backups[c->backups_len - 1] : NULL;

	if (!b || !str_eq(b->id, name->backup)) { /* keys are in order: none of those before */
		c->backups = with_room(a, c->backups, c->backups_len, sizeof *c->backups);
		b = &c->backups[c->backups_len++];
		*b = (struct backup){.id = arena_str(a, name->backup),
				     .problem = STR("it has no backup.info")};
	}
	if (name->sort == OBJECT_BACKUP_INFO) {
		b->has_info = true;
		b->large = o->size > LIMIT_S3_TEXT_BYTES;
		b->stored = o->modified;
	}
	b->cold |= o->cold;
	b->has_data |=
		o->size && name->sort == OBJECT_BACKUP_DATA && str_contains(o->key, STR(".tar"));
	b->bytes += o->size;
	if (b->newest < o->modified)
		b->newest = o->modified;
	count_day(c, o, false);
}

static struct timeline *timeline_of(struct catalogue *c, uint32_t id)
{
	size_t at = timeline_index(c, id);

	if (at < c->timelines_len && c->timelines[at].id == id)
		return &c->timelines[at];
	c->timelines = with_room(building_of(c)->arena, c->timelines, c->timelines_len,
				 sizeof *c->timelines);
	memmove(c->timelines + at + 1, c->timelines + at,
		(c->timelines_len - at) * sizeof *c->timelines);
	c->timelines[at] = (struct timeline){.id = id, .known = true};
	c->timelines_len++;
	return &c->timelines[at];
}

/* What is below base/ is complete: what it says holds for the WAL. A backup that failed early says
 * the default, whatever the server has. */
static void begin_wals(struct catalogue *c)
{
	building_of(c)->wals_begun = true;
	for (size_t i = 0; i < c->backups_len; i++)
		if (c->backups[i].known && c->backups[i].info.status == BACKUP_DONE)
			c->segment_size = c->backups[i].info.segment_size;
}

/* When there are too many of them each second one goes. */
static void add_mark(struct arena *a, struct wal_run *run, uint64_t number, int64_t modified)
{
	size_t kept = 0;

	if (number % run->stride)
		return;
	if (run->marks_len == LIMIT_WAL_MARKS) {
		run->stride *= 2;
		for (size_t i = 0; i < run->marks_len; i++)
			if (run->marks[i].number % run->stride == 0)
				run->marks[kept++] = run->marks[i];
		run->marks_len = kept;
		if (number % run->stride)
			return;
	}
	run->marks = with_room(a, run->marks, run->marks_len, sizeof *run->marks);
	run->marks[run->marks_len++] = (struct wal_mark){number, modified};
}

/* `last` came before it. */
static void note_pause(struct wal_run *run, int64_t last, int64_t modified)
{
	if (modified - last <= LIMIT_ARCHIVER_PAUSE)
		return;
	run->pause_from = last;
	run->pause_to = modified;
}

static void add_to_run(struct wal_run *run, uint64_t number, int64_t modified)
{
	note_pause(run, run->last_at, modified);
	run->before_last = run->last_at;
	run->last_at = modified;
	run->last = number;
	if (run->oldest > modified)
		run->oldest = modified;
}

static void add_cold(struct catalogue *c, uint32_t timeline, uint64_t number)
{
	struct wal_cold *last = c->cold_len ? &c->cold[c->cold_len - 1] : NULL;

	if (last && last->timeline == timeline &&
	    (last->last == number || last->last + 1 == number)) {
		last->last = number;
		return;
	}
	c->cold = with_room(building_of(c)->arena, c->cold, c->cold_len, sizeof *c->cold);
	c->cold[c->cold_len++] = (struct wal_cold){timeline, number, number};
	(void)timeline_of(c, timeline);
}

static void add_segment(struct catalogue *c, const struct bucket_object *o,
			const struct object_name *name)
{
	struct arena *a = building_of(c)->arena;
	struct wal_run *run = c->runs_len ? &c->runs[c->runs_len - 1] : NULL;
	uint64_t number;
	bool same = run && run->timeline == name->timeline;

	if (!segment_number(name->high, name->low, c->segment_size, &number)) {
		c->foreign++;
		return;
	}
	if (o->cold) {
		add_cold(c, name->timeline, number);
		count_day(c, o, true);
		return;
	}
	if (same && run->last == number) {
		if (!c->twice++)
			c->twice_example = arena_str(a, o->key);
	} else if (same && run->last + 1 == number) {
		add_to_run(run, number, o->modified);
		add_mark(a, run, number, o->modified);
		c->segments++;
	} else {
		struct wal_run before = same ? *run : (struct wal_run){.last_at = o->modified};

		c->runs = with_room(a, c->runs, c->runs_len, sizeof *c->runs);
		run = &c->runs[c->runs_len++];
		*run = (struct wal_run){.timeline = name->timeline,
					.first = number,
					.last = number,
					.oldest = o->modified,
					.last_at = o->modified,
					.before_last = o->modified,
					.pause_from = before.pause_from,
					.pause_to = before.pause_to,
					.stride = 1};
		note_pause(run, before.last_at, o->modified);
		add_mark(a, run, number, o->modified);
		(void)timeline_of(c, name->timeline);
		c->segments++;
	}
	run->bytes += o->size;
	count_day(c, o, true);
	if (c->newest <= o->modified) {
		c->newest = o->modified;
		segment_name(name->timeline, number, c->segment_size, c->newest_name);
	}
}

static void add_partial(struct catalogue *c, const struct bucket_object *o,
			const struct object_name *name)
{
	struct arena *a = building_of(c)->arena;
	struct wal_partial partial = {.timeline = name->timeline, .stored = o->modified};

	if (o->cold || !segment_number(name->high, name->low, c->segment_size, &partial.number))
		return;
	c->partials = with_room(a, c->partials, c->partials_len, sizeof *c->partials);
	c->partials[c->partials_len++] = partial;
	(void)timeline_of(c, name->timeline);
}

bool catalogue_add(struct catalogue *c, const struct bucket_object *o, struct object_name *name,
		   struct err *err)
{
	struct building *b = building_of(c);

	if (o->key.len > sizeof b->last_key_text)
		return err_set(err, E_LIMIT, "a key of more than %u bytes", LIMIT_KEY_BYTES);
	if (b->last_key.ptr && str_cmp(b->last_key, o->key) >= 0)
		return err_set(
			err, E_VALUE,
			"the store does not list in the order of keys: \"%.*s\" comes behind \"%.*s\"",
			STR_ARG(o->key), STR_ARG(b->last_key));
	if (o->key.len)
		memcpy(b->last_key_text, o->key.ptr, o->key.len);
	b->last_key = (struct str){b->last_key_text, o->key.len};
	*name = object_name_read(o->key);
	if (!b->wals_begun && str_has_prefix(o->key, STR("wals/")))
		begin_wals(c);
	switch (name->sort) {
	case OBJECT_BACKUP_INFO:
	case OBJECT_BACKUP_DATA:
		add_backup_object(c, o, name);
		break;
	case OBJECT_SEGMENT:
		if (o->size)
			add_segment(c, o, name);
		else /* an upload that was cut off: nothing can be restored by it */
			c->foreign++;
		break;
	case OBJECT_HISTORY:
		timeline_of(c, name->timeline)->has_history = true;
		timeline_of(c, name->timeline)->begun = o->modified;
		catalogue_history_unread(c, name->timeline, STR("its history was not read"));
		break;
	case OBJECT_FOREIGN:
		c->foreign++;
		break;
	case OBJECT_PARTIAL:
		add_partial(c, o, name);
		break;
	case OBJECT_BACKUP_LABEL:
		break;
	}
	return true;
}

/* Two ids are enough to say that there is more than one. */
static void note_system(struct catalogue *c, struct str id)
{
	for (size_t i = 0; id.len && i < ARRAY_LEN(c->systems); i++) {
		if (!c->systems[i].len)
			c->systems[i] = id;
		if (str_eq(c->systems[i], id))
			return;
	}
}

void catalogue_backup_unread(struct catalogue *c, struct str id, struct str problem)
{
	struct backup *b = find_backup(c, id);

	BUG_IF(!b);
	b->known = false;
	b->problem = arena_str(building_of(c)->arena, problem);
}

void catalogue_backup_info(struct catalogue *c, struct str id, struct str text)
{
	struct arena *a = building_of(c)->arena;
	struct backup *b = find_backup(c, id);
	struct err err;

	BUG_IF(!b || building_of(c)->wals_begun);
	b->known = backup_info_read(text, a, &b->info, &err);
	b->wrong = !b->known;
	if (b->known && b->info.status == BACKUP_DONE)
		(void)timeline_of(c, b->info.timeline);
	if (b->known)
		note_system(c, b->info.system_id);
	else
		b->problem =
			err.line ? arena_fmt(a, "backup.info:%" PRIu32 ": %s", err.line, err.msg)
				 : arena_fmt(a, "backup.info: %s", err.msg);
}

void catalogue_history_unread(struct catalogue *c, uint32_t timeline, struct str problem)
{
	struct timeline *t = timeline_of(c, timeline);

	t->known = false;
	t->problem = arena_str(building_of(c)->arena, problem);
}

void catalogue_history(struct catalogue *c, uint32_t timeline, struct str text)
{
	struct arena *a = building_of(c)->arena;
	struct timeline *t = timeline_of(c, timeline);
	struct err err;

	t->known = history_read(text, timeline, a, &t->steps, &t->steps_len, &err);
	t->wrong = !t->known;
	if (t->wrong) {
		t->steps_len = 0;
		t->problem = arena_fmt(a, "line %" PRIu32 ": %s", err.line, err.msg);
	}
}
