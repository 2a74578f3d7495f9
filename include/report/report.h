/*
 * What a run over many objects found, and how it is told. The collector copies what it needs of
 * each verdict into its own arena, so that the arena of a file can be reset when the file is done.
 *
 * A format is one row and one function into a buffer. Nothing here reads a file, knows a terminal
 * or prints.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "bucket/probe.h"
#include "engine/engine.h"
#include "report/excerpt.h"

/* The roots in which the object has it, where it is an object of several; see report_add_use. */
struct report_uses {
	struct str *roots;
	size_t len, cap;
	struct str effect, fix; /* of the finding, as the first has them */
	bool differ;		/* another one has another fix */
};

struct report_finding {
	struct finding finding; /* all of its text lives in the report's arena */
	struct str file;
	struct str api_version, kind, namespace, name; /* of the object */
	struct str context; /* its cluster, of an audit of several; else empty */
	struct str origin;  /* the file that the object was rendered from; empty: none known, or
			       `file` */
	struct report_uses uses;
	size_t object; /* its index in report.objects, when those are kept */
	struct excerpt source;
	/* Which it is of those with the same fingerprint, from 1: see report/fingerprint.h. */
	uint32_t nth;
};

/* One that was judged, whatever was found; kept for formats that list them. */
struct report_object {
	struct str file, kind, namespace, name, context;
};

struct report_error {
	struct str file;
	uint32_t line, column; /* 0: none */
	struct str message;
	struct excerpt source;
};

/* What was left out: not judged, and no error. */
struct report_skipped {
	struct str file, why;
	uint32_t line; /* 0: none */
};

/* An object that the policy's spec.exempt takes out as a whole. */
struct report_exempt {
	struct str file, kind, namespace, name, context, by;
	size_t object; /* as in report_finding */
};

struct report_findings {
	struct report_finding *items;
	size_t len, cap;
};

struct framework;
struct framework_cluster;

struct report_counts {
	size_t files, objects, other_kinds;
	size_t helm_templates, kustomize_patches; /* skipped */
	size_t asserts;				  /* files of tests: skipped */
	size_t strangers; /* files, none of ours, with a document that cannot be read: skipped */
	size_t by_severity[SEV_DENY + 1];
	size_t dropped;	       /* beyond LIMIT_FINDINGS of one rule and object */
	size_t secrets_unread; /* of an audit: named by a store, not to be read */
};

enum { REPORT_BACK = 30, REPORT_AHEAD = 14 };

/* One Cluster of an audit, at a glance. */
enum report_wal {
	WAL_UNKNOWN, /* it does not say */
	WAL_ARCHIVED,
	WAL_FAILING,
	WAL_NOWHERE, /* there is no archive */
};
/* A base backup, in the past or to come. */
enum report_run_how { RUN_DONE, RUN_FAILED, RUN_PLANNED };
struct report_run {
	int64_t at; /* seconds, UTC */
	enum report_run_how how;
};
struct report_cluster {
	struct str namespace, name, context;
	struct str store;    /* its ObjectStore, or "in-tree"; empty: none */
	int64_t last_backup; /* completed, seconds, UTC; 0: none */
	int64_t next_run;    /* of an active schedule; 0: none */
	int64_t from;	     /* the first recoverability point, by its status; 0: not known */
	/* It has an archive, should have a base backup there, and has none yet - or, with
	 * backups_unknown, none that is known. */
	bool unbacked;
	int64_t first_run; /* of an unbacked one's schedules, since they are there; 0: none */
	bool backups_unknown, schedules_unknown; /* they could not be listed */
	enum report_wal wal;
	enum severity worst;	       /* of the findings about it, its schedules and its store */
	const struct report_run *runs; /* from REPORT_BACK days ago to REPORT_AHEAD from now */
	size_t runs_len;
	int64_t retention;		    /* seconds; 0: none */
	const struct probe_server *archive; /* of its own; NULL: nobody asked, or it is not known */
};

struct report {
	struct arena *arena;
	struct str version, profile; /* profile: the base of the policy */
	struct str here;	     /* the current folder, absolute; may be empty */
	struct str policy;	     /* what was used, for people: "profile generic" */
	struct report_findings findings, exempted;
	/* What the baseline held already: neither shown nor counted by severity. */
	struct report_findings baselined;
	struct str baseline; /* its file, for people; empty: none */
	/* Paths that were not in the revision that is the baseline: nothing of them is compared. */
	const struct str *uncompared;
	size_t uncompared_len;
	size_t repaired;   /* entries of it that were looked for and not found */
	bool quiet;	   /* silent when there are no findings */
	bool keep_objects; /* fill `objects` */
	struct {
		struct report_object *items;
		size_t len, cap;
	} objects;
	struct {
		struct report_exempt *items;
		size_t len, cap;
	} exempt_objects;
	struct {
		struct report_cluster *items;
		size_t len, cap;
		bool from, context;	   /* some have one */
	} clusters;			   /* of an audit */
	struct probes stores;		   /* what buckets said; `items` NULL: none was asked */
	const struct framework *framework; /* NULL: none; see report/framework.h */
	struct framework_clusters {
		struct framework_cluster *first, *last;
		bool judged;
	} framed;
	struct str where;   /* of an audit: "context kind"; empty: files */
	struct str context; /* of an audit of one cluster; empty: of several, or in a Pod */
	int64_t now;	    /* of an audit */
	struct {
		struct report_error *items;
		size_t len, cap;
	} errors;
	struct {
		struct report_skipped *items;
		size_t len, cap;
	} skipped;
	struct report_counts count;
};

/* Files and objects are counted by the caller in `count`, the rest here. `file` must live as long
 * as the report. A finding whose place is in a document of another name (doc_set_name), such as a
 * patch, is of that file. */
void report_add_verdict(struct report *r, struct str file, const struct object *o,
			const struct verdict *v);
/* The same finding of the same object in one more of its roots, with this fix. With two it is said:
 * "used by 2: apps/blog, apps/shop" behind what happens because of it. Copies both. */
void report_add_use(struct report *r, struct report_finding *f, struct str root, struct str fix);
/* `line` is the text of the line in which the error stands; may be empty. Copies all. */
void report_add_error(struct report *r, struct str file, const struct err *e, struct str line);
/* For report_list_skipped; who calls it counts it. Copies both. */
void report_skip(struct report *r, struct str file, uint32_t line, const char *why);
/* Copies the row. */
void report_add_cluster(struct report *r, const struct report_cluster *row);
/* Adds what a report of the same arena found in the cluster of `context`. What buckets said and
 * what a baseline covers is not in it. */
void report_merge(struct report *r, const struct report *from, struct str context);
/* Puts findings and errors in their order: file, line, column, rule id. Before any format. */
void report_sort(struct report *r);

/* Moves the findings that `covers` to `baselined`. After report_sort. */
void report_lower(struct report *r, bool (*covers)(void *ctx, const struct report_finding *f),
		  void *ctx);
/* Forgets findings below `severity` (SEV_OFF: all); the counts stay. Nothing left is told by
 * silence in the formats for people. */
void report_quieten(struct report *r, enum severity severity);

/* One finding of `severity` or above. SEV_OFF asks nothing and is never there. */
bool report_reaches(const struct report *r, enum severity severity);

enum report_group { GROUP_NONE, GROUP_RULE, GROUP_NAMESPACE, GROUP_CLUSTER };

/* How text tells findings. */
struct report_layout {
	int group;   /* enum report_group: below a headline each, a line a finding */
	bool counts; /* the headlines alone, by rule if not otherwise */
	size_t most; /* of one rule, in full; 0: all */
};

struct report_style {
	struct report_layout layout;
	bool color;
	bool terminal;	/* whose width is known: what is to be written is wrapped too */
	unsigned width; /* columns in which text is laid out */
	unsigned table; /* of the terminal, for tables; 0: there is none, and any width will do */
	enum severity least; /* of what text shows; below it is only counted */
	const char *program; /* as the user calls it, for hints */
};

/* What monitoring makes of a report; the numbers are its exit codes. Nothing that was looked at is
 * unknown. A Cluster whose first backup was not made in time is a warning. */
enum report_state { MONITOR_OK, MONITOR_WARNING, MONITOR_CRITICAL, MONITOR_UNKNOWN };
enum report_state report_state(const struct report *r);

struct report_format {
	const char *name;
	const char *extension; /* of its file, when several formats are written */
	void (*write)(struct buf *out, const struct report *r, const struct report_style *style);
	bool layout;  /* for people: errors are shown in the same shape */
	bool objects; /* lists what is in order too: needs keep_objects */
	bool state;   /* the exit code is report_state, for monitoring */
};

extern const struct report_format report_formats[];
extern const size_t report_formats_len;
extern const char *const report_format_names[]; /* ends with NULL */

const struct report_format *report_format_find(struct str name); /* NULL when unknown */

/* What was left out, and why: one a line, in order. */
void report_list_skipped(struct buf *out, const struct report *r);

/* The errors alone, for stderr: in the shape of text, or one a line as in compact. */
void report_errors(struct buf *out, const struct report *r, const struct report_style *style,
		   bool layout);

#endif
