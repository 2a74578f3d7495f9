/* What the files of check/ have of one another. */
#ifndef CHECK_INTERNAL_H
#define CHECK_INTERNAL_H

#include "check/check.h"
#include "doc/edit.h"
#include "input/bundles.h"

/* "schedule: '0 3 * * *' -> '0 0 3 * * *'"; its tree must still be there. */
void fix_describe(const struct edit *e, struct buf *out);

/* Counted from 1; the second one without the line `to`. */
struct str line_of(struct str text, uint32_t number);
struct str lines_of(struct str text, uint32_t from, uint32_t to);

struct finding;

/* A finding about what a chart makes. `made` of its values: its remedy is one for those, or is said
 * in words. What Helm printed: it stands in the template, as far as its line is found there. No
 * template is ever edited. The text lives in the arena. */
void chart_reword(struct arena *a, bool made, struct finding *f);

/* A text for `kubectl patch`, by which a Cluster gets plugins or a backup: a part of one that has
 * no name yet. `folder`: of its file; may be NULL. */
bool completions_read(const struct folder *folder, struct obj root, struct object *out);
/* When all is read: they are parts of the Clusters of their folder that have neither. */
void completions_name(struct catalog *c);

/* The text of a file of the run. */
MUST_CHECK bool text_read(const struct check_input *in, struct arena *a, struct str path,
			  struct str *out, struct err *err);

/* Of an object with an old one: what the rules of a change find. False: nothing. */
bool change_judge(const struct check_before *before, const struct policy *policy,
		  struct judge_request request, struct arena *scratch, struct verdict *out);

struct folder;
struct policy;
struct report;

/* The chart folders of a run. */
struct charts {
	struct catalog *catalog;
	const struct bundles *bundles;
	struct arena *arena; /* of the documents */
	struct doc_budget *budget;
	struct report *report;
	struct str namespace; /* of what they are rendered for; may be empty */
	void (*take)(void *ctx, struct input_file *chart_yaml, struct obj root);
	void *ctx;
};

/* Renders those that nothing else installs, with the values that they bring, and takes what comes
 * out as the documents of their Chart.yaml. Those that Helm refuses, and those that are none of
 * ours, are left out. */
void charts_take(const struct charts *charts);
/* A template that is not rendered. */
void charts_skip(struct report *report, struct input_file *file);

/* Which policy counts for the objects of a file. `nearest`: the .backup-guard.yaml nearest above
 * it, up to the root of its repository; else, and where there is none, `fallback`. Kept in the
 * report's arena; one that cannot be read is an error of the report. */
struct policies *policies_new(struct report *report, const struct policy *fallback, bool nearest);
void policies_free(struct policies *p);
/* Of an object in this folder (NULL: none), which is counted. NULL: it cannot be read. */
const struct policy *policies_of(struct policies *p, const struct folder *folder);
/* Says in the report which were used, and with several, for how many objects each. */
void policies_tell(const struct policies *p);

struct findings;
struct report_findings;

/* Takes out of `all` what `told` has from `from` on: the object was judged in another bundle
 * before. What stays there has one root more. */
void uses_drop_told(struct report *r, struct findings *all, struct report_findings *told,
		    size_t from, struct str root);
/* What was told from `from` on has this root. */
void uses_note(struct report *r, struct report_findings *told, size_t from, struct str root);

struct probe_options;
struct probes;

/* The stores of a run, whose buckets are asked with the Secrets that were read, else with those of
 * the options. NULL where `b` is: none is asked. */
struct buckets *buckets_new(const struct probe_options *options, const struct inventory *inv,
			    struct report *report);
void buckets_add(struct buckets *b, const struct held *held); /* of all that was placed */
void buckets_ask(struct buckets *b);
const struct probes *buckets_seen_from(struct buckets *b, uint32_t bundle);
bool buckets_alone(const struct buckets *b);

struct check_input;

/* Of an object in a fence not all is shown: `...`, no name. */
bool example_is_part(const struct object *object);
/*
 * A file of documentation. What an object says is judged, by itself; not what it leaves out, nor
 * names that the reader is to fill in. A warning at most in a file that the command line does not
 * name. Other kinds are passed over. Without a policy nothing is judged. `scratch` is reset.
 */
struct examples {
	struct report *report;
	const struct check_input *in;
	const struct policy *policy;
	struct str file;
	struct arena *scratch;
};
void examples_take(const struct examples *e, const struct doc_list *docs);

/* A file in which a document cannot be read: it may hold what is judged, or what says how that is
 * applied. `name` is its own, without folders. */
bool strangers_are_ours(struct str bytes, struct str name);
/* A file of this name lists the fields that a test of chainsaw or kuttl compares: 01-assert.yaml,
 * 01_errors.yaml, 01-error.yaml, 01-assert-ready.yaml, assert-cluster.yaml, cluster-assert.yaml. */
bool strangers_assert(struct str name);
/* patches/db.yaml, db-patch.yaml: the kustomization that lists it may not be there to see. */
bool strangers_patch(struct str path);
/* The object refers to a Secret whose name stands in the text. */
bool strangers_are_named(const struct object *o, struct str text);
/* This document may have provided what ours refer to, or changed it. */
bool strangers_may_provide(struct str text);

#endif
