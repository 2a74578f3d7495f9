/* Input that ends flush before a page without access: reading one byte too far crashes. */
#ifndef UNIT_WALL_H
#define UNIT_WALL_H

#include "base/str.h"

struct wall {
	void *map;
	size_t size;
	struct str text;
};

struct wall wall_build(struct str text);
void wall_fall(struct wall *w);

static inline UNUSED void cleanup_wall(struct wall *w)
{
	wall_fall(w);
}

#endif
