/*
 * Building an inventory: the objects known beside the one judged, of a bundle of files or of a live
 * cluster. Indexed by what rules ask for (cnpg/view.h asks), so that an answer costs what it holds
 * and a bundle is built in linear time.
 *
 * Secrets enter it as key names and flags of their values; never as values. What makes a Secret (an
 * ExternalSecret, a SealedSecret, ...) stands in for it.
 *
 * In files one object may be defined twice: overlays, two environments. Each definition belongs to
 * a bundle, and a view sees only what is not an alternative to its own (see inventory_apart).
 */
#ifndef CNPG_INVENTORY_H
#define CNPG_INVENTORY_H

#include "cnpg/known.h"

struct inventory;

struct inventory *inventory_new(struct arena *a);

/* Room for so many objects at once; there may be more. Before the first is added. */
void inventory_expect(struct inventory *inv, size_t objects);

/* Every object of a kind that this knows is KNOWN_ALL. */
void inventory_is_whole(struct inventory *inv);
/* But for these: what is not there of them may be there all the same. */
void inventory_is_whole_but(struct inventory *inv, unsigned kinds);
/* Kinds that the API server does not know: none of them can be there. */
void inventory_lacks_kinds(struct inventory *inv, unsigned kinds);
/* As inventory_is_whole, but of files: namespaces may be unnamed, and bundles in doubt. */
void inventory_is_meant_whole(struct inventory *inv);

/* Adds what can be asked for later: a Cluster, ScheduledBackup, Backup, ObjectStore, whatever
 * provides a Secret, or what known_is_beside. The object's tree must live as long as the inventory.
 * Returns NULL for an object that is none of these. A namespace that the object does not name may
 * be given in object->namespace. A part of an object is no object: it makes a part of the one that
 * it completes (known after inventory_settle). */
const struct known *inventory_add(struct inventory *inv, const struct object *object,
				  struct str file, uint32_t bundle);

/* The Secret of a kustomization's secretGenerator. Its text must live as long as the inventory. */
void inventory_add_generated(struct inventory *inv, const struct provider *secret,
			     struct str namespace, struct str file, uint32_t bundle);

/*
 * A Secret of a live cluster that nobody watches: it was looked up by its name, some time ago, and
 * may have changed since. One that does not provide (`secret->provides`) was not there. The text
 * must live as long as the inventory. A view says when an answer rests on one (see struct view).
 */
void inventory_add_looked_up(struct inventory *inv, const struct provider *secret,
			     struct str namespace);

/* Two bundles whose objects must never be held against one another. NULL (the default): none. */
enum apart {
	APART_NOT,
	APART_LOOSELY, /* but what one has is not said to be absent from the other */
	APART_STRICTLY,
};
typedef enum apart inventory_apart_fn(const void *ctx, uint32_t a, uint32_t b);
void inventory_apart(struct inventory *inv, inventory_apart_fn *apart, const void *ctx);

/* Why what is read of a bundle is not what becomes of it. */
enum bundle_doubt {
	BUNDLE_PARTIAL = 1 << 0, /* it has members that are not seen: KNOWN_NOTHING */
	BUNDLE_CHANGED = 1 << 1, /* its members get other names or contents: no view shows them, and
				    none lacks them. Judge them without one. */
};
/* Before inventory_settle. */
void inventory_doubt(struct inventory *inv, uint32_t bundle, unsigned doubts);

/* Looks up what takes more than one object: what is completed by a part, the location of an
 * archive. After the last inventory_add and before the first view. */
void inventory_settle(struct inventory *inv);

#endif
