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

/* Findings of `now` whose fingerprint is in `before` become warnings. A fingerprint is rule id,
 * path without list indexes, and subject; one old finding covers one new one. */
void ratchet_lower(struct findings *now, const struct findings *before, struct arena *arena);

/* `f` has the fingerprint of one of them. */
bool ratchet_was_there(const struct findings *before, const struct finding *f);

#endif
