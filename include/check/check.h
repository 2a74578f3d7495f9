/*
 * Manifests through the engine into a report, in two passes: every file is read, and what it holds
 * for us becomes known; then each object is judged beside all the others of its bundle.
 *
 * Two arenas. The documents of a file that holds one of our objects, or a provider of a Secret,
 * stay until the end; any other file is gone when it is done. What judging an object needs is gone
 * when that is done, and the findings are copied out.
 *
 * Counted, never judged and never an error: documents of other kinds and YAML that is not
 * Kubernetes; templates of Helm charts; kustomize patches that delete. Of other patches, and of
 * what they complete, only what is there is judged (struct object, part).
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "report/report.h"

struct fix;

struct check_input {
	const struct policy *policy;
	const struct str *paths; /* files, folders, "-" */
	size_t paths_len;
	struct str namespace; /* of documents without one; empty: see input/bundles.h */
	int64_t now;
	struct fix *fix; /* of --fix, else NULL */
};

/* What cannot be read is an error in the report. */
void check_run(const struct check_input *in, struct report *out);

/* The text breaks YAML because of Go's {{ }} outside quotes, comments and block scalars, on
 * `last_line` or above: a Helm chart's template, wherever it lies. */
bool check_is_template(struct str text, uint32_t last_line);

#endif
