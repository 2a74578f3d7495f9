/*
 * (policy, object, old object, inventory, now) -> verdict. The one place where severities, scopes,
 * exemptions, the ratchet on UPDATE, the operator's privilege and the mode become a decision.
 *
 * Scopes where a write is judged (`admission`): a referent that is absent is a warning unless the
 * policy has strictReferences, since the order within one apply is free; what other objects
 * contradict is never a denial on a dry run, since GitOps tools dry-run a whole tree at once; and
 * only the write of the object that holds the wrong reference is denied: when the referent is
 * written, what becomes wrong elsewhere because of it is a warning here. What an object's users
 * make wrong, or that it has none, is at most a warning: they are often written after it, and rules
 * that need nothing else are not asked at all. What rests on a Secret that was looked up some time
 * ago (see inventory_add_looked_up) is a warning, however strict the policy. Files and audits get
 * the full severity, once each, where the reference stands.
 *
 * What an annotation of the old object exempted has never counted. An UPDATE that takes the
 * exemption away, or makes it shorter, is the write by which it counts, and is judged for it as a
 * CREATE would be: else exempting something for a moment would be as good as for ever, with no
 * trace left. Nobody is locked in by that: every other change passes while the exemption stands,
 * and it goes together with what it covered, or after it. One that has run out counts as taken
 * away long ago: what it covered was there before, and is a warning.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "cnpg/backups.h"
#include "cnpg/view.h"
#include "policy/policy.h"
#include "rules/finding.h"

enum operation { OP_CREATE, OP_UPDATE, OP_DELETE };

struct judge_request {
	enum operation operation;
	const struct object *object; /* of a DELETE: the one that goes */
	const struct object *old;    /* UPDATE only, else NULL */
	struct str user;	     /* empty in files */
	const struct str *groups;
	size_t groups_len;
	int64_t now;		   /* seconds, UTC */
	bool admission;		   /* a write is decided, not a file or an audit */
	bool dry_run;		   /* of the write */
	enum policy_mode softened; /* the mode is this or the policy's, whichever is milder */
	const struct inventory *inventory; /* NULL: nothing is known beside the object */
	const struct schema *schema;	   /* of CRDs that were given; NULL: the built-in */
	const struct backups *backups;	   /* of a live cluster, in an audit; else NULL */
	const struct probes *probes;	   /* what buckets said; NULL: none was asked */
	bool buckets_alone;		   /* no rule is asked but those of SCOPE_BUCKET */
	uint32_t bundle; /* of the object in the inventory (which holds it, unless `admission`) */
};

/* Why no rule was asked; VERDICT_JUDGED otherwise. */
enum verdict_reason {
	VERDICT_JUDGED,
	VERDICT_OTHER_KIND,
	VERDICT_TERMINATING, /* the old object is being deleted */
	VERDICT_UNCHANGED,   /* nothing that a rule reads has changed */
	VERDICT_DELETE,	     /* no rule of scope delete */
	/* A Backup that the operator made of a ScheduledBackup: what is wrong, is wrong there. In
	 * files and audits nobody says who wrote it: there its label or owner does. */
	VERDICT_FROM_SCHEDULE,
	VERDICT_EXEMPT, /* spec.exempt of the policy */
};

struct verdict {
	bool allowed;
	enum verdict_reason reason;
	struct str exempted_by; /* VERDICT_EXEMPT */
	struct findings
		findings; /* as they count: severity after policy, ratchet, operator, mode */
	struct findings exempted; /* silenced by an annotation; exempted_by says its reason */
	bool audit_only;	  /* mode audit: say nothing to the user */
};

void engine_judge(const struct policy *policy, const struct judge_request *request,
		  struct arena *arena, struct verdict *out);

size_t verdict_count(const struct verdict *v, enum severity s);

#endif
