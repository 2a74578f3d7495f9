/* Which CAs are ours: what one replica has seen in the Secret, and whom it found when it began. */
#include "internal.h"

#include <string.h>

static bool is_id(const struct ca_id *id, const struct pki_cert *c)
{
	return !memcmp(id->sha256, c->sha256, sizeof id->sha256);
}

size_t memory_find_own(const struct memory *m, const struct pki_cert *c)
{
	for (size_t i = 0; i < m->own_len; i++)
		if (is_id(&m->own[i].id, c))
			return i;
	return ROTATION_NONE;
}

static void add(struct memory *m, const struct ca *ca)
{
	struct own *own = &m->own[m->own_len++];

	*own = (struct own){
		.until = ca->cert.not_after, .pem = arena_str(m->arena, ca->pem), .latest = true};
	memcpy(own->id.sha256, ca->cert.sha256, sizeof own->id.sha256);
}

/* Nothing but the texts moves into an arena of its own. */
static void move(struct memory *m)
{
	struct arena *fresh = arena_new();

	for (size_t i = 0; i < m->own_len; i++)
		m->own[i].pem = arena_str(fresh, m->own[i].pem);
	arena_free(m->arena);
	m->arena = fresh;
}

static bool knows_all(struct memory *m, const struct look *l)
{
	bool all = true;

	for (size_t i = 0; i < m->own_len; i++)
		m->own[i].latest = false;
	for (size_t i = 0; i < l->cas_len; i++) {
		size_t at = memory_find_own(m, &l->cas[i].cert);

		all = all && at != ROTATION_NONE;
		if (at != ROTATION_NONE)
			m->own[at].latest = true;
	}
	return all;
}

/* Those that have ended go, and of too many the oldest. */
void memory_learn(struct memory *m, const struct look *l)
{
	size_t kept = 0;

	if (!l->cas_len || knows_all(m, l))
		return;
	for (size_t i = 0; i < m->own_len; i++)
		if (m->own[i].until >= l->view.now)
			m->own[kept++] = m->own[i];
	m->own_len = kept;
	move(m);
	for (size_t i = 0; i < l->cas_len; i++) {
		if (memory_find_own(m, &l->cas[i].cert) != ROTATION_NONE)
			continue;
		if (m->own_len == ARRAY_LEN(m->own))
			memmove(m->own, m->own + 1, --m->own_len * sizeof *m->own);
		add(m, &l->cas[i]);
	}
}

bool memory_spares(const struct memory *m, const struct pki_cert *c, int64_t now,
		   const struct rotation_terms *t)
{
	for (size_t i = 0; i < m->found_len; i++)
		if (is_id(&m->found[i], c))
			return now - m->began <= rotation_settle(t);
	return false;
}

void memory_free(struct memory *m)
{
	arena_free(m->arena);
}
