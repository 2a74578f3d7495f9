/*
 * What a rule found. Text lives in the arena of the request or file.
 */
#ifndef RULES_FINDING_H
#define RULES_FINDING_H

#include "doc/obj.h"

struct edit;
struct rule;

enum severity { SEV_OFF, SEV_INFO, SEV_WARN, SEV_DENY };

/* What a rule needs, and so what it may do where writes are judged (see engine/engine.h). */
enum scope {
	SCOPE_OBJECT,	 /* the object alone */
	SCOPE_REFERENCE, /* that a referent exists */
	SCOPE_BUNDLE,	 /* other objects of the namespace or the cluster */
	SCOPE_USERS,	 /* the objects that refer to it, which are often written after it: in files
			    and audits only */
	SCOPE_CHANGE,	 /* the old object: UPDATE only */
	SCOPE_DELETE,	 /* the other objects: DELETE only */
	SCOPE_LIVE,	 /* its status and its Backups in a live cluster: audits only */
	SCOPE_BUCKET,	 /* what its bucket says: never where a write is judged */
	SCOPE_MANIFEST,	 /* the text of a file: an API server has pruned and defaulted already */
};

const char *scope_name(enum scope s); /* "object" "reference" ... */

extern const char *const severity_names[];  /* in the order of the enum; ends with NULL */
const char *severity_name(enum severity s); /* "off" "info" "warn" "deny" */

struct finding {
	const struct rule *rule;
	enum severity severity;	  /* after policy, scope, ratchet and mode */
	enum scope scope;	  /* of the rule, or wider: see finding_scope */
	struct str path;	  /* spec.plugins[0].name */
	struct str message;	  /* what is wrong */
	struct str effect;	  /* what happens because of it; may be empty */
	struct str fix;		  /* what to write; may be empty */
	struct str subject;	  /* with rule and path: the fingerprint */
	struct pos pos;		  /* line 0: none */
	const struct doc *source; /* in which `pos` is: that of the object, or of a patch; NULL: no
				     place, or the documents are gone */
	struct str written; /* the key at `pos`, where it is no field of the object: "value" of a
			       JSON  patch, the name of a variable; else empty */
	struct str removed; /* the key that a patch takes away at `pos`, of what is missed here */
	/* Of a value that was filled in from elsewhere: the place that `pos` is not, either where
	 * it is used or, `by_reference`, where the value is written. Absent for any other. */
	struct obj other;
	bool by_reference;
	enum severity most;  /* set by finding_at_most; SEV_DENY: no cap */
	bool unsure;	     /* set by finding_unsure: `most` holds whatever the policy says */
	bool looked_up;	     /* set by the engine: it rests on what may have changed since */
	enum severity least; /* set by finding_at_least; SEV_OFF: none */
	bool confidential;   /* its line holds a secret: show the place, never the line */
	/* The remedy as changes of the file, when it is certain; else NULL. They are about the
	 * document, and so of no use without it. */
	struct edit *edits;
	struct str exempted_by; /* reason of the exemption; empty: none (then severity is not
				   SEV_OFF) */
};

struct findings {
	struct finding *items;
	size_t len, cap;
	size_t dropped;		/* beyond LIMIT_FINDINGS of one rule */
	struct finding *beyond; /* what those are written to; none of the items */
};

/* A new one at the end, in the arena. For what copies findings; rules call finding_add. */
struct finding *findings_append(struct findings *all, struct arena *a);

/* "message; effect. fix: ..." on one line without control characters: the complete sentence. */
void finding_sentence(const struct finding *f, struct buf *out);

/* The fix without the words after " - ", which say more than what to write. */
struct str finding_bare_fix(const struct finding *f);

#endif
