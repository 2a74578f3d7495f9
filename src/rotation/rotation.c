#include "rotation/rotation.h"

/* Less than a third of its life is left: long enough to hear of it and act when it fails. */
static bool is_due(struct rotation_life l, int64_t now)
{
	return (l.until - now) * 3 < l.until - l.issued;
}

/* Its end is near, and nobody can say what is trusted: that is worse than what may follow from
 * going on. Where it can be seen that the next CA is not trusted, going on would help nobody. */
static bool is_urgent(const struct rotation_view *v, struct rotation_life l)
{
	return !v->seen && (l.until - v->now) * 10 < l.until - l.issued;
}

int64_t rotation_settle(const struct rotation_terms *t)
{
	int64_t settle = t->ca / ROTATION_SETTLE_PART;

	return settle < ROTATION_SETTLE_SECONDS ? settle : ROTATION_SETTLE_SECONDS;
}

/* The whole settle time and more: times are cut to seconds. */
static bool is_settled(const struct rotation_view *v, const struct rotation_terms *t,
		       const struct rotation_ca *ca)
{
	return v->seen && ca->trusted && v->now - ca->since > rotation_settle(t);
}

/* A third of a certificate's life after the last new one, every replica that can has taken it:
 * before that it looked for it many times, and before it is renewed. */
bool rotation_keeps(const struct rotation_view *v, const struct rotation_terms *t, size_t ca)
{
	if (ca == v->current || ca == v->issuer)
		return true;
	return v->cas[ca].life.until >= v->now && v->now - v->cert.issued <= t->cert / 3;
}

static bool keeps_all(const struct rotation_view *v, const struct rotation_terms *t)
{
	for (size_t i = 0; i < v->len; i++)
		if (!rotation_keeps(v, t, i))
			return false;
	return true;
}

/* One that ends with its CA gains nothing. */
static bool is_worth_renewing(const struct rotation_view *v, const struct rotation_terms *t)
{
	int64_t until = v->now + t->cert;

	if (until > v->cas[v->current].life.until)
		until = v->cas[v->current].life.until;
	return is_due(v->cert, v->now) && until > v->cert.until;
}

enum rotation_step rotation_next(const struct rotation_view *v, const struct rotation_terms *t)
{
	if (!v->usable)
		return ROTATION_MAKE;
	const struct rotation_ca *current = &v->cas[v->current];
	if (v->issuer == ROTATION_NONE)
		return ROTATION_SWITCH;
	if (v->seen && v->lost)
		return ROTATION_ADOPT;
	if (v->issuer == v->current) {
		if (is_due(current->life, v->now) && (v->seen || is_urgent(v, current->life)))
			return ROTATION_BEGIN;
		if (!v->named || is_worth_renewing(v, t))
			return ROTATION_RENEW;
	} else if (is_settled(v, t, current) || is_urgent(v, v->cert)) {
		return ROTATION_SWITCH;
	}
	if (v->seen && !v->published)
		return ROTATION_PUBLISH;
	if (v->seen && !keeps_all(v, t))
		return ROTATION_DROP;
	return ROTATION_WAIT;
}

const char *rotation_name(enum rotation_step step)
{
	static const char *const names[] = {
		[ROTATION_WAIT] = "wait",	[ROTATION_MAKE] = "make",
		[ROTATION_ADOPT] = "adopt",	[ROTATION_RENEW] = "renew",
		[ROTATION_BEGIN] = "begin",	[ROTATION_SWITCH] = "switch",
		[ROTATION_PUBLISH] = "publish", [ROTATION_DROP] = "drop",
	};

	return names[step];
}

bool rotation_may_serve(const struct rotation_view *v, const struct rotation_terms *t,
			const struct rotation_served *served)
{
	if (!v->usable || v->issuer == ROTATION_NONE)
		return false;
	const struct rotation_ca *issuer = &v->cas[v->issuer];
	if (!served->any || served->life.until < v->now || is_urgent(v, served->life))
		return true;
	if (served->issuer == v->issuer) /* an older one comes from a backup */
		return v->cert.issued >= served->life.issued;
	return is_settled(v, t, issuer) || (v->seen && issuer->trusted && !served->trusted);
}

int64_t rotation_nudge_from(int64_t paid)
{
	return paid - ROTATION_NUDGE_MS * (ROTATION_NUDGES_IN_A_ROW - 1);
}

int64_t rotation_nudge_pay(int64_t paid, int64_t now)
{
	return (paid > now ? paid : now) + ROTATION_NUDGE_MS;
}
