/*
 * The files of a run, found by their paths, and what each holds: what a kustomization includes is
 * looked up here.
 */
#ifndef INPUT_CATALOG_H
#define INPUT_CATALOG_H

#include "input/files.h"
#include "input/folders.h"
#include "cnpg/object.h"

struct use;

/* An object of a file. */
struct held {
	/* As it is written. Of what no rule asks for there is no tree: its names are copies. */
	struct object object;
	struct input_file *file;
	struct held *next; /* of the file, or of what one release makes */
	struct held *made; /* set by bundles_place: what it makes, as a release of a chart */
	/* Set by bundles_place, of what has a tree: as it stands in each bundle. */
	struct use *uses, *last_use;
	uint32_t uses_len;
};

struct input_file {
	struct str name;	     /* as it is reported */
	const char *path;	     /* absolute; of stdin: a name in the current folder */
	const struct folder *folder; /* NULL for stdin */
	bool outside;		     /* see struct file */
	bool included;		     /* by a kustomization of the input */
	bool unknown;		     /* it cannot be read, wholly or in part, or is a template */
	/* set by catalog_hold */
	bool holds;   /* something that has a tree */
	bool defines; /* something that is defined once in a cluster */
	bool taken;   /* set by input/evaluate.h: it is a resource of a kustomization */
	struct held *first, *last;
	uint32_t stamp; /* what bundles_place works with */
};

struct catalog {
	struct arena *arena;
	struct folders *folders;
	struct input_file *files;
	size_t len;
	struct input_file **by_path;
	struct str here; /* the current folder */
	/* How a file is read that patches something, by its name; NULL: as it is there. */
	bool (*read)(void *ctx, struct arena *a, struct str name, struct str *out, struct err *err);
	void *read_ctx;
	bool helm;	/* chart folders are rendered by `helm template`; set by who made it */
	bool all_named; /* some replacement takes its value from any object */
	void *named;	/* a tsearch tree of the kinds from which replacements take values */
};

/*
 * What a kustomization among the files includes is added to `list` when it is not there: its
 * folders and files wherever they lie, as `outside` where that is beside all paths that were given.
 * What `wanted` excludes stays out.
 */
void catalog_complete(struct arena *a, struct folders *folders, const struct files_wanted *wanted,
		      struct file_list *list);

/* Of a list that is complete, in its order. */
struct catalog *catalog_new(struct arena *a, struct folders *folders, const struct file_list *list);
void catalog_free(struct catalog *c);

struct input_file *catalog_find(const struct catalog *c, const char *path); /* NULL: none */

/* The name under which a file is reported. */
struct str catalog_name(const struct catalog *c, struct arena *a, const char *path);

/* A value of it may be wanted elsewhere (replacements): its tree must be held. */
bool catalog_wants(const struct catalog *c, const struct object *object);

/* An object of the file, behind those that it holds already. One whose root is absent is known by
 * its names, which are copied. */
struct held *catalog_hold(struct catalog *c, struct input_file *file, const struct object *object);
/* The last of what a release makes. */
struct held *catalog_hold_made(struct catalog *c, struct held *release,
			       const struct object *object);

#endif
