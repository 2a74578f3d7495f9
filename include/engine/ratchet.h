/*
 * UPDATE: what was wrong before is a warning, what is newly wrong keeps its severity, so that an
 * object which already violates can be improved step by step. What an exemption covered was not
 * wrong before: see engine/engine.h.
 */
#ifndef ENGINE_RATCHET_H
#define ENGINE_RATCHET_H

#include "cnpg/object.h"
#include "rules/finding.h"

/* Nothing that a rule reads differs: spec (a Secret's data, type and labels), and the annotations
 * that change what CloudNativePG or we do. */
bool ratchet_unchanged(const struct object *old, const struct object *new);

/* The old schedule as it would be if it ran: while it is suspended, what is wrong with it is milder
 * or silent. That is old, not new: whoever suspended it may resume it. NULL when it runs. A
 * hibernated Cluster needs no such thing: no rule that is asked about a write is silent about one.
 */
const struct object *ratchet_awake(const struct object *old, struct arena *arena);

/* What is in `more` and not in `before` yet. */
void ratchet_add(struct findings *before, const struct findings *more, struct arena *arena);

/* Findings of `now` whose fingerprint is in `before` become warnings. A fingerprint is rule id,
 * path without list indexes, and subject; one old finding covers one new one. */
void ratchet_lower(struct findings *now, const struct findings *before, struct arena *arena);

/* `f` has the fingerprint of one of them. */
bool ratchet_was_there(const struct findings *before, const struct finding *f);

#endif
