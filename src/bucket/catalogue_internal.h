/* What the files that make and ask a catalogue have of one another. */
#ifndef BUCKET_CATALOGUE_INTERNAL_H
#define BUCKET_CATALOGUE_INTERNAL_H

#include "bucket/catalogue.h"

/* Of the first timeline that is not before `id`; timelines_len: there is none. */
size_t timeline_index(const struct catalogue *c, uint32_t id);

/* NULL: nothing of it is there. */
const struct timeline *find_timeline(const struct catalogue *c, uint32_t id);

/* The first run of the timeline that does not end before `number`; NULL: none, or `of` is NULL. */
const struct wal_run *run_from(const struct catalogue *c, const struct timeline *of,
			       uint64_t number);

/* PostgreSQL can be told to take it, or takes it by itself from that backup, and can read how it
 * began. */
bool timeline_is_followed(const struct catalogue *c, const struct timeline *t,
			  const struct backup *b);

#endif
