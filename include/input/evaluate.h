/*
 * What a kustomization makes of what it includes: as `kustomize build` has it, in the same order,
 * for what rules ask for (Clusters, their backups and stores, providers of Secrets) and for
 * whatever a replacement takes a value from. Of other objects only the names are followed.
 *
 * What cannot be known makes only itself unknown: a URL, a plugin, a chart. What kustomize would
 * refuse is an error with its place, and the rest is evaluated all the same.
 */
#ifndef INPUT_EVALUATE_H
#define INPUT_EVALUATE_H

#include "doc/render.h"
#include "input/catalog.h"
#include "cnpg/provider.h"

struct kustomization;

struct evaluation_error {
	const struct kustomization *in; /* NULL: of a chart that makes objects of ours */
	struct str file; /* as it is reported: of the kustomization, or of what it names */
	struct err err;
	struct evaluation_error *next;
};

/* One for all roots. */
struct evaluation {
	struct arena *arena;   /* of what is rendered, and of the errors */
	struct arena *scratch; /* of everything else; the caller resets it between two roots */
	struct doc_budget *budget;
	const struct catalog *catalog;
	/* Files may lie outside the folder that names them, as Flux has it; kustomize itself
	 * refuses those. */
	bool anywhere;
	bool plain;  /* nobody but the API server reads the files: not as kustomize does */
	bool strict; /* a file of secrets that is not there is an error too */
	struct evaluation_error *errors; /* the newest first, each once, LIMIT_ROOT_ERRORS */
	size_t errors_len;
	bool failed; /* the root at hand has one */
	void *files; /* a tsearch tree of patches and others, by path */
	size_t made; /* objects of all roots so far */
};

/* A name that an object had before. */
struct former {
	struct str kind, namespace, name; /* namespace "default" for none */
	struct former *next;		  /* a newer one */
};

/* An object of a kustomization, in the scratch memory. */
struct resource {
	struct object object; /* as it stands now; without a tree when only names are followed */
	struct held *held;    /* as it was read; NULL: it is generated */
	const struct provider *secret;	  /* of a secretGenerator, under its name in `object` */
	const struct kustomization *from; /* whose entry or generator brought it */
	struct obj entry;		  /* that one */
	struct render *render;		  /* NULL: its tree is that of its file */
	struct obj namespace_by;	  /* wrote the namespace that its tree does not have yet */
	struct former *former, *last_former; /* the oldest first */
	bool hashed;			     /* its name gets a suffix */
	bool gone;			     /* a patch deleted it */
	struct resource *next;
};

enum evaluation_doubt {
	MADE_PARTIAL = 1, /* there are objects that are not seen */
	MADE_CHANGED = 2, /* a plugin may change any of them */
	/* Charts make objects that are known, but not to what would change them here: then it is
	 * MADE_PARTIAL, too. */
	MADE_CHARTS = 4,
	MADE_SCHEMA = 8, /* patches may merge lists by a schema that is not read */
};

/* An entry of nameReference in `configurations`. */
struct reference {
	struct obj at;
	struct reference *next;
};

/* What a kustomization makes. */
struct made {
	struct resource *first, **last;
	unsigned doubts; /* enum evaluation_doubt */
	struct reference *references;
	void *ids;  /* a tsearch tree of the resources, unless... */
	bool stale; /* ...their names were changed since */
};

/* The same of one whose errors nobody wants to hear: nothing builds it. */
void evaluate_quietly(struct evaluation *e, struct kustomization *k, struct made *out);

/* Forgets what it holds beside the arenas: at the end. */
void evaluation_release(struct evaluation *e);

/* Of a root, which is no component, unless nothing uses it. False when it has an error. */
bool evaluate(struct evaluation *e, struct kustomization *k, struct made *out);

/* Gives it a tree of its own, to be changed: render. False when it has none, or it cannot be made:
 * then it is known in part. */
bool resource_open(struct evaluation *e, struct resource *r);

/* As an outermost `namespace:` would. */
void evaluate_namespace(struct made *made, struct str namespace);

#endif
