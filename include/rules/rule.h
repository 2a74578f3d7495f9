/*
 * A rule: a row, and a check that is pure. In come a view of the object, parameters and `now`; out
 * go findings. No clock, environment, file, log or static variable.
 *
 * A new rule is one function in src/checks/, its row among those at the end of the file, one page
 * of words (checks/page.h), and a folder tests/cases/<id>/ with pass-*.yaml and fail-*.yaml. The id
 * names the file: of those whose name begins it, with '_' for '-', the longest. A rule that shares
 * no beginning with others has a file of its whole id.
 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include "cnpg/view.h"
#include "doc/edit.h"
#include "rules/finding.h"
#include "rules/params.h"

struct archive;
struct probes;
struct schedule;
struct schema;
struct rule_ctx;

struct rule {
	const char *id;		/* kebab-case; the identity */
	unsigned kinds;		/* enum kind, or-ed: of the objects that hold what is wrong */
	enum scope scope;	/* what it needs; the engine asks it only when that is there */
	bool helped;		/* of scope object: others help to find some (see finding_scope) */
	bool update_too;	/* of scope delete: an UPDATE (c->old) may take it away as well */
	bool live_too;		/* of scope bucket: what is live (c->backups) tells some as well */
	enum severity severity; /* profile generic */
	bool partial;		/* holds for what a part of an object says (see struct object), too:
				   about values that are there, never about what is absent */
	void (*check)(const struct rule_ctx *c);
	const char *summary;   /* at most 72 characters, no full stop */
	const char *reference; /* documentation or issue, an https URL or owner/repo#N */
	/* This rule is silent about an object for which that one speaks: both would say the same.
	 */
	const char *superseded_by;
};

/* What a file of rules gives to the table: RULE_ROWS(archive) ends archive.c, below its `rows`. */
struct rule_rows {
	const struct rule *rows;
	size_t len;
};
#define RULE_ROWS(file) const struct rule_rows file##_rules = {rows, ARRAY_LEN(rows)}

struct rule_ctx {
	const struct rule *rule; /* the row whose check runs */
	const struct object *object;
	struct obj root;	       /* object->root */
	struct schedule *schedule;     /* of a ScheduledBackup, see schedule_read; else NULL */
	const struct archive *archive; /* of a Cluster, else NULL */
	const struct view *view;       /* the objects beside it; NULL: nothing is known of them */
	const struct object *old;      /* before an UPDATE, else NULL */
	const struct backups *backups; /* of an audit; NULL elsewhere */
	const struct probes *probes;   /* what buckets said (bucket/probe.h); NULL: not asked */
	const struct schema *schema; /* the CRDs of what runs, see schema_for; NULL: the built-in */
	const struct params *params;
	int64_t now;   /* seconds, UTC */
	bool creating; /* the object does not exist yet: CREATE, or a file */
	struct findings *out;
	struct arena *arena;
};

/*
 * Adds a finding about the value at `path` below `at` (path "" is `at` itself). It stands at the
 * value, or at its key when the value is a block on the lines below. The value may be absent: the
 * finding then stands where a patch took it away, else at the key of the nearest parent that is
 * there. The message is what is wrong,
 * without a full stop, complete without the place. Where it begins with the field's name, that is
 * its subject or stands before its value ("schedule has", "method plugin is"): an answer to the
 * API server has the path in its place. Beyond LIMIT_SENTENCE_BYTES it is cut, as what the two
 * below add is. Returned for finding_effect, finding_fix, finding_at_most; NULL never.
 */
struct finding *finding_add(const struct rule_ctx *c, struct obj at, const char *path,
			    const char *fmt, ...) PRINTF(4, 5);

/* What makes it wrong is the value at `path` below `at`, of this object or another, or that there
 * is none: where a patch wrote that, or took it away, the finding stands there, unless it stands in
 * a patch already. Before finding_fix. */
void finding_because(const struct rule_ctx *c, struct finding *f, struct obj at, const char *path);
/* What really happens because of it, one clause; printed under the caret. */
void finding_effect(const struct rule_ctx *c, struct finding *f, const char *fmt, ...) PRINTF(3, 4);
/* What to write instead, as it would stand in the file, and a word more after " - " where needed.
 * In a file that is JSON it becomes JSON. */
void finding_fix(const struct rule_ctx *c, struct finding *f, const char *fmt, ...) PRINTF(3, 4);
/* A change of the file that remedies it, for `check --fix`; several belong together. Only where no
 * other remedy can be meant: nobody reads it before it is done. Its texts must live as long as the
 * arena. */
void finding_edit(const struct rule_ctx *c, struct finding *f, struct edit edit);
/* This occurrence is milder than the rule's own severity; a policy that raises the rule means it
 * all the same. */
void finding_at_most(struct finding *f, enum severity s);
/* Too little is known to say more than this, or it does no harm: nor does a policy that raises the
 * rule. */
void finding_unsure(struct finding *f, enum severity s);
/* This occurrence counts more than the rule does, unless the rule is off. */
void finding_at_least(struct finding *f, enum severity s);
/* A rule that needs the object alone found this one with the help of others: its row says that it
 * may (`helped`). */
void finding_scope(struct finding *f, enum scope s);
/* What a reference names is not there: how much that means depends on how much is known of its kind
 * in the namespace. Nothing at all: a warning, for a Secret an info. */
void finding_absent(const struct rule_ctx *c, struct finding *f, enum kind kind,
		    struct str namespace);
/* The text of the file around it holds a secret and must not be shown; its subject is emptied. */
void finding_confidential(struct finding *f);
/* What tells two findings of one rule at one path apart; default: the value found. */
void finding_subject(const struct rule_ctx *c, struct finding *f, struct str subject);

#endif
