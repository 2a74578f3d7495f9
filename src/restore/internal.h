/* What the files of restore/ have of one another. */
#ifndef RESTORE_INTERNAL_H
#define RESTORE_INTERNAL_H

#include "check/check.h"
#include "cnpg/view.h"
#include "doc/emit.h"
#include "input/bundles.h"
#include "restore/restore.h"

/* Another object that the new Cluster needs in its namespace. */
struct need {
	const char *kind; /* "Secret" */
	struct str name;
};

/* What names the Cluster, and stays with it: of one of these kinds. */
struct dependent {
	const char *kind; /* "Pooler" */
	struct str name, namespace;
	struct dependent *next;
};
#define RESTORE_DEPENDENTS 5
extern const struct kind_api restore_dependents[RESTORE_DEPENDENTS];

struct restore {
	struct arena *arena; /* of what is put out; trees are gone before it */
	const struct restore_input *in;
	const struct check_placed *placed;
	/* The Cluster, as one of its uses. */
	const struct held *held;
	const struct use *use;
	struct view view;	     /* how the inventory looks from there */
	const struct policy *policy; /* of its file; NULL: an error of the report */
	struct archive archive;
	bool by_plugin;	  /* else in-tree */
	struct str store; /* the ObjectStore to which it archives */
	struct str read;  /* the one that is read: the same, or one for reading only */
	struct str server, new_server;
	struct str namespace, as;	   /* of the new Cluster; the namespace may be empty */
	bool in_place;			   /* it is put in the place of the old one */
	bool moves;			   /* into another namespace */
	bool is_new;			   /* nothing lies below new_server */
	struct str unknown;		   /* why it is not known what lies in the bucket */
	const struct catalogue *catalogue; /* NULL: not known */
	struct restore_plan plan;
	struct str mends[4]; /* of the manifest, before it is applied: sentences */
	size_t mends_len;
	struct need *needs; /* what it names, but for ObjectStores that are known */
	size_t needs_len, needs_cap;
	struct dependent *dependents, **last_dependent;
	struct buf unlisted; /* "Poolers, Databases": kinds that may not be listed */
	bool schedules_unlisted;
	struct buf manifest, summary, runbook;
	struct buf schedules; /* for the new Cluster, to be applied once it runs */
	size_t schedules_len;
	struct buf schedule_faults; /* what rules find in them, as comments in YAML */
	struct buf denials;	    /* of the manifest, as a list in Markdown */
	const struct report *report;
	struct restore_output *out;
};

const struct object *restore_cluster(const struct restore *r);
/* "app/db", or "db" where no namespace is named. */
struct str restore_called(const struct restore *r, struct str namespace, struct str name);
/* "apps/db.yaml:3": where the Cluster is written; "the live Cluster". */
struct str restore_place(const struct restore *r);

/* Clusters, ObjectStores and ScheduledBackups of the Cluster's namespace, and of the one where it
 * is restored, and what depends on Clusters there, as a List in JSON. Sets `unlisted`. */
MUST_CHECK bool restore_read_live(struct restore *r, struct str *out, struct err *err);

/* Why PostgreSQL may not get to a moment that is at the edge of what is there. */
const char *restore_at_edge(const struct restore *r);

/* Of what is read: those that name a Cluster of the wanted name. */
void restore_note_dependents(struct restore *r, const struct doc_list *docs);
/* Of the Cluster's namespace, where that is known; the first behind NULL; NULL: no more. */
const struct dependent *restore_next_dependent(const struct restore *r, const struct dependent *d);

/* Finds the Cluster: sets held, use, view and policy. */
MUST_CHECK bool restore_find(struct restore *r, struct err *err);

/* What it archives to, and reads: sets the rest up to `moves`. */
MUST_CHECK bool restore_settle(struct restore *r, struct err *err);
/* Once it is known which servers have folders in the bucket. */
void restore_name_server(struct restore *r, const struct restore_bucket *bucket);
/* What has the configuration of the store that is read; NULL: the ObjectStore is not known. */
const struct object *restore_read_from(const struct restore *r);
/* The ObjectStore of the Cluster's namespace; NULL: it is not known. */
const struct known *restore_store(const struct restore *r, struct str name);

/* Each text at a path, in which "[]" stands for the items of a list: "spec.env[].name". */
void restore_each_text(struct obj root, const char *path, void (*each)(void *ctx, struct str text),
		       void *ctx);
/* Why the plan names a timeline; empty: it names none. */
struct str restore_why_timeline(const struct restore *r);
/* Sets `mends`. */
void restore_list_mends(struct restore *r);
/* Where plan.copied. */
#define RESTORE_COPIED                                                                             \
	"the archive was copied, and when its WAL was written is not known: windows end where a base backup ended, and more may be there"
/* What is not known of the timeline that PostgreSQL takes by itself; empty: nothing. */
struct str restore_why_unread(const struct restore *r);
/* Major versions of PostgreSQL; 0: not known. */
struct majors {
	int64_t image, base;
};
/* The base backup is of another than the Cluster's image. */
bool restore_other_major(const struct restore *r, struct majors *out);
/* Of an older one, and none is known that is of the image's: it was upgraded, and what was written
 * since is in its volumes alone. */
bool restore_is_unsaved(const struct restore *r, struct majors *out);
/* The base backup is of another database system than the live Cluster, which was not upgraded, and
 * none is known that is of its: it was made anew under its name. */
bool restore_is_other_system(const struct restore *r);
/* E_VALUE: it is to be put in the place of one that is unsaved, or of another system. */
MUST_CHECK bool restore_may_take_place(const struct restore *r, struct err *err);
/* Sets `needs`. */
void restore_list_needs(struct restore *r);

/* Where the application's database comes from: initdb, recovery or pg_basebackup of the Cluster;
 * absent when nothing is written. */
struct obj restore_bootstrap(const struct restore *r);

/* The database of the application, and its owner; both may be empty: it has none. */
struct application {
	struct str database, owner;
};
struct application restore_application(const struct restore *r);
/* The Secret with the owner's password, as the new Cluster has it. */
struct str restore_application_secret(const struct restore *r);

/* Within how many hours the new Cluster should be ready, with room for a slow store: of what is to
 * be fetched, or a day where that is not known. */
int64_t restore_patience(const struct restore *r);

/* Its spec says which PostgreSQL it runs. */
bool restore_names_image(const struct restore *r);

/* Of a drill: the Job, as another document; nothing where there is no application's database. */
void restore_write_job(const struct restore *r, struct emit *e);

void restore_write(struct restore *r); /* the manifest */

void restore_write_schedules(struct restore *r);
/* The ScheduledBackups of the old Cluster: see view_next. */
struct view_iter restore_each_schedule(const struct restore *r);

/* Judges what was written by all rules, and tells what they find. E_LIMIT: it cannot be read again.
 */
MUST_CHECK bool restore_judge(struct restore *r, struct err *err);

void restore_tell(struct restore *r); /* the summary, without findings */
void restore_write_runbook(struct restore *r);
/* All that was written and told, as a page; last. */
void restore_write_page(const struct restore *r, struct buf *out);

#endif
