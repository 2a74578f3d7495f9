/*
 * Manifests through the engine into a report. One arena a file, reset when the file is done; what
 * is found is copied out, so that memory grows with findings and names of files only.
 *
 * Counted, never judged and never an error: documents of other kinds and YAML that is not
 * Kubernetes; templates of Helm charts; kustomize patches (base and patch alone say nothing about
 * what kustomize makes of them).
 */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "report/report.h"

struct check_input {
	const struct policy *policy;
	const struct str *paths; /* files, folders, "-" */
	size_t paths_len;
	struct str namespace; /* of documents without one; empty: from the kustomization above */
	int64_t now;
};

/* What cannot be read is an error in the report. */
void check_run(const struct check_input *in, struct report *out);

/* The text breaks YAML because of Go's {{ }} outside quotes, comments and block scalars, on
 * `last_line` or above: a Helm chart's template, wherever it lies. */
bool check_is_template(struct str text, uint32_t last_line);

#endif
