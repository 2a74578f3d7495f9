/* What the files of migrate/ have of one another. */
#ifndef MIGRATE_INTERNAL_H
#define MIGRATE_INTERNAL_H

#include "check/check.h"
#include "doc/edit.h"
#include "input/bundles.h"
#include "input/kustomization.h"
#include "migrate/migrate.h"

/* YAML in a string of a file. */
struct inner {
	struct obj inside;
	struct doc_list docs;
	struct inner *next;
};

/* A file, as it was read in the pass at hand. */
struct text {
	struct str path;
	struct str original;	  /* as it is; `ptr` NULL: not read yet */
	bool created;		  /* it is yet to be made, and empty until then */
	const struct text *lists; /* of such a one for patches: their kustomization; or NULL */
	struct str bytes;
	struct doc_list docs; /* of these bytes */
	struct inner *inner;  /* in them, as far as it was asked for */
	bool again;	      /* they were read once more, and stay */
	bool whole, outside;  /* as in struct check_text */
	bool sealed;	      /* by SOPS, whose checksum is of all of it */
	uint32_t metrics;     /* the first line that names one of the in-tree archive; 0: none */
	const char *ungiven;  /* a kustomization of it was not given, and what to do; or NULL */
	struct str new;	      /* as it is to be; `ptr` NULL: as it is */
	bool complete;	      /* the stores are in that, too */
};

/* What wrote a value that is applied, in the file as it is read. */
struct written {
	struct text *text;
	struct obj root, parent, at; /* the document, the map or list around it, and itself */
	struct obj inside;	     /* the string of the file that holds the document, or none */
	const struct doc_list *embedded; /* all that this holds */
};

/* A new ObjectStore. */
struct store {
	struct str name;
	struct str document;	  /* lines that end with \n */
	struct obj configuration; /* the in-tree one; of the pass that plans */
	struct text *text;	  /* gets it */
	const struct text *like;  /* what it is taken from, whose lines end as its own do */
	struct store *next;
};

/* Of one migration, in one file. */
struct text_edits {
	struct text *text;
	struct edit *edits;
	struct text_edits *next;
};

/* What one migration changes in one file. */
struct part {
	struct migration *of;
	struct text *text;
	struct edit_group group;
	bool lists; /* a kustomization, that gets a new file */
};

/* A ScheduledBackup in a list of its kind, of which nothing else is known. */
struct stray {
	struct str called, namespace, cluster;
};

/* Of one Cluster, known by its file and its place there, through all passes. */
struct migration {
	struct str file;
	size_t nth; /* among the Clusters of the file */
	uint32_t line;
	struct str name;
	struct str called;  /* "app/db" */
	struct str refused; /* why it is left alone; empty: it is not */
	/* of the pass that plans */
	const struct held *held;
	struct written at;	  /* what is at hand: the Cluster, a patch of it, values */
	struct obj backup;	  /* the spec.backup that is written, or a value for it */
	struct obj operation;	  /* of a JSON patch, that writes it; or none */
	struct text *stored;	  /* gets the stores of what is at hand */
	struct text_edits *edits; /* by their texts */
	struct store *stores;
	struct buf places;   /* where everything lies, for comparing: a line a use and an archive */
	struct str unplaced; /* why that is not all; empty: it is */
	struct buf told;     /* lines */
	bool verified;	     /* it was read again, and all lies where it lay */
	bool patched;	     /* patches write its archive */
	struct buf writers;  /* struct written: these, each its barmanObjectStore */
	struct buf leaves;   /* struct written: patches that change parts of it */
	struct str writer;   /* the file in which its archive is written */
	bool checksums;	     /* its stores get the variables about them */
	bool asked;	     /* check asks for those */
	bool together;	     /* no new file holds its stores: one was tried */
	struct migration *next;
};

struct migrate {
	struct arena *arena; /* of all passes */
	const struct migrate_input *in;
	void *texts; /* a tsearch tree of struct text, by path */
	struct migration *first, **last;
	/* of the pass at hand */
	struct buf strays; /* struct stray */
	size_t lists;	   /* of Clusters, which are not migrated */
	struct buf values; /* lines: of the chart `cluster`, of which the method is not known */
	bool again;	   /* more is known of what is to be written */
	const struct check_placed *placed;
	struct buf parts; /* struct part */
};

/* The file of this path; a new one when there is none. */
struct text *texts_find(struct migrate *m, struct str path);
/* A variable that is filled in alike wherever it stands in the file, ${BUCKET}. */
bool texts_fill_in(struct str value);
/* One of them is encrypted by SOPS. */
bool texts_sealed(const struct doc_list *docs);
/* Why nothing can be written in it; NULL: it can. */
const char *texts_closed(const struct text *text);
/* Notes what is asked of a text that was read for the first time. */
void texts_note(struct text *text);
/* Each that names a metric of the in-tree archive, as a line. */
void texts_tell_metrics(const struct migrate *m, struct buf *out);
/* Which kustomizations of the files of the catalog are not among them. */
void texts_ungiven(struct migrate *m);
/* The file with its text, once in a pass. NULL: it is none that was given. */
struct text *texts_open(struct migrate *m, struct str path);
/* By the place of the value. False: it stands in no file that was read, or in no lines of its own.
 */
bool texts_written(struct migrate *m, struct obj applied, struct written *out);
void texts_forget(struct migrate *m); /* what all of them were to be */
void texts_free(struct migrate *m);   /* before the arena */

/* NULL: there is none. */
struct migration *migration_find(const struct migrate *m, struct str file, size_t nth);
/* Of what the catalog holds; a new one of a Cluster that is seen for the first time. */
struct migration *migration_of(struct migrate *m, const struct held *held, size_t nth);
/* The first reason counts. */
void migration_refuse(struct migrate *m, struct migration *of, const char *fmt, ...) PRINTF(3, 4);
/* A line of what is told of it. */
void migration_tell(struct migration *of, const char *fmt, ...) PRINTF(2, 3);
/* Refuses it unless the values at `path` are those of the file in all its uses. */
void migration_need_written(struct migrate *m, struct migration *of, const struct held *held,
			    const char *path);
/* It is applied as it is written, but for variables. */
bool migration_is_written(struct obj here, struct obj applied);
/* Adds to the list; `lines` (empty: none) are the block of the edit. False: they cannot be read. */
MUST_CHECK bool migration_edit(struct migrate *m, struct edit **list, struct edit edit,
			       struct str lines);
/* The same of what is at hand. It is refused when it cannot be read. */
MUST_CHECK bool migration_edit_here(struct migrate *m, struct migration *of, struct edit edit,
				    struct str lines);
/* All of them become parts. */
void migration_commit(struct migrate *m, struct migration *of);
struct part *migration_parts(const struct migrate *m, size_t *len);
/* Adds the edits of one file to the parts. */
void migration_change(struct migrate *m, struct migration *of, struct text *text,
		      struct edit *edits);

/* Of all that is placed: fills the parts, and what the migrations have of this pass. */
void plan_all(struct migrate *m);
void plan_cluster(struct migrate *m, struct migration *of);
/* As it is written, or in one of its uses. */
bool cluster_is_in_tree(const struct held *held);
/* It has nothing that the plugin cannot do. */
bool cluster_is_sound(struct migrate *m, struct migration *of);
/* Of a Cluster that the chart `cluster` makes of values, as this release has them. */
void plan_chart(struct migrate *m, struct migration *of, const struct held *release);
/* All that this version of a chart, or range of them (">=0.3.0 <0.8.0", "~0.7"), may be is older
 * than 0.MINOR.0. */
bool versions_are_below(struct str constraint, int64_t minor);
/* Whether patches write the archive, each all of it for some uses: then they are the writers, and
 * the first is at hand. */
bool patches_find(struct migrate *m, struct migration *of);
void patches_take(struct migration *of, size_t nth); /* this one is at hand */
size_t patches_len(const struct migration *of);
/* Whether the archive is written in the Cluster but for parts that patches change; they are added,
 * struct written, and become patches of its first store. */
bool leaves_find(struct migrate *m, struct migration *of, struct buf *out);
MUST_CHECK bool leaves_change(struct migrate *m, struct migration *of, const struct buf *leaves);
/* A kustomization among the files; NULL: this is none. */
const struct kustomization *beside_kustomization(const struct input_file *file);
/* The file that gets the stores, and where it is listed. False: it is refused. */
bool stored_find(struct migrate *m, struct migration *of);
enum method {
	METHOD_OTHER, /* the plugin's, a snapshot's */
	METHOD_IN_TREE,
	METHOD_UNKNOWN, /* filled in later */
};

/* Of a ScheduledBackup or Backup. */
enum method method_of(struct obj root);
/* The ScheduledBackups and Backups of all Clusters. */
void plan_schedules(struct migrate *m);
/* The strays of a document. */
void schedules_note(struct migrate *m, struct str file, struct obj root);
size_t migrations_refused(const struct migrate *m);

/* The ObjectStore for this configuration; a new one, called after `name`, unless the Cluster has it
 * already. `retention` may be absent. `whole`: the backup around it goes, so the comments above the
 * two come along. NULL: refused. */
struct store *store_for(struct migrate *m, struct migration *of, struct obj configuration,
			struct str name, struct obj retention, bool whole);

/* Barman reads this variable of its environment, in-tree that of spec.env. */
bool store_reads(struct str variable);
/* The configurations are the same but for the server name, which is none of an ObjectStore. */
bool store_takes(struct obj from, struct obj into);

/* The lines from..to of the text, moved from one indentation to another; ends are \n. */
struct str lines_moved(struct arena *a, struct str text, struct pos lines, size_t from, size_t to);
struct str lines_line(struct str text, uint32_t number); /* without its end */
bool lines_is_comment(struct str line);
/* The line of the first comment right above the member that begins where it begins; else its own.
 */
uint32_t lines_above(struct str text, struct obj member);
/* The comment behind the key of this member, with the blanks in front; or nothing. */
struct str lines_comment(struct str text, struct obj member);
/* One stands in the lines of this member, or what may be one. */
bool lines_has_comment(struct str text, struct obj member);
/* An alias stands for its value, which has the place of its anchor, in front of the key. */
bool lines_is_alias(struct obj member);
/* That behind the value of this member; may be absent. */
struct str lines_comment_behind(struct str text, struct obj member);

/* Adds the members of a configuration but for the server name, which is written in these lines of
 * the text: as they are, or where an alias stands for one that has no comment by its value. False:
 * not all are written in lines of their own. */
MUST_CHECK bool members_write(struct arena *a, struct str text, struct obj map, struct pos lines,
			      size_t to, struct buf *out);

/* Makes the new texts. */
void apply_all(struct migrate *m);

/* What was planned, as it is read again: refuses what does not lie where it lay, and what moves
 * that of another Cluster. */
void verify_all(struct migrate *m);
/* And of what is denied now or said to be missing, and was not before, unless it is to be planned
 * again with that; a Backup stays as it is. */
void verify_findings(struct migrate *m, const struct report *before, const struct report *after);
/* Refuses what makes something unreadable, as kustomize would refuse to build it. */
void verify_errors(struct migrate *m, const struct report *before, const struct report *after);
/* Adds the location of each archive and source of the Cluster, in all uses, as far as the first
 * that is not known; returns why it is not, or nothing. */
struct str places_of(const struct migrate *m, const struct held *held, struct buf *out);

void tell_all(const struct migrate *m, const struct report *report, const struct migrate_output *o,
	      struct buf *out);

#endif
