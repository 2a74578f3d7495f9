/*
 * Writes YAML into a buffer, one call a member. What is written reads back as the same tree, for
 * readers of YAML 1.1 and of YAML 1.2 alike: text that one of them would take for anything else is
 * put in quotes ("off", "012", "12:30:00").
 */
#ifndef DOC_EMIT_H
#define DOC_EMIT_H

#include "doc/obj.h"

#define EMIT_DEPTH (LIMIT_DEPTH + 8) /* maps and lists that are open at once */

struct emit {
	struct buf *out;
	size_t depth;
	char open[EMIT_DEPTH]; /* what is open: '{' a map, '[' a list, '-' a map in a list */
	bool fresh;	       /* nothing stands in the last of them */
};

#define EMIT(buffer) ((struct emit){.out = (buffer)})

/* Before the first member of another document behind one. Nothing is open. */
void emit_document(struct emit *e);
/* On a line of its own above the next member, which must follow. What would end the line is
 * escaped. */
void emit_comment(struct emit *e, const char *fmt, ...) PRINTF(2, 3);

/* A member of the map at hand. */
void emit_member(struct emit *e, struct str key, struct obj value); /* with all that is below */
void emit_text(struct emit *e, const char *key, struct str text);
void emit_bool(struct emit *e, const char *key, bool b);
void emit_int(struct emit *e, const char *key, int64_t n);

void emit_map(struct emit *e, const char *key);
void emit_list(struct emit *e, const char *key);
void emit_item(struct emit *e);			   /* a map in the list at hand */
void emit_value(struct emit *e, struct obj value); /* any value in the list at hand */
void emit_word(struct emit *e, struct str text);   /* text in the list at hand */
void emit_close(struct emit *e);		   /* of the last map, list or item that is open */

#endif
