/* What the files of the evaluation have of one another. */
#ifndef INPUT_EVALUATE_INTERNAL_H
#define INPUT_EVALUATE_INTERNAL_H

#include "base/limits.h"
#include "input/evaluate.h"
#include "input/kustomization.h"

/* An error of the kustomization at the place of `at`, which may be of any document. */
void evaluate_refuse(struct evaluation *e, const struct kustomization *k, struct obj at,
		     const char *fmt, ...) PRINTF(4, 5);
/* The same for one that has a place, in this file. */
void evaluate_fail(struct evaluation *e, const struct kustomization *k, struct str file,
		   const struct err *err);

void made_forget(struct made *m); /* the tree of its names, which were changed */
/* Adds it; refuses a second one of the same names. */
void made_add(struct evaluation *e, struct made *m, struct resource *r);
void made_sweep(struct made *m); /* takes out what is gone; or names were changed */

/* Names were changed by `by`: refuses two objects of the same names. */
void made_check(struct evaluation *e, struct made *m, const struct kustomization *k, struct obj by);

/* Its names are to be read again from its tree, which was changed. */
void resource_reread(struct resource *r);
void resource_remember(struct evaluation *e, struct resource *r); /* the names that it has */
void resource_doubt(struct resource *r);			  /* it is known in part */
struct str resource_namespace(struct str namespace);		  /* "default" for none */
/* Labels or annotations (`field`); `pairs` may be absent. */
void resource_put_metadata(struct evaluation *e, struct resource *r, const char *field,
			   struct obj pairs);
/* Of an API version. */
struct str resource_group(struct str api_version);
struct str resource_version(struct str api_version);

/* The documents of the file that the text `at` of the kustomization means, read once, and under
 * which name they are reported. False: it is told as an error, or it is not on this disk. */
bool evaluate_documents(struct evaluation *e, const struct kustomization *k, struct obj at,
			struct doc_list *docs, struct str *name);

/* That the file may be read; kustomize itself refuses what lies elsewhere, which is told. */
bool evaluate_may_read(struct evaluation *e, const struct kustomization *k, struct obj at,
		       const char *path);

/* What a patch or a replacement is for. */
struct target;
/* NULL when a part of it is no regular expression, which is told. */
struct target *target_new(struct evaluation *e, const struct kustomization *k, struct obj selector);
void target_free(struct target *t);
bool target_takes(const struct target *t, const struct resource *r);
bool target_is_unknown(const struct target *t); /* it may take what target_takes does not */
/* The selectors of labels and annotations alone. */
bool target_labelled(struct obj selector, const struct resource *r);

/* What stands in the kustomization is what kustomize knows. */
void evaluate_fields(struct evaluation *e, const struct kustomization *k);
void evaluate_generators(struct evaluation *e, const struct kustomization *k, struct made *m);
void evaluate_merge_patches(struct evaluation *e, struct kustomization *k, struct made *m);
void evaluate_json_patches(struct evaluation *e, struct kustomization *k, struct made *m);
void evaluate_names(struct evaluation *e, const struct kustomization *k, struct made *m);
void evaluate_labels(struct evaluation *e, const struct kustomization *k, struct made *m);
void evaluate_replacements(struct evaluation *e, const struct kustomization *k, struct made *m);
/* Of a root, when all else is done: hashes, and what `configurations` makes follow. */
void evaluate_references(struct evaluation *e, struct made *m);
/* Notes what `configurations` says about references. */
void evaluate_configurations(struct evaluation *e, const struct kustomization *k, struct made *m);

#endif
