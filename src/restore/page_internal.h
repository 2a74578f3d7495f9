/* How the runbook is written: lines of Markdown, in which nothing that a file says is more than
 * text, to a reader or to a shell. */
#ifndef RESTORE_PAGE_INTERNAL_H
#define RESTORE_PAGE_INTERNAL_H

#include "internal.h"

struct page {
	struct restore *r;
	struct buf *out;
	struct str context;  /* as arguments of kubectl: " --context lab", or nothing */
	struct str from, to; /* and with the namespace: " -n shop --context lab" */
	struct str old, new; /* the Clusters' names */
	int step;
};

/* A line. What would end it is escaped, but for a line break at the beginning or the end of `fmt`:
 * an empty line. */
void page_line(const struct page *p, const char *fmt, ...) PRINTF(2, 3);
/* The heading of the next step. */
void page_step(struct page *p, const char *title);
/* Begins code in this language; "" ends it. */
void page_fence(const struct page *p, const char *language);

/* The title, and what stands above the steps. */
void page_head(const struct page *p);
/* Of a base backup of this Cluster, with arguments of kubectl: " -n shop". */
struct str page_backup_command(const struct page *p, struct str cluster, struct str arguments);

/* How Flux or Argo CD is told so, with the name where the Cluster bears it: of Flux its command,
 * "suspend", of Argo CD the policy that is set, "none". */
struct str page_appliers(const struct page *p, const char *verb, const char *policy);

/* As arguments of kubectl: " -n shop --context lab". */
struct str page_in_namespace(const struct page *p, struct str namespace);

/* In a sentence: what is a name stays as it is, and what else a file says makes no Markdown. */
struct str page_plain(const struct page *p, struct str text);
struct str page_code(const struct page *p, struct str text);
/* "app/db", in a sentence. */
struct str page_called(const struct page *p, struct str namespace, struct str name);

/* In a line for a shell: `otherwise` for what is no name... */
struct str page_word(struct str name, const char *otherwise);
/* ...or any text as a shell takes it; `otherwise` for none, and for what cannot stand in a line. */
struct str page_shell_word(const struct page *p, struct str text, const char *otherwise);

#endif
