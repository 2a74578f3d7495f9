/* The parts of a framework's table. */
#ifndef REPORT_FRAMEWORK_INTERNAL_H
#define REPORT_FRAMEWORK_INTERNAL_H

#include "report/framework.h"

enum framework_is { IS_NOT_KNOWN, IS_MET, IS_NOT_MET };

struct framework_fact {
	const char *met, *not, *unknown; /* `not` NULL: it is never so */
};
extern const struct framework_fact framework_facts[FACTS];

struct framework_verdict {
	enum framework_is is;
	struct str why; /* may be empty */
};
struct framework_object {
	struct str namespace, name; /* no name: there is none */
};
struct framework_cluster {
	struct str namespace, name, context;
	struct framework_object store;
	const struct framework_object *schedules;
	size_t schedules_len;
	enum framework_is facts[FACTS];
	const struct framework_verdict *verdicts; /* of each control, once it is judged */
	bool snapshots;				  /* a schedule asks for those of volumes */
	bool again;				  /* another one of this name speaks for it */
	struct framework_found *found;		  /* what rules say of it */
	struct framework_cluster *next;
};

/* "met", "not met", "not known" */
extern const char *const framework_words[];

/* Adds what was looked at in a cluster of this context. */
void framework_merge(struct report *r, const struct report *from, struct str context);

/* A table of the controls, and one of the Clusters; or lines. Nothing where no framework is asked
 * for, or nothing was judged by it. */
void framework_html(struct buf *out, const struct report *r);
void framework_text(struct buf *out, const struct report *r);

#endif
