/* The program `helm`, of the PATH: what `helm template` prints. It asks nobody but the disk. */
#ifndef INPUT_HELM_H
#define INPUT_HELM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct helm_run {
	const char *chart;	    /* its folder, absolute */
	struct str name, namespace; /* of the release; empty: what Helm takes by itself */
	const struct str *more;	    /* arguments, such as --values FILE */
	size_t more_len;
	struct str values;	 /* YAML, which holds above all of those files; empty: none */
	const struct str *later; /* arguments behind it, such as files that hold above it */
	size_t later_len;
};

/* Its stdout, in the arena, of at most LIMIT_HELM_BYTES within LIMIT_HELM_SECONDS. Errors have no
 * place: E_IO when the program is not there, E_VALUE with its own words when it fails. */
MUST_CHECK bool helm_template(struct arena *a, const struct helm_run *run, struct str *out,
			      struct err *err);

#endif
