/*
 * The archive of one server, looked at with few requests and little memory: what lies below base/,
 * each backup.info, what lies below wals/, and each history. A listing costs a request for each
 * 1,000 objects, and nothing of it is kept but what a catalogue keeps.
 */
#ifndef BUCKET_SURVEY_H
#define BUCKET_SURVEY_H

#include "bucket/probe.h"

/* Where it lies: os.path.join of the path and the server name, as Barman has it, and a slash. */
struct str server_folder(struct str path, struct str server, struct arena *a);

/* Fills in all but the name. `read` is what GetObject said, of the newest backup.info; it is left
 * where there was nothing to read. Nothing is NULL; all lives in the arena. */
struct survey_order {
	struct s3 *s3;
	struct str folder;
	struct store_clock clock;
};
void survey_server(const struct survey_order *o, struct arena *a, struct probe_server *out,
		   struct probe_answer *read);

#endif
