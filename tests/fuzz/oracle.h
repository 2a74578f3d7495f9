/* cJSON, which the program does not call, as the judge of what a JSON text means. */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include "doc/obj.h"

#include <cjson/cJSON.h>
#include <string.h>

/* cJSON ends a string at an escaped NUL. `nul` is how the NUL stands in ours. */
static inline bool oracle_same_text(struct str ours, const char *theirs, struct str nul)
{
	size_t len = strlen(theirs);

	return ours.len >= len && memcmp(ours.ptr, theirs, len) == 0 &&
	       (ours.len == len || str_has_prefix(str_slice(ours, len, ours.len), nul));
}

/* The same types, keys, strings, and numbers bit for bit, in the same order. */
static inline bool oracle_same(struct obj ours, const cJSON *theirs)
{
	const cJSON *node = ours.node, *n = theirs->child;

	if ((node->type & 0xff) != theirs->type || !node->string != !theirs->string)
		return false;
	if (node->string && !oracle_same_text(obj_key(ours), theirs->string, STR("\\u0000")))
		return false;
	if (cJSON_IsNumber(theirs))
		return memcmp(&node->valuedouble, &theirs->valuedouble, sizeof(double)) == 0;
	if (cJSON_IsString(theirs))
		return oracle_same_text(obj_text(ours, ""), theirs->valuestring, STR("\0"));
	for (struct obj m = obj_first(ours); m.node; m = obj_next(m), n = n->next)
		if (!n || !oracle_same(m, n))
			return false;
	return !n;
}

/* What we read, cJSON reads too, and alike. */
static inline bool oracle_agrees(struct str text, struct obj root)
{
	cJSON *theirs = cJSON_ParseWithLength(text.ptr, text.len);
	bool same = theirs && oracle_same(root, theirs);

	cJSON_Delete(theirs);
	return same;
}

#endif
