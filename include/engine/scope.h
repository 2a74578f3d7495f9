/*
 * Which rules are asked, with what, and how much each finding may do: the scopes.
 */
#ifndef ENGINE_SCOPE_H
#define ENGINE_SCOPE_H

#include "engine/engine.h"

/* Every rule that the request has the means for, about `object` (the new or the old one): findings
 * with the severity of policy and scope. */
void scope_run(const struct policy *policy, const struct judge_request *request,
	       const struct object *object, struct arena *arena, struct findings *out);

/* Warnings about the objects that refer to the one written, and that it makes wrong: what the same
 * rules find about them with it, and did not find without it. */
void scope_run_holders(const struct policy *policy, const struct judge_request *request,
		       struct arena *arena, struct findings *out);

/* The namespace controller and the garbage collector: what they delete is decided elsewhere. */
bool scope_is_collector(struct str user);

#endif
