/*
 * The manifests that the paths of a command line mean: files as they are, folders recursively
 * (*.yaml *.yml *.json, and Markdown; not in .git, .terraform, node_modules and vendor), in a fixed
 * order, each file once. Links are followed, to stdin excepted; a folder is entered once, so that a
 * circle of links ends. In folders only regular files count; a pipe must be named.
 */
#ifndef INPUT_FILES_H
#define INPUT_FILES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct file {
	struct str path;	 /* "-" is stdin */
	const struct err *error; /* not NULL: it cannot be listed */
	bool outside; /* behind a link out of all paths: neither to be cited nor to be changed */
};

struct files_wanted {
	const struct str *paths;
	size_t paths_len;
	/* Globs of what in folders is left out: of a name, or with a slash of a path, as it is
	 * given or from the folder. '*' may be several folders. */
	const struct str *exclude;
	size_t exclude_len;
};

struct file_list {
	struct file *items;
	size_t len, cap;
};

void files_find(struct arena *a, const struct files_wanted *wanted, struct file_list *out);

/* One that is there for who reads it. */
void files_add(struct arena *a, struct str path, struct file_list *list);
void files_sort(struct file_list *list); /* by their paths */

/* What `wanted` excludes: a path as it is told. */
bool files_excluded(struct arena *a, const struct files_wanted *wanted, struct str path);

/* "a/b" and "c.yaml" make "a/b/c.yaml"; "." and "c.yaml" make "c.yaml". */
struct str files_join(struct arena *a, struct str folder, struct str name);
struct str files_here(struct arena *a); /* the current folder */
/* From the root, without ".", ".." and double slashes, links left alone. */
struct str files_absolute(struct arena *a, struct str here, struct str path);
/* As a person in the folder `here` calls it: "apps/db.yaml", "../base/db.yaml"; absolute where
 * nothing but the root is common. */
struct str files_relative(struct arena *a, struct str here, struct str path);
struct str files_folder(struct str path); /* of an absolute path; "/" for "/" */
struct str files_name(struct str path);	  /* behind the last slash */

#endif
