/*
 * Manifests through the engine into a report, in two passes: every file is read, and what it holds
 * for us becomes known; then each object is judged beside all the others of its bundle.
 *
 * Two arenas. The documents of a file that holds one of our objects, or a provider of a Secret,
 * stay until the end; any other file is gone when it is done. What judging an object needs is gone
 * when that is done, and the findings are copied out.
 *
 * Counted, never judged and never an error: documents of other kinds and YAML that is not
 * Kubernetes; templates of Helm charts; patches that a kustomization names (what they make is
 * judged), or that delete; what cannot be read and is none of ours. A document that cannot be read
 * silences itself alone. Of what looks like another patch, and of what it completes, only what is
 * there is judged (struct object, part).
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "doc/doc.h"
#include "input/kustomization.h"
#include "report/report.h"

struct probe_options;
struct schema;

struct check_text {
	struct str path, bytes;
	struct doc_list docs; /* read from `bytes` */
	bool whole;	      /* every document could be read */
	bool outside;	      /* of all paths, behind a link: not to be changed */
	bool kept;	      /* something of it is judged or known */
};

/*
 * Somebody who goes along with a run, to change what is read (--fix): is asked for the text of each
 * file, and told what it holds and what is found in it.
 */
struct check_listener {
	/* As file_read, of each file; the text may be another than what is there. NULL: it is not.
	 */
	bool (*read)(void *ctx, struct arena *a, struct str path, struct str *out, struct err *err);
	/* What is read beside all that is there: `read` knows the texts. */
	const struct str *added;
	size_t added_len;
	/* Of kustomizations. */
	struct kustomization_texts kustomizations;
	/* What it points to lives until `judged` when it is kept, and else while this runs. */
	void (*parsed)(void *ctx, const struct check_text *text);
	/* Of each object, and each bundle that it is in. `alone`: it is in no other, so what the
	 * others in this one say is certain. */
	void (*take)(void *ctx, const struct verdict *v, bool alone);
	/* All were judged; the trees are still there. NULL: nobody is told. */
	void (*judged)(void *ctx);
	void *ctx;
};

/* Is told how far a run is; often, so it must cost little. */
struct check_progress {
	void (*tell)(void *ctx, size_t files, size_t judged, const struct report_counts *count);
	void *ctx;
};

struct bundles;
struct catalog;
struct input_file;
struct policies;

/* What was read, as it is applied. */
struct check_placed {
	const struct catalog *catalog; /* the objects of each file, with their uses */
	const struct bundles *bundles;
	const struct inventory *inventory; /* of all of them */
	bool whole;			   /* all policies say that the input is */
	struct policies *policies;	   /* for check_policy */
};

/* Somebody for whom is read as for a run: is told once what would be judged, and nothing is. */
struct check_reader {
	void (*placed)(void *ctx, const struct check_placed *placed); /* NULL: nobody */
	/* Of each object in the fences of Markdown, before that; its document goes when it returns.
	 * NULL: they are judged. */
	void (*example)(void *ctx, const struct object *object);
	void *ctx;
};

/* Somebody who knows what objects were before, for the rules of a change (check/before.h). */
struct check_before {
	/* NULL: there was none, or any of several may be meant. */
	const struct object *(*find)(void *ctx, const struct object *o);
	void *ctx;
};

/* The policy of what stands in a file. NULL: it cannot be read, which is an error in the report. */
const struct policy *check_policy(const struct check_placed *placed, const struct input_file *file);

/* It is that Secret, as far as namespaces are known, and all of it is there: nothing is decrypted
 * or filled in later. What is decoded meanwhile lives in the arena. */
bool check_is_secret(const struct object *o, struct str namespace, struct str name,
		     struct arena *a);

struct check_input {
	const struct policy *policy;
	bool nearest_policy;	 /* a .backup-guard.yaml above a file comes before `policy` */
	const struct str *paths; /* files, folders, "-" */
	size_t paths_len;
	struct str text;	   /* what "-" is; `ptr` NULL: standard input */
	const struct str *exclude; /* globs, see input/files.h */
	size_t exclude_len;
	bool markdown; /* what stands in the fences of Markdown is applied, as what other files hold
			*/
	bool helm;     /* chart folders are rendered by `helm template` (input/charts.h) */
	struct str namespace; /* of documents without one; empty: see input/bundles.h */
	int64_t now;
	const struct schema *schema; /* of the CRDs of what runs (check_crds); NULL: the built-in */
	const struct check_listener *listener; /* NULL: none */
	struct check_reader reader;
	struct check_before before;	/* `find` NULL: nothing is known of it */
	struct check_progress progress; /* `tell` NULL: nobody asks */
	/* Buckets are asked, too, with the Secrets that are read, else those of the options. NULL:
	 * none is. */
	const struct probe_options *stores;
};

/* The CRDs in a file, or in the files of a folder, that are of kinds of ours: it lives as long as
 * the arena. Fails when one cannot be read, and when there is none. */
MUST_CHECK bool check_crds(struct arena *a, struct str path, const struct schema **out,
			   struct err *err);

/* What cannot be read is an error in the report. */
void check_run(const struct check_input *in, struct report *out);

/* The text breaks YAML because of Go's {{ }} outside quotes, comments and block scalars, on
 * `last_line` or above: a Helm chart's template, wherever it lies. Or it is one of ytt. */
bool check_is_template(struct str text, uint32_t last_line);

#endif
