/*
 * The manifests of a revision of a git repository, as files in a folder of their own. The program
 * git is run, without a shell: rev-parse, ls-tree and cat-file, which read what is stored and run
 * nothing themselves; what a partial clone lacks is not fetched. What links and submodules hold is
 * not read.
 */
#ifndef INPUT_REVISION_H
#define INPUT_REVISION_H

#include "base/arena.h"
#include "base/err.h"

struct revision_unread {
	struct str path; /* in the repository */
	const char *why; /* "is a link: ..." */
};

struct revision {
	const char *folder;	 /* of the files; NULL: none was made */
	const char *top;	 /* the repository that they are of */
	const struct str *paths; /* those that were asked for, as far as they are in it */
	size_t paths_len;
	const struct str *absent; /* those that are not in it: new, or of another name there */
	size_t absent_len;
	/* Below the paths: what was there is not known. */
	const struct revision_unread *unread;
	size_t unread_len;
};

/* The repository is the one that holds all of `paths`. The caller removes it, also on failure. */
MUST_CHECK bool revision_open(struct arena *a, struct str name, const struct str *paths,
			      size_t paths_len, struct revision *out, struct err *err);
void revision_remove(struct revision *r);

#endif
