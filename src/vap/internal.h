/*
 * What src/vap shares: the rows that say a rule in CEL, and CEL as text.
 */
#ifndef VAP_INTERNAL_H
#define VAP_INTERNAL_H

#include "vap/vap.h"

#include "base/arena.h"
#include "base/buf.h"
#include "rules/rule.h"

/*
 * What a rule finds in one object, which is `o` in CEL: an entry of one of the lists of `of`, whose
 * members variables.c defines. A rule has a row for each severity that its findings may have.
 */
struct vap_row {
	const char *id;
	const char *of;	     /* "backups", "clusters", "stores" */
	enum severity most;  /* of its findings: the check's finding_at_most; SEV_DENY: no cap */
	enum severity least; /* finding_at_least; SEV_OFF: none */
	bool unsure;	     /* finding_unsure: `most` holds whatever the policy says */
	bool part;	     /* some findings of the rule cannot be said */
	const char *when;    /* a condition, and */
	/* the sentence, a string; both are CEL. It has no value that the rule takes as the same
	 * mistake when it changes: with another sentence it is a new one */
	const char *say;
	/* In place of these two, and where the policy has a say: a list of sentences in CEL. False
	 * where CEL cannot say it, or the policy says nothing; `out` is then of no use. */
	bool (*list)(const struct policy *p, struct buf *out);
};

struct vap_rows {
	const struct vap_row *rows;
	size_t len;
};
extern const struct vap_rows vap_backup_rows, vap_cluster_rows, vap_store_rows, vap_site_rows;

/* Adds the variable `found` of what the rows with findings of this severity find: for each row a
 * list of sentences of the new object and, where it is read, of the old one. False when there are
 * none. */
bool vap_found(const struct policy *p, enum severity severity, struct buf *out);

/* Variables that the rows read, as entries of spec.variables. `ratchet`: of each the old object,
 * too. */
void vap_variables(const struct policy *p, bool ratchet, struct buf *out);

/* What value_is_placeholder finds, as a regular expression in CEL. All are literals: the API server
 * compiles those once, others with each write. */
#define VAP_PLACEHOLDER                                                                            \
	"'(?s)\\\\x00|\\\\$\\\\{[^}]*\\\\}|\\\\$\\\\([^)]*\\\\)|\\\\{\\\\{.*\\\\}\\\\}|(^|[-/.:])\\\\$[A-Za-z_][A-Za-z0-9_]|<[A-Za-z][A-Za-z0-9_ -]*>|\\\\$[A-Z_]{3}|@[A-Z][A-Z0-9_]*@|__[A-Z][A-Z0-9_]*__|\\\\x25{2}[A-Z][A-Z0-9_]*\\\\x25{2}|(^|[^A-Za-z])(CHANGE_?ME|REPLACE[_-]?ME|REPLACE_WITH_|EDIT_HERE|EDIT_ME|your-bucket|YOUR_|PLACEHOLDER)'"

/*
 * The name of a plugin that resembles ours no more than plugin_name_is_near allows: of the pieces
 * of ours, three edits leave one as it is. A name that may be near, and is not, passes.
 */
#define VAP_OTHER_PLUGIN(name)                                                                     \
	"(!" name ".lowerAscii().contains('barman') && !" name ".matches(" VAP_PLACEHOLDER         \
	") && (" name ".size() < 27 ||\n"                                                          \
	"    " name ".size() > 33 || !" name                                                       \
	".matches('barm|an-cl|oud[.]c|loudn|ati|ve-|pg[.]io')))"

/* 'text', with what CEL and YAML do not take as it is in escapes. */
void cel_text(struct buf *out, struct str text);
/* ['a', 'b'] */
void cel_texts(struct buf *out, struct str_list texts);
/* As a part of a regular expression (RE2), not yet in quotes. */
void cel_literal(struct buf *out, struct str text);
/* Whether `subject`, in CEL, matches one of the globs, as fnmatch without flags reads them:
 * false of none. */
void cel_globs(struct buf *out, const char *subject, struct str_list globs);
/* The lines of `text`, each behind `indent` blanks. */
void cel_lines(struct buf *out, struct str text, size_t indent);

#endif
