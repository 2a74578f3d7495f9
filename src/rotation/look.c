/* One look at the API server: the Secret, the configuration, and who trusts which CA since when. */
#include "internal.h"

#include "base/base64.h"
#include "base/clock.h"

#include <string.h>

enum { NOT_FOUND = 404 };

static bool same_ca(const struct pki_cert *a, const struct pki_cert *b)
{
	return !memcmp(a->sha256, b->sha256, sizeof a->sha256);
}

static bool is_valid(const struct pki_cert *c, int64_t now)
{
	return c->not_before <= now && now <= c->not_after;
}

static struct rotation_life life_of(const struct pki_cert *c)
{
	return (struct rotation_life){.issued = c->not_before + PKI_BACKDATE,
				      .until = c->not_after};
}

static bool find_ca(const struct ca *list, size_t len, const struct pki_cert *c, size_t *at)
{
	for (*at = 0; *at < len; ++*at)
		if (same_ca(&list[*at].cert, c))
			return true;
	return false;
}

/* Each certificate of a PEM text; none when it is no such text. */
static size_t read_cas(struct str pem, struct arena *a, struct ca **out)
{
	struct pki_cert *certs;
	struct str *texts;
	size_t len, texts_len;
	struct err ignored;

	if (!pki_read(pem, a, &certs, &len, &ignored) ||
	    !pki_split(pem, a, &texts, &texts_len, &ignored) || len != texts_len)
		return 0;
	*out = ARENA_ARRAY(a, struct ca, len);
	for (size_t i = 0; i < len; i++)
		(*out)[i] = (struct ca){.pem = texts[i], .cert = certs[i]};
	return len;
}

/* Data of the Secret, decoded; empty when it is not there. */
static struct str secret_data(const struct look *l, const char *key)
{
	struct obj value = obj_member(obj_at(l->secret, "data"), str_from(key));
	struct str out;

	if (!base64_decode(obj_text(value, ""), l->arena, &out))
		return STR_EMPTY;
	return out;
}

/* The CA that signed tls.crt, if that may be served now. */
static size_t find_issuer(struct look *l)
{
	struct err ignored;

	if (!pki_check_pair(l->cert, l->key, l->view.now, l->arena, &l->leaf, &ignored))
		return ROTATION_NONE;
	for (size_t i = 0; i < l->cas_len; i++)
		if (pki_check_chain(l->cert, l->cas[i].pem, l->view.now, &ignored))
			return i;
	return ROTATION_NONE;
}

static bool has_names(const struct self_target *t, const struct pki_cert *leaf)
{
	for (size_t i = 0; i < t->names_len; i++) {
		bool found = false;

		for (size_t k = 0; k < leaf->names_len && !found; k++)
			found = str_eq_nocase(t->names[i], leaf->names[k]);
		if (!found)
			return false;
	}
	return true;
}

static void read_secret(const struct self_target *t, struct look *l)
{
	struct ca *all;
	size_t len = read_cas(secret_data(l, "ca.crt"), l->arena, &all);
	struct err ignored;

	l->ca_key = secret_data(l, "ca.key");
	l->cert = secret_data(l, "tls.crt");
	l->key = secret_data(l, "tls.key");
	for (size_t i = 0; i < len && l->cas_len < ROTATION_CAS; i++)
		l->cas[l->cas_len++] = all[i];
	for (size_t i = 0; i < l->cas_len; i++) {
		l->view_cas[i].life = life_of(&l->cas[i].cert);
		if (l->view.usable || !is_valid(&l->cas[i].cert, l->view.now) ||
		    !l->cas[i].cert.is_ca || !pki_check_key(l->cas[i].pem, l->ca_key, &ignored))
			continue;
		l->view.usable = true;
		l->view.current = i;
	}
	l->view.cas = l->view_cas;
	l->view.len = l->cas_len;
	l->view.issuer = find_issuer(l);
	l->view.cert = life_of(&l->leaf);
	l->view.named = has_names(t, &l->leaf);
}

/* What every caBundle holds is trusted: since the last look, or since longer. */
static void remember(struct memory *m, const struct ca *list, size_t len, int64_t now)
{
	struct memory old = *m;

	m->trusted_len = 0;
	for (size_t i = 0; i < len && m->trusted_len < TRUSTED_MOST; i++) {
		struct trusted *t = &m->trusted[m->trusted_len++];

		*t = (struct trusted){.since = now};
		memcpy(t->id.sha256, list[i].cert.sha256, sizeof t->id.sha256);
		for (size_t k = 0; k < old.trusted_len; k++)
			if (!memcmp(&old.trusted[k].id, &t->id, sizeof t->id))
				t->since = old.trusted[k].since;
	}
}

/* The Secret has this CA. */
static bool is_in(const struct look *l, const struct ca_id *id)
{
	for (size_t i = 0; i < l->cas_len; i++)
		if (!memcmp(id->sha256, l->cas[i].cert.sha256, sizeof id->sha256))
			return true;
	return false;
}

struct bundles {
	struct memory *memory;
	const struct rotation_terms *terms;
	bool *held;	       /* of each of memory->own: a caBundle holds it */
	struct str ours;       /* PEM of the CAs that are kept */
	struct ca *everywhere; /* in each caBundle */
	size_t len;
	bool any; /* there was one */
	bool published;
};

/* Whose it is decides what becomes of a CA of a caBundle that the Secret lacks: one of ours goes
 * into the Secret, a stranger out of the caBundle. */
static void sort_out(struct look *l, const struct bundles *b, const struct ca *ca,
		     struct buf *wanted)
{
	struct memory *m = b->memory;
	size_t at, own = memory_find_own(m, &ca->cert);

	if (!is_valid(&ca->cert, l->view.now) || find_ca(l->cas, l->cas_len, &ca->cert, &at))
		return;
	if (own != ROTATION_NONE) {
		b->held[own] = true;
		return;
	}
	if (!m->looked && m->found_len < ARRAY_LEN(m->found))
		memcpy(m->found[m->found_len++].sha256, ca->cert.sha256, sizeof m->found->sha256);
	if (memory_spares(m, &ca->cert, l->view.now, b->terms))
		buf_str(wanted, ca->pem);
	else
		l->stranger = true;
}

static void read_bundle(struct look *l, struct obj webhook, struct bundles *b, size_t which)
{
	struct str pem = STR_EMPTY;
	struct ca *list = NULL;
	struct buf wanted = BUF_ARENA(l->arena);
	size_t at, len = 0, kept = 0;

	if (base64_decode(obj_text(webhook, "clientConfig.caBundle"), l->arena, &pem))
		len = read_cas(pem, l->arena, &list);
	buf_str(&wanted, b->ours);
	for (size_t i = 0; i < len; i++)
		sort_out(l, b, &list[i], &wanted);
	l->wanted[which] = buf_slice(&wanted);
	b->published = b->published && str_eq(pem, l->wanted[which]);
	for (size_t i = 0; b->any && i < b->len; i++)
		if (find_ca(list, len, &b->everywhere[i].cert, &at))
			b->everywhere[kept++] = b->everywhere[i];
	if (!b->any) {
		b->everywhere = list;
		kept = len;
	}
	b->len = kept;
	b->any = true;
}

/* What others serve, or this replica itself, must be trusted on: a CA of ours that a caBundle
 * holds, or of what is served here. Without a Secret everything that the last one held. */
static void find_lost(struct look *l, const struct memory *m, const bool *held)
{
	for (size_t i = 0; i < m->own_len && l->cas_len + l->lost_len < ROTATION_CAS; i++) {
		const struct own *own = &m->own[i];
		bool serves = m->serves && !memcmp(&own->id, &m->ca, sizeof own->id);

		if (own->until >= l->view.now && !is_in(l, &own->id) &&
		    (held[i] || serves || (own->latest && !l->view.usable)))
			l->lost[l->lost_len++] = own->pem;
	}
	l->view.lost = l->lost_len > 0;
}

static void read_configuration(const struct self_target *t, struct memory *m, struct look *l,
			       bool *held)
{
	struct obj webhooks = obj_at(l->configuration, "webhooks");
	struct buf ours = BUF_ARENA(l->arena);
	struct bundles b = {.memory = m, .terms = &t->terms, .held = held, .published = true};
	size_t which = 0;

	if (!m->looked)
		m->began = l->view.now;
	for (size_t i = 0; l->view.usable && i < l->cas_len; i++)
		if (rotation_keeps(&l->view, &t->terms, i))
			buf_str(&ours, l->cas[i].pem);
	b.ours = buf_slice(&ours);
	l->wanted = ARENA_ARRAY(l->arena, struct str, obj_len(webhooks));
	for (struct obj w = obj_first(webhooks); w.node; w = obj_next(w))
		read_bundle(l, w, &b, which++);
	m->looked = true;
	remember(m, b.everywhere, b.len, l->view.now);
	for (size_t i = 0; i < l->cas_len; i++)
		for (size_t k = 0; k < m->trusted_len; k++)
			if (!memcmp(&m->trusted[k].id, l->cas[i].cert.sha256,
				    sizeof m->trusted[k].id)) {
				l->view_cas[i].trusted = true;
				l->view_cas[i].since = m->trusted[k].since;
			}
	l->view.published = b.published;
}

/* GET of an object that could be written back. What a proxy made up, or a list, is no answer: a
 * write that rests on it would rest on nothing. */
static bool get(const struct self_target *t, struct str path, const char *kind, struct look *l,
		struct kube_answer *answer, struct err *err)
{
	if (!kube_get(t->kube, path, l->arena, answer, err))
		return false;
	if (str_is(obj_text(answer->root, "kind"), kind) &&
	    obj_text(answer->root, "metadata.resourceVersion").len)
		return true;
	return err_set(err, E_VALUE, "GET %.*s: this is no %s", STR_ARG(path), kind);
}

/* Who publishes a CA has seen it in the Secret before. So if the Secret that does not explain it is
 * still the same now, it is none of ours. */
static bool look_again(const struct self_target *t, struct look *l, struct err *err)
{
	struct kube_answer answer;
	const char *version = "metadata.resourceVersion";

	if (!get(t, t->secret_path, "Secret", l, &answer, err)) {
		l->stale = answer.status == NOT_FOUND && l->secret.node;
		return answer.status == NOT_FOUND;
	}
	l->stale = !str_eq(obj_text(answer.root, version), obj_text(l->secret, version));
	return true;
}

bool self_look(const struct self_target *t, struct memory *m, struct look *l,
	       struct err *config_err, struct err *err)
{
	bool held[TRUSTED_MOST] = {false};
	struct kube_answer answer;

	if (get(t, t->secret_path, "Secret", l, &answer, err))
		l->secret = answer.root;
	else if (answer.status != NOT_FOUND)
		return false;
	l->view.issuer = ROTATION_NONE;
	l->view.seen = get(t, t->configuration_path, "ValidatingWebhookConfiguration", l, &answer,
			   config_err);
	l->absent = answer.status == NOT_FOUND;
	if (l->view.seen && !obj_len(obj_at(answer.root, "webhooks"))) {
		l->view.seen = false;
		l->absent = true;
	}
	l->view.now = clock_utc();
	read_secret(t, l);
	memory_learn(m, l);
	l->configuration = answer.root;
	if (l->view.seen)
		read_configuration(t, m, l, held);
	else
		m->trusted_len = 0;
	find_lost(l, m, held);
	return !l->stranger || look_again(t, l, err);
}
