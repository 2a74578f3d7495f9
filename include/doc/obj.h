/*
 * The view through which every object is read. Four answers: absent, null, wrong type, set. Lookup
 * is case-sensitive. A view is a small value; it borrows from its document.
 *
 * A path is field names joined by dots, "spec.configuration.endpointURL"; it has no indexes and
 * cannot name a key that holds a dot: use obj_member for those.
 */
#ifndef DOC_OBJ_H
#define DOC_OBJ_H

#include "base/buf.h"
#include "doc/doc.h"

struct cJSON;
struct json;

struct obj {
	const struct doc *doc;
	const struct cJSON *node; /* NULL: absent */
};

enum obj_is { OBJ_ABSENT, OBJ_NULL, OBJ_WRONG_TYPE, OBJ_SET };
enum obj_type { OBJ_NONE, OBJ_NULL_VALUE, OBJ_BOOL, OBJ_NUMBER, OBJ_STRING, OBJ_LIST, OBJ_MAP };

struct obj doc_root(const struct doc *d);

enum obj_type obj_type(struct obj o);
struct obj obj_at(struct obj o, const char *path); /* "" is o itself */
struct obj obj_member(struct obj o, struct str key);

/*
 * `out` is written only on OBJ_SET. A string may hold NUL bytes (`\u0000` in the input is legal):
 * its slice has its full length, and so equals no text that a user means. Numbers beyond 2^53 and
 * fractions are OBJ_WRONG_TYPE for obj_int.
 */
enum obj_is obj_str(struct obj o, const char *path, struct str *out);
enum obj_is obj_int(struct obj o, const char *path, int64_t *out);
enum obj_is obj_bool(struct obj o, const char *path, bool *out);
enum obj_is obj_list(struct obj o, const char *path, struct obj *out);
enum obj_is obj_map(struct obj o, const char *path, struct obj *out);

/* The string at path, or the empty slice for any other answer. */
struct str obj_text(struct obj o, const char *path);
/* The boolean at path, or `otherwise` when it is absent, null or of the wrong type. */
bool obj_true(struct obj o, const char *path, bool otherwise);

/* for (struct obj e = obj_first(list); e.node; e = obj_next(e)) - members of a list or a map.
 * obj_first of anything else (absent too) has no node. */
struct obj obj_first(struct obj o);
struct obj obj_next(struct obj o);
struct str
obj_key(struct obj o);	      /* the key under which a member of a map stands; empty in a list */
size_t obj_len(struct obj o); /* members of a list or a map, else 0 */

/* The same content: maps without regard to order, lists with it. Absent equals only absent. */
bool obj_equal(struct obj a, struct obj b);

/* The document in which the value is written: its own, but for a rendered one (doc/render.h), of
 * which each value may be of another file. NULL when absent. */
const struct doc *obj_source(struct obj o);
/* The value as it was read: `o` itself, but for a rendered one. Absent where nothing was read that
 * is the same: a text that was put together, a map with members of several files. */
struct obj obj_origin(struct obj o);
/* Where the value stands in the file of obj_source; line 0 when that has no positions. */
struct pos obj_pos(struct obj o);
struct pos obj_key_pos(struct obj o);
/* What stood in the place of this value before it was filled in from elsewhere: "${NAME}", say, of
 * which the value stands where NAME is set (render_text, render_filled). Absent for any other. */
struct obj obj_filled(struct obj o);
/* The value of another document that took the member `key` of this map away, or with an empty key a
 * member of this list. Absent where nothing did, and in all but rendered documents. */
struct obj obj_removed_by(struct obj from, struct str key);
/* The key at obj_key_pos as it is written there, quotes and all; it is another one than obj_key
 * where a JSON patch, a replacement or a variable wrote the value. Empty without a place. */
struct str obj_key_written(struct obj o);

/* Path from `root` (an object may be a part of its document), as Kubernetes writes it:
 * spec.plugins[0].name, metadata.annotations[cnpg.io/validation]. Linear in the document: for
 * findings only. */
void obj_path(struct obj root, struct obj o, struct buf *out);

void obj_json(struct obj o, struct json *out); /* the tree as JSON */

#endif
