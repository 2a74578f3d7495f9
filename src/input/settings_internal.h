/*
 * ConfigMaps from which Kustomizations of Flux take variables (spec.postBuild.substituteFrom): the
 * settings of a cluster, written once.
 */
#ifndef INPUT_SETTINGS_INTERNAL_H
#define INPUT_SETTINGS_INTERNAL_H

#include "input/substitute.h"
#include "cnpg/object.h"

struct folder;

struct settings {
	struct object object; /* with its tree */
	const struct folder *from;
	const struct settings *next;
};

/* It may be one: a ConfigMap of not too many, short values. */
bool settings_is(const struct object *object);

/* The variable, as the entries of `sources` (substituteFrom, the last one first) set it for a
 * Kustomization of this namespace in a file of folder `from`. Of several ConfigMaps of one name,
 * those of several clusters, the nearest count; where these disagree, one is not seen, or a Secret
 * may set it, it is unknown. VARIABLE_ABSENT: no entry sets it. */
enum variable_is settings_look(const struct settings *all, struct obj sources, struct str namespace,
			       const struct folder *from, struct str name, struct str *value,
			       struct obj *by);

#endif
