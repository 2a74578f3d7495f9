/* Inside doc/: the state of reading one YAML file, and its errors in our own words. */
#ifndef DOC_YAML_H
#define DOC_YAML_H

#include "anchors_internal.h"
#include "tree_internal.h"

#include <yaml.h>

struct buf;

struct loader {
	struct arena *arena;
	struct err *err;
	yaml_parser_t parser;
	struct doc *doc;	/* the document being read; its lines are those of the file */
	struct anchors anchors; /* of the document */
	size_t nodes, copies;	/* of the document; nodes with the copies that aliases make */
	struct doc_budget *budget;
	yaml_mark_t end; /* of what was read last */
	/* Of the stream. */
	size_t started, complete; /* documents that began; in the list before the last began */
	size_t begun;		  /* the line of the last, from 0 */
	bool closed;		  /* the last ended with "..." */
};

/* Documents up to the end of what the parser is given, added to `out`, whose items are in `docs`;
 * or up to the first that is refused. */
bool yaml_read_stream(struct loader *l, const struct doc *file, struct doc_list *out,
		      struct buf *docs);

/* Why libyaml stopped. Returns false. */
bool yaml_syntax_err(struct loader *l);

/* err_at for a mark. Returns false. */
bool yaml_err(struct loader *l, enum err_code code, yaml_mark_t at, const char *fmt, ...)
	PRINTF(4, 5);

/* If a template such as {{ .Values.x }} begins a value of this line: says so and returns true. */
bool yaml_template_err(struct loader *l, yaml_mark_t at);

#endif
