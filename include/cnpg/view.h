/*
 * Asking an inventory (cnpg/inventory.h builds it): one object or many, what is absent and how much
 * that means, where archives lie, which key a Secret has.
 */
#ifndef CNPG_VIEW_H
#define CNPG_VIEW_H

#include "cnpg/known.h"

struct inventory;

/* How much is known of the objects of one kind in one namespace. */
enum knowledge {
	KNOWN_NOTHING, /* none is known, and there may be any */
	KNOWN_SOME,    /* some are known: the one asked for may be elsewhere */
	KNOWN_ALL,     /* a live cluster, or a bundle that is said to be whole */
};

/*
 * How an inventory looks from one object. `instead` is what the write under judgement puts in place
 * of the object of that kind, namespace and name (or adds); `without` is an object that it takes
 * away. Both may be NULL. A view is a small value.
 */
struct view {
	const struct inventory *inventory;
	uint32_t bundle;
	const struct known *instead, *without;
	bool *looked_up; /* may be NULL; set when an answer rests on what was looked up some time
			    ago */
};

/* One object; NULL when it is not known, or known in part only. A name that is filled in later
 * finds the same text, of its own bundle or the only one. An object without a namespace may be in
 * any: it is found from every namespace, and finds what is in one namespace only. Of a Secret:
 * something that provides it; see view_secret_key. */
const struct known *view_find(const struct view *v, enum kind kind, struct str namespace,
			      struct str name);
/* It is not there, nor in a namespace that may be the same, nor under a name that is filled in
 * later and may be this one. How much that means: view_knows. */
bool view_lacks(const struct view *v, enum kind kind, struct str namespace, struct str name);
/* A part of it stands elsewhere, of what makes its archive. */
bool view_has_part(const struct view *v, const struct object *o);
/* Nobody could look for this kind in a whole inventory (see inventory_is_whole_but): that none is
 * there says nothing. */
bool view_is_blind(const struct view *v, enum kind kind);
/* The API server does not know this kind: what makes it is not installed. */
bool view_is_unserved(const struct view *v, enum kind kind);
/* Anything is known that provides a Secret, or that one was not there. */
bool view_has_secrets(const struct view *v);
/* Of a live cluster, not of files. */
bool view_is_live(const struct view *v);
enum knowledge view_knows(const struct view *v, enum kind kind, struct str namespace);

/* `k` is surely what an object of the view's bundle in `namespace` means by its name, and holds
 * what it will: the namespace is named and the same, or it is of the same bundle; and that bundle
 * is not changed. */
bool view_is_certain(const struct view *v, const struct known *k, struct str namespace);

/* Many objects, in the order in which they were added. */
enum relation {
	REL_SELF,	   /* of `kind`, in `namespace`, called `name` */
	REL_KIND,	   /* of `kind` in `namespace`; `name` is not used */
	REL_NAME,	   /* of `kind` called `name`, in any namespace; `namespace` is not used */
	REL_VARIABLE,	   /* of `kind` whose name holds a placeholder, in any namespace */
	REL_CLUSTER,	   /* the ScheduledBackups or Backups (`kind`; KIND_OTHER: both) that name
			      Cluster `name` */
	REL_CLUSTER_NAME,  /* the same in any namespace; `namespace` is not used */
	REL_STORE,	   /* the Clusters that name ObjectStore `name`: as archive, recovery or
			      replica source that is used. `name` empty: those that name one
			      whose name is filled in later */
	REL_STORE_NAME,	   /* the same in any namespace; `namespace` is not used */
	REL_STORE_MENTION, /* what names ObjectStore `name`, used or not: Clusters in an external
			      cluster or in a plugin of another name, ScheduledBackups and Backups
			      in the plugin's parameters */
	REL_SECRET,	   /* the ObjectStores that name Secret `name`: in a credential that the run
			      time reads, endpointCA or the sidecar's env */
	REL_SECRET_NAME,   /* the same in any namespace; `namespace` is not used */
	REL_LOCATION,	   /* the Clusters that archive to the location `name` (see
			      view_locations), in any namespace */
	REL_NOT_THERE,	   /* of `kind`, in `namespace`, called `name`: looked up, and not there */
	REL_EVERY,	   /* the ScheduledBackups of all namespaces; `namespace` and `name` are not
			      used */
	REL_PART, /* the parts of objects of `kind` called `name`; `namespace` is not used */
};

struct view_iter {
	const struct view *view;
	enum relation relation;
	enum kind kind;
	struct str namespace, name;
	const void *at;
	int phase;
	unsigned skipped; /* alternatives */
	bool hidden; /* some were passed over that may be meant: APART_LOOSELY, BUNDLE_CHANGED */
	bool others; /* to be set: without what the write puts there, which comes last */
};

/* struct view_iter it = view_each(&v, REL_STORE, 0, ns, name);
 * for (const struct known *k; (k = view_next(&it));) ... */
struct view_iter view_each(const struct view *v, enum relation relation, enum kind kind,
			   struct str namespace, struct str name);
const struct known *view_next(struct view_iter *it);

/* The ObjectStore of a place of `cluster`'s archive; NULL when there is none or it is unknown. */
const struct known *view_store(const struct view *v, const struct object *cluster,
			       const struct archive_place *place);

/*
 * Where a Cluster's archives lie, as location_of has it: at most LOCATIONS, different ones, that of
 * the plugin before that of the in-tree store. A host that means another server in another
 * namespace (one label) is marked with the namespace. What is not known is left out: no store, a
 * placeholder in any part of it.
 */
#define LOCATIONS 2
size_t view_locations(const struct view *v, const struct object *cluster, const struct archive *a,
		      struct buf out[LOCATIONS]);
/* One of them: an in-tree store of `cluster` whose serverName defaults to `name`; false when it is
 * not known. */
bool view_in_tree(const struct object *cluster, struct obj in_tree, struct str name,
		  struct buf *out);
/* The same for one place of the plugin: the archive's, a source's. */
bool view_place(const struct view *v, const struct object *cluster,
		const struct archive_place *place, struct buf *out);

enum secret_has {
	SECRET_HAS_UNKNOWN, /* nothing is known of it, or it cannot be told */
	SECRET_MISSING,	    /* nothing provides the Secret, and that is known (see view_knows) */
	SECRET_KEY_MISSING, /* what provides it has no such key */
	SECRET_HAS_KEY,
};
/* `out` (may be NULL): the key with what is known of its value, when there is one. */
enum secret_has view_secret_key(const struct view *v, struct str namespace, struct str name,
				struct str key, struct provider_key *out);

#endif
