/*
 * Bytes to a tree. JSON and YAML become the same tree, allocated in the caller's arena; the tree of
 * a file also knows where each key and value stands. What a policy tool must not guess about is
 * refused with a place: invalid UTF-8, a raw NUL byte, trailing bytes, duplicate keys, depth, alias
 * bombs. The only home of cJSON and libyaml; everything above reads through doc/obj.h.
 */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

struct doc;
struct obj;

/* Lines and columns are 1-based and count characters; the end is exclusive. Line 0: no place. */
struct pos {
	uint32_t line, column, end_line, end_column;
};

/*
 * One JSON text (RFC 8259), as an API server sends it: no positions, one trailing newline or none.
 * `bytes` must outlive the document, which borrows its strings. An escaped NUL in a string is kept
 * (see obj_str); in a key it stays in its escaped form, so that the key equals no name of a field.
 * Of at most LIMIT_NODES nodes.
 */
MUST_CHECK bool doc_read_json(struct arena *a, struct str bytes, const struct doc **out,
			      struct err *err);

struct doc_bounds {
	size_t nodes;	     /* at most so many */
	struct str left_out; /* a list under this key, wherever it stands, is checked and then no
				member of its map; empty: none */
};

MUST_CHECK bool doc_read_json_within(struct arena *a, struct str bytes,
				     const struct doc_bounds *bounds, const struct doc **out,
				     struct err *err);

/* A document that cannot be read. */
struct doc_error {
	struct err err;
	uint32_t from, to; /* its lines, from 1; `to` is behind the last */
};

struct doc_list {
	const struct doc **docs;
	size_t len;
	const struct doc_error *errors; /* in their order */
	size_t errors_len;
};

/*
 * A file of YAML documents, read as kubectl does through sigs.k8s.io/yaml: YAML 1.1 booleans,
 * octal numbers, anchors, merge keys (one that stands behind a key replaces it, as there), BOM,
 * CRLF. A file that begins with '{' is read as JSON first. Documents without content are left out.
 * `bytes` must outlive the documents. A document that is refused silences itself alone: then the
 * result is false, `err` is the first of the list's errors, and `out` holds all other documents.
 * Behind one that crosses a limit, and behind LIMIT_REFUSED of them, nothing is read. A file that
 * is too large has no documents and an error without a place.
 */
MUST_CHECK bool doc_read_yaml(struct arena *a, struct str bytes, struct doc_list *out,
			      struct err *err);

/* What may still be read and kept. A document that is refused costs nothing. */
struct doc_budget {
	size_t nodes;
	size_t copies; /* of them, what aliases repeat */
};

#define DOC_BUDGET ((struct doc_budget){LIMIT_RUN_NODES, LIMIT_RUN_COPIES})

/* doc_read_yaml of one of several files: what it reads is taken off `budget`. */
MUST_CHECK bool doc_read_yaml_within(struct arena *a, struct str bytes, struct doc_budget *budget,
				     struct doc_list *out, struct err *err);

/*
 * doc_read_yaml_within of the YAML that a string of a file holds, as a patch in a kustomization
 * does. The documents, and errors, have their places in that file: those of their lines where the
 * string is written as a block (|), else that of the whole string.
 */
MUST_CHECK bool doc_read_embedded(struct arena *a, const struct obj *text,
				  struct doc_budget *budget, struct doc_list *out, struct err *err);

/* Says which file they were read from, as it is reported. `name` must outlive the documents, which
 * nobody else may be reading. */
void doc_set_name(const struct doc_list *docs, struct str name);
struct str doc_name(const struct doc *d); /* nothing when nobody said */

/* The same of what a program printed, made from this file: its places are in no file. */
void doc_set_printed(const struct doc_list *docs, struct str name);
bool doc_is_printed(const struct doc *d);
/* A text, in the arena, which is not read: for its lines. */
const struct doc *doc_of_lines(struct arena *a, struct str text, struct str name);

struct str doc_text(const struct doc *d); /* of the whole file; empty without positions */

/* The text of a line of the file, without its end; empty for a document without positions. */
struct str doc_line(const struct doc *d, uint32_t line);

bool doc_has_nul(const struct doc *d); /* some string or key holds an escaped NUL */

#endif
