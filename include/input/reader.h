/*
 * The files of a run, read and parsed on all cores and taken in their order. Of what is read ahead
 * little is held at a time: a large file, and one that is none (stdin, a pipe), is left to who
 * takes it.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include "doc/doc.h"

struct reader;

struct reader_file {
	struct arena
		*arena; /* holds the rest; NULL: it was not read ahead, and nothing else counts */
	struct str bytes;
	struct doc_list docs;
	bool whole;	/* else docs are those that can be read... */
	struct err err; /* ...and this is what is wrong first */
};

/* A template of ytt, which is YAML: what its comments fill in, leave out or repeat is not known. */
bool reader_is_ytt(struct str text);

/* The documents of a file's text, `bytes`, in the arena: of Markdown those in its fences, and then
 * `bytes` is the text without the rest; of a template of ytt none. */
void reader_parse(struct arena *a, struct str path, struct doc_budget *budget,
		  struct reader_file *file);

/* Paths of files, each NUL-terminated, or empty: not to be read. They must outlive the reader. */
struct reader *reader_new(struct arena *a, const struct str *paths, size_t len);

/* File `i`, in order, from 0; until the next is taken. Who keeps it takes its arena away (sets it
 * to NULL). What it holds is taken off the budget, as if it had been read now. */
struct reader_file *reader_take(struct reader *r, size_t i, struct doc_budget *budget);

void reader_free(struct reader *r); /* before the arena; NULL is fine */

#endif
