/*
 * A few files that belong together, looked at about once a second and read when one has changed, in
 * a thread of their own: a file system that hangs holds up nobody else. What is read is whole, and
 * regular: who puts a pipe, a folder or a device in place of one gets an error.
 */
#ifndef WEBHOOK_FILE_WATCH_H
#define WEBHOOK_FILE_WATCH_H

#include "base/arena.h"
#include "base/err.h"

#define FILE_WATCH_MOST 3

struct file_watch;

/* What a file is read by: file_read_regular, or what a test has in its place. */
typedef bool file_watch_read_fn(struct arena *a, struct str path, size_t limit, struct str *out,
				struct err *err);
struct file_watch_options {
	struct str paths[FILE_WATCH_MOST]; /* copied; an empty one is no file */
	size_t limit;			   /* bytes of each */
	file_watch_read_fn *read;
	int wake; /* an eventfd, written when there is news; outlives it */
};

/* It reads them at once. */
struct file_watch *file_watch_start(const struct file_watch_options *o);

/* As if one had changed. With nothing asked for and nothing changed there is no news. */
void file_watch_ask(struct file_watch *w);

struct file_watch_news {
	bool ok, changed;		   /* since the news before; else they were asked for */
	struct str texts[FILE_WATCH_MOST]; /* when ok */
	struct err err;			   /* else: "policy.yaml: it is no regular file" */
};
/* The newest that was not taken yet, in an arena that is the caller's from now on; NULL: none. */
struct arena *file_watch_take(struct file_watch *w, struct file_watch_news *news);

/* The file system has not answered for a while; `now` is clock_ms. */
bool file_watch_hangs(struct file_watch *w, int64_t now);

/* When the file system hangs the thread stays, with what is its own, until the process ends. NULL
 * is fine. */
void file_watch_stop(struct file_watch *w);

#endif
