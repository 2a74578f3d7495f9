/* Which timelines there are, and which of them PostgreSQL takes. */
#include "catalogue_internal.h"

#include "base/limits.h"

size_t timeline_index(const struct catalogue *c, uint32_t id)
{
	size_t low = 0, high = c->timelines_len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->timelines[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct timeline *find_timeline(const struct catalogue *c, uint32_t id)
{
	size_t at = timeline_index(c, id);

	return at < c->timelines_len && c->timelines[at].id == id ? &c->timelines[at] : NULL;
}

const struct wal_run *run_from(const struct catalogue *c, const struct timeline *of,
			       uint64_t number)
{
	size_t low = 0, high = c->runs_len;
	uint32_t timeline = of ? of->id : 0; /* there is no timeline 0 */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct wal_run *run = &c->runs[middle];

		if (run->timeline < timeline || (run->timeline == timeline && run->last < number))
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->runs_len && c->runs[low].timeline == timeline ? &c->runs[low] : NULL;
}

bool catalogue_is_cold(const struct catalogue *c, uint32_t timeline, uint64_t number)
{
	for (size_t i = 0; i < c->cold_len; i++)
		if (c->cold[i].timeline == timeline && c->cold[i].first <= number &&
		    number <= c->cold[i].last)
			return true;
	return false;
}

bool backup_is_taken(const struct backup *b)
{
	return b->known && (b->info.status == BACKUP_DONE || (b->info.begin && b->info.end));
}

#define NUMBERS_A_MAJOR 10000 /* of server_version_num: 170005 is PostgreSQL 17.5 */

int64_t backup_major(const struct backup *b)
{
	return (int64_t)(b->info.postgres / NUMBERS_A_MAJOR);
}

bool catalogue_has_system(const struct catalogue *c, struct str id)
{
	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (b->known && b->info.status == BACKUP_DONE && str_eq(b->info.system_id, id))
			return true;
	}
	return false;
}

const struct backup *catalogue_newest_backup(const struct catalogue *c)
{
	const struct backup *newest = NULL;

	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (b->known && b->info.status == BACKUP_DONE && b->has_data &&
		    (!newest || b->info.end >= newest->info.end))
			newest = b;
	}
	return newest;
}

bool catalogue_is_copied(const struct catalogue *c)
{
	const struct backup *newest = catalogue_newest_backup(c);

	return newest && newest->stored - newest->info.end > LIMIT_STORED_SECONDS;
}

/* It has a history, and is the next behind another one that is there. */
static bool is_next(const struct catalogue *c, size_t at)
{
	return at && at < c->timelines_len && c->timelines[at].has_history &&
	       c->timelines[at - 1].id + 1 == c->timelines[at].id;
}

const struct timeline *catalogue_followed(const struct catalogue *c, const struct backup *b)
{
	size_t at = timeline_index(c, b->info.timeline);

	BUG_IF(at == c->timelines_len || c->timelines[at].id != b->info.timeline);
	while (is_next(c, at + 1))
		at++;
	return &c->timelines[at];
}

bool timeline_is_followed(const struct catalogue *c, const struct timeline *t,
			  const struct backup *b)
{
	return !t->wrong && (t->id == 1 || t->has_history || catalogue_followed(c, b) == t);
}

/* There is WAL of it. */
static bool is_written(const struct catalogue *c, const struct timeline *t)
{
	if (run_from(c, t, 0))
		return true;
	for (size_t i = 0; i < c->partials_len; i++)
		if (c->partials[i].timeline == t->id)
			return true;
	return false;
}

bool catalogue_is_lived(const struct catalogue *c, const struct timeline *t)
{
	if (is_written(c, t))
		return true;
	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (b->known && b->info.status == BACKUP_DONE && catalogue_followed(c, b) == t)
			return true;
	}
	return false;
}
