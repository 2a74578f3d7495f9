/*
 * The values of a Helm chart as its templates read them, and the object that one of them writes.
 */
#ifndef INPUT_CHART_VALUES_H
#define INPUT_CHART_VALUES_H

#include "doc/render.h"

/* As `if` and `empty` of a template take it: not 0, false, "", null, nor an empty list or map. */
bool value_is_on(struct obj value);

/* Begins as zeros but for arena and budget. What is done behind a failure does nothing. */
struct chart_writer {
	struct arena *arena;
	struct doc_budget *budget;
	struct render render; /* of the object at hand */
	bool failed;	      /* the budget ended, or the object is too large */
};

/* The values (absent: none) in front of the chart's own, a YAML map: each of those that counts
 * stands at the nearest map around it that is written, or at `at`. */
MUST_CHECK bool chart_values(struct chart_writer *w, struct obj values, struct str defaults,
			     struct obj at, struct obj *out);

/* A new object, an empty map. What is written has the place of the value `by`. */
struct obj chart_begin(struct chart_writer *w, struct obj by);
void chart_text(struct chart_writer *w, struct obj map, const char *key, struct str text,
		struct obj by);
void chart_true(struct chart_writer *w, struct obj map, const char *key, struct obj by);
struct obj chart_map(struct chart_writer *w, struct obj map, const char *key, struct obj by);
/* A list with one map, which is returned. */
struct obj chart_entry(struct chart_writer *w, struct obj map, const char *key, struct obj by);
/* A copy of a value that is there; the second one only of a value that is on. */
void chart_copy(struct chart_writer *w, struct obj map, const char *key, struct obj value);
void chart_copy_on(struct chart_writer *w, struct obj map, const char *key, struct obj value);
/* A text or a number as it is printed; else empty. */
struct str chart_word(struct chart_writer *w, struct obj value);

#endif
