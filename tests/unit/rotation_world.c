/*
 * Replicas that look, decide and write one after the other in any order, are slow, die and begin
 * anew; a Secret that is deleted, or restored from a backup; a stranger's CA in the caBundle; API
 * servers that hear late of what was changed. Whatever the order: none of them ever meets a
 * certificate of a CA that it does not know, or one that has ended, and no stranger comes into the
 * Secret.
 */
#include "rotation/rotation.h"

#include "base/macros.h"

#include <criterion/criterion.h>
#include <string.h>

/* Settles in 15, held 30, renewed with 30 left. */
static const struct rotation_terms terms = {.ca = 300, .cert = 90};
#define CHECK 5 /* between two looks */
#define LATE 10 /* API servers know what was there so long ago, or anything since */

#define REPLICAS 3
#define CAS_MOST 200 /* ever made */
#define SECONDS 3000 /* ten CAs */

struct secret {
	bool there;
	int version;
	int cas[ROTATION_CAS]; /* numbers; of the newest, the first, it has the key */
	size_t len;
	int issuer;
	struct rotation_life cert;
};

struct configuration {
	int version;
	bool holds[CAS_MOST];
};

enum phase { RESTING, READ_SECRET, READ_CONFIGURATION, READ_AGAIN, WRITING };

struct replica {
	enum phase phase;
	int64_t since; /* it lives */
	int64_t rests_until;
	struct secret secret;		    /* as read */
	struct configuration configuration; /* as read */
	bool own[CAS_MOST];		    /* it was in the Secret at some look... */
	bool latest[CAS_MOST];		    /* ...at that when there was a Secret last */
	bool found[CAS_MOST];		    /* it was trusted when it began */
	bool looked;
	enum rotation_step step;
	int64_t decided;
	bool trusted[CAS_MOST]; /* at the last look, and since when */
	int64_t trusted_since[CAS_MOST];
	bool serves;
	int first;   /* CA that it served */
	bool called; /* from when it has seen that its CA is published, as self_manage_wait waits */
	int issuer;
	struct rotation_life life;
};

struct world {
	uint64_t random;
	int64_t now;
	struct secret secret, old; /* the old one: of a backup */
	struct configuration configuration;
	int64_t held_since[CAS_MOST];
	struct rotation_life cas[CAS_MOST];
	bool sudden[CAS_MOST]; /* not brought in beside the one before */
	bool stranger[CAS_MOST];
	int made;
	int64_t meddled_at;
	struct replica replicas[REPLICAS];
	int dropped, deaths, conflicts, meddled, strangers;
};

static unsigned any(struct world *w, unsigned below)
{
	w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(w->random >> 33) % below;
}

static bool is_known(const struct replica *r, int ca)
{
	for (size_t i = 0; i < r->secret.len; i++)
		if (r->secret.cas[i] == ca)
			return true;
	return false;
}

/* A CA that a caBundle holds and the Secret does not explain is left alone. */
static bool is_spared(const struct world *w, const struct replica *r, int ca)
{
	return r->configuration.holds[ca] && !is_known(r, ca) && !r->own[ca] && r->found[ca] &&
	       w->cas[ca].until >= w->now && w->now - r->since <= rotation_settle(&terms);
}

static void want(const struct world *w, const struct replica *r, const struct rotation_view *v,
		 bool wanted[CAS_MOST])
{
	for (int i = 0; i < w->made; i++)
		wanted[i] = is_spared(w, r, i);
	for (size_t i = 0; i < v->len; i++)
		wanted[r->secret.cas[i]] = rotation_keeps(v, &terms, i);
}

static bool holds_all(const struct world *w, const struct replica *r, const struct rotation_view *v)
{
	bool wanted[CAS_MOST] = {false};

	want(w, r, v, wanted);
	return !memcmp(wanted, r->configuration.holds, sizeof wanted);
}

static bool is_lost(const struct world *w, const struct replica *r, bool usable, int ca)
{
	return r->own[ca] && !is_known(r, ca) && w->cas[ca].until >= w->now &&
	       (r->configuration.holds[ca] || (r->serves && r->issuer == ca) ||
		(r->latest[ca] && !usable));
}

static bool sees_stranger(const struct world *w, const struct replica *r)
{
	for (int i = 0; i < w->made; i++)
		if (r->configuration.holds[i] && !is_known(r, i) && !r->own[i] &&
		    w->cas[i].until >= w->now && !is_spared(w, r, i))
			return true;
	return false;
}

static void learn(const struct world *w, struct replica *r)
{
	for (int i = 0; i < w->made && r->secret.len; i++)
		r->latest[i] = is_known(r, i);
	for (size_t i = 0; i < r->secret.len; i++)
		r->own[r->secret.cas[i]] = true;
	for (int i = 0; i < w->made && !r->looked; i++)
		r->found[i] = r->configuration.holds[i] && !is_known(r, i);
	r->looked = true;
}

static struct rotation_view look(const struct world *w, struct replica *r,
				 struct rotation_ca cas[ROTATION_CAS])
{
	const struct secret *s = &r->secret;
	struct rotation_view v = {.now = w->now,
				  .usable = s->there && w->cas[s->cas[0]].until >= w->now,
				  .cas = cas,
				  .len = s->len,
				  .issuer = ROTATION_NONE,
				  .cert = s->cert,
				  .named = true,
				  .seen = true};

	for (int i = 0; i < w->made; i++) {
		bool held = r->configuration.holds[i];

		if (!held || !r->trusted[i])
			r->trusted_since[i] = w->now;
		r->trusted[i] = held;
	}
	for (size_t i = 0; i < s->len; i++) {
		int ca = s->cas[i];

		cas[i] = (struct rotation_ca){w->cas[ca], r->trusted[ca], r->trusted_since[ca]};
		if (ca == s->issuer && s->cert.until >= w->now)
			v.issuer = i;
	}
	for (int i = 0; i < w->made; i++)
		v.lost |= is_lost(w, r, v.usable, i);
	v.published = holds_all(w, r, &v);
	return v;
}

static void take(struct replica *r, const struct rotation_view *v)
{
	struct rotation_served served = {.any = r->serves,
					 .issuer = ROTATION_NONE,
					 .trusted = r->serves && r->trusted[r->issuer],
					 .life = r->life};

	for (size_t i = 0; r->serves && i < v->len; i++)
		if (r->secret.cas[i] == r->issuer)
			served.issuer = i;
	if (!rotation_may_serve(v, &terms, &served))
		return;
	if (!r->serves)
		r->first = r->secret.issuer;
	r->serves = true;
	r->issuer = r->secret.issuer;
	r->life = r->secret.cert;
}

static void issue(struct world *w, struct secret *s, int ca, int64_t now)
{
	int64_t until = now + terms.cert;

	s->issuer = ca;
	s->cert.issued = now;
	s->cert.until = until < w->cas[ca].until ? until : w->cas[ca].until;
}

static void add_new_ca(struct world *w, struct secret *s, int64_t now)
{
	cr_assert(w->made < CAS_MOST && s->len < ROTATION_CAS);
	w->cas[w->made] = (struct rotation_life){now, now + terms.ca};
	memmove(s->cas + 1, s->cas, s->len++ * sizeof *s->cas);
	s->cas[0] = w->made++;
}

static void drop(const struct replica *r, const struct rotation_view *v, struct secret *s)
{
	s->len = 0;
	for (size_t i = 0; i < v->len; i++)
		if (rotation_keeps(v, &terms, i))
			s->cas[s->len++] = r->secret.cas[i];
}

static void adopt(const struct world *w, const struct replica *r, bool usable, struct secret *s)
{
	for (int i = 0; i < w->made && s->len < ROTATION_CAS; i++)
		if (is_lost(w, r, usable, i))
			s->cas[s->len++] = i;
}

/* What it decided when it looked, written now if nobody was faster. */
static void write_secret(struct world *w, struct replica *r, const struct rotation_view *v)
{
	struct secret s = r->secret;

	if (s.version != w->secret.version) {
		w->conflicts++;
		return;
	}
	if (r->step == ROTATION_MAKE) {
		s.len = 0;
		s.there = true;
		adopt(w, r, false, &s);
		add_new_ca(w, &s, r->decided);
		issue(w, &s, s.cas[0], r->decided);
		w->sudden[s.cas[0]] = true;
	} else if (r->step == ROTATION_BEGIN) {
		drop(r, v, &s);
		issue(w, &s, s.cas[0], r->decided);
		add_new_ca(w, &s, r->decided);
	} else if (r->step == ROTATION_DROP) {
		drop(r, v, &s);
		w->dropped++;
	} else {
		if (r->step == ROTATION_ADOPT)
			adopt(w, r, true, &s);
		if (r->step != ROTATION_ADOPT || s.issuer == s.cas[0])
			issue(w, &s, s.cas[0], r->decided);
	}
	for (size_t i = 0; i < s.len; i++)
		cr_assert_not(w->stranger[s.cas[i]], "a stranger is in the Secret");
	s.version++;
	w->secret = s;
}

static void publish(struct world *w, const struct replica *r, const struct rotation_view *v)
{
	if (r->configuration.version != w->configuration.version) {
		w->conflicts++;
		return;
	}
	bool wanted[CAS_MOST] = {false};

	want(w, r, v, wanted);
	for (int i = 0; i < w->made; i++) {
		if (wanted[i] && !w->configuration.holds[i])
			w->held_since[i] = w->now;
		w->configuration.holds[i] = wanted[i];
	}
	w->configuration.version++;
}

static void go_on(struct world *w, struct replica *r)
{
	struct rotation_ca cas[ROTATION_CAS];
	struct rotation_view v;

	switch (r->phase) {
	case RESTING:
		if (w->now >= r->rests_until)
			r->phase = READ_SECRET;
		return;
	case READ_SECRET:
		r->secret = w->secret;
		r->phase = READ_CONFIGURATION;
		return;
	case READ_CONFIGURATION:
		r->configuration = w->configuration;
		learn(w, r);
		r->phase = READ_AGAIN;
		return;
	case READ_AGAIN:
		if (sees_stranger(w, r) && r->secret.version != w->secret.version) {
			r->phase = READ_SECRET;
			return;
		}
		v = look(w, r, cas);
		take(r, &v);
		r->called |= r->serves && r->trusted[r->issuer];
		r->step = rotation_next(&v, &terms);
		r->decided = w->now;
		r->phase = r->step == ROTATION_WAIT ? RESTING : WRITING;
		r->rests_until = w->now + CHECK;
		return;
	case WRITING:
		v = look(w, r, cas);
		v.now = r->decided;
		if (r->step == ROTATION_PUBLISH)
			publish(w, r, &v);
		else
			write_secret(w, r, &v);
		r->phase = READ_SECRET;
		return;
	}
}

static void judge(const struct world *w, uint64_t seed)
{
	for (size_t i = 0; i < REPLICAS; i++) {
		const struct replica *r = &w->replicas[i];
		int64_t known = w->held_since[r->issuer];

		if (!r->called)
			continue;
		cr_assert(r->life.until >= w->now, "%zu at %d: replica %zu serves what has ended",
			  (size_t)seed, (int)w->now, i);
		cr_assert(w->configuration.holds[r->issuer],
			  "%zu at %d: replica %zu serves CA %d, which nobody trusts", (size_t)seed,
			  (int)w->now, i, r->issuer);
		/* one that has just begun has nothing else; it takes a while to be called */
		cr_assert(w->now - known > LATE || (w->sudden[r->issuer] && r->issuer == r->first),
			  "%zu at %d: replica %zu serves CA %d, trusted for %d s only",
			  (size_t)seed, (int)w->now, i, r->issuer, (int)(w->now - known));
	}
}

static bool agree(const struct world *w)
{
	for (size_t i = 0; i < REPLICAS; i++)
		if (!w->replicas[i].serves || w->replicas[i].issuer != w->secret.issuer ||
		    w->replicas[i].life.until != w->secret.cert.until)
			return false;
	return true;
}

static void begin(struct world *w, struct replica *r)
{
	*r = (struct replica){.since = w->now, .phase = READ_SECRET};
}

/* Every replica has seen this Secret since it began: who has not would take its CAs for strangers',
 * when others serve them and the Secret is gone. That takes a Secret that lived no longer than the
 * time between two looks. And no certificate ends before another one can be trusted. */
static bool is_calm(const struct world *w)
{
	for (size_t i = 0; i < REPLICAS; i++) {
		const struct replica *r = &w->replicas[i];

		if (r->serves && r->life.until - w->now < rotation_settle(&terms) + 5 * CHECK)
			return false;
		if (!r->looked && r->phase != READ_SECRET)
			return false;
		for (size_t k = 0; k < w->secret.len; k++)
			if (r->looked && !r->own[w->secret.cas[k]])
				return false;
	}
	return true;
}

/* The Secret is deleted, or one of before is restored. */
static void meddle(struct world *w)
{
	int version = w->secret.version + 1;

	if (w->old.there && w->cas[w->old.cas[0]].until - w->now > terms.ca / 3 &&
	    w->old.cert.until - w->now > terms.cert / 3)
		w->secret = w->old;
	else
		w->secret = (struct secret){.there = false};
	w->secret.version = version;
	for (size_t i = 0; i < w->secret.len; i++)
		w->sudden[w->secret.cas[i]] = true;
	w->meddled++;
	w->meddled_at = w->now;
}

/* It never comes into the Secret, and is none of what a replica serves. */
static void add_stranger(struct world *w)
{
	cr_assert(w->made < CAS_MOST);
	w->cas[w->made] = (struct rotation_life){w->now, w->now + terms.ca};
	w->stranger[w->made] = true;
	w->configuration.holds[w->made++] = true;
	w->configuration.version++;
	w->strangers++;
}

static bool holds_stranger(const struct world *w)
{
	for (int i = 0; i < w->made; i++)
		if (w->stranger[i] && w->configuration.holds[i])
			return true;
	return false;
}

static void live(struct world *w, uint64_t seed, bool trouble)
{
	for (int64_t end = w->now + SECONDS; w->now < end; w->now++) {
		if (trouble && !any(w, 40)) {
			begin(w, &w->replicas[any(w, REPLICAS)]);
			w->deaths++;
		}
		if (!any(w, 300) && w->secret.issuer == w->secret.cas[0])
			w->old = w->secret;
		if (trouble && w->now - w->meddled_at > terms.cert && !any(w, 200) && is_calm(w))
			meddle(w);
		if (trouble && !any(w, 100))
			add_stranger(w);
		for (unsigned moves = any(w, 12) + 3; moves; moves--) {
			go_on(w, &w->replicas[any(w, REPLICAS)]);
			judge(w, seed);
		}
	}
}

Test(rotation, in_any_order_of_events_nobody_serves_what_is_not_trusted)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct world w = {.random = seed, .now = 1000};

		live(&w, seed, true);
		cr_expect(w.deaths > 10 && w.conflicts > 10 && w.dropped > 5 && w.meddled &&
				  w.strangers,
			  "%zu: %d deaths, %d conflicts, %d dropped, %d meddled, %d strangers",
			  (size_t)seed, w.deaths, w.conflicts, w.dropped, w.meddled, w.strangers);
		live(&w, seed, false);
		int64_t patience = w.now + terms.cert;
		while (!agree(&w) && w.now++ < patience)
			for (int i = 0; i < 10; i++)
				go_on(&w, &w.replicas[any(&w, REPLICAS)]);
		cr_expect(agree(&w), "%zu: they do not agree", (size_t)seed);
		cr_expect_not(holds_stranger(&w), "%zu: a stranger is trusted", (size_t)seed);
	}
}
