/*
 * What a replica of `serve --self-manage` does next, decided from what it sees and nothing else.
 * Every step is one conditional write that any replica can do, so that it does not matter which one
 * does it, or dies before, in or after it.
 *
 * The Secret holds ca.crt (one CA or more, each trusted by whoever trusts ca.crt), ca.key (of the
 * newest CA: the current one), and tls.crt with tls.key. A change of the CA:
 *
 *   ca.crt     caBundle   tls.crt is of
 *   1          1          1              BEGIN: 1 has less than a third of its life
 *   2 1        1          1              PUBLISH
 *   2 1        2 1        1              SWITCH: every API server has had time to hear of 2
 *   2 1        2 1        2              PUBLISH: every replica has had time to hear of tls.crt
 *   2 1        2          2              DROP
 *   2          2          2
 *
 * The key of CA 1 is gone from BEGIN on, so tls.crt is made anew with it first.
 */
#ifndef ROTATION_ROTATION_H
#define ROTATION_ROTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* API servers hear of a change within a second or so; one that was cut off gets some minutes. With
 * short lives (tests) it is a part of the CA's. */
#define ROTATION_SETTLE_SECONDS 300
#define ROTATION_SETTLE_PART 20

/* CAs in ca.crt: one change after the other makes three, and a lost one or two. */
#define ROTATION_CAS 8

#define ROTATION_NONE SIZE_MAX

struct rotation_life {
	int64_t issued, until;
};

struct rotation_ca {
	struct rotation_life life;
	bool trusted;  /* the caBundle of every webhook holds it now... */
	int64_t since; /* ...and did whenever we looked since then */
};

struct rotation_view {
	int64_t now;
	/* The Secret. */
	bool usable; /* it is there, with a CA that is valid now, and its key; else no more is read
		      */
	const struct rotation_ca *cas;
	size_t len;
	size_t current;		   /* whose key it has */
	size_t issuer;		   /* of tls.crt; ROTATION_NONE: that cannot serve now */
	struct rotation_life cert; /* tls.crt's */
	bool named;		   /* it has every name that it should have */
	/* The ValidatingWebhookConfiguration. */
	bool seen; /* it is there; else what the API server trusts is not known */
	/* ca.crt lacks a CA of ours, valid now, that a caBundle has or a replica serves, and has
	 * room for it. Ours is what was in the Secret: a stranger is never taken in. */
	bool lost;
	/* Every caBundle holds exactly the CAs that rotation_keeps keeps, and strangers for a while
	 * only: see rotation_settle. */
	bool published;
};

struct rotation_terms {
	int64_t ca, cert; /* how long they live, in seconds; the CA twice as long at least */
};

enum rotation_step {
	ROTATION_WAIT,	  /* nothing to do */
	ROTATION_MAKE,	  /* a Secret: new CA and certificate, beside the CAs of the last one */
	ROTATION_ADOPT,	  /* ca.crt: take in again what was lost, lest calls fail */
	ROTATION_RENEW,	  /* tls.crt: a new one of the CA of the old one */
	ROTATION_BEGIN,	  /* ca.crt, ca.key: the next CA; tls.crt: a last one of the old CA */
	ROTATION_SWITCH,  /* tls.crt: one of the current CA */
	ROTATION_PUBLISH, /* caBundle: the CAs that are kept */
	ROTATION_DROP,	  /* ca.crt: only the CAs that are kept */
};

/* How long after a CA was published every API server knows it, in seconds. A replica that begins
 * leaves a stranger in a caBundle alone for so long: it may be of a Secret that was there before,
 * and then another replica takes it in again. */
int64_t rotation_settle(const struct rotation_terms *t);

enum rotation_step rotation_next(const struct rotation_view *v, const struct rotation_terms *t);
const char *rotation_name(enum rotation_step step); /* for the log: "begin" */

/* A CA that signed no certificate any more that a replica may serve is not kept. */
bool rotation_keeps(const struct rotation_view *v, const struct rotation_terms *t, size_t ca);

/* What this replica serves. */
struct rotation_served {
	bool any;
	size_t issuer; /* in v->cas, or ROTATION_NONE */
	bool trusted;  /* every caBundle holds its CA */
	struct rotation_life life;
};

/* The Secret's certificate may take the place of that: the API server will trust it. */
bool rotation_may_serve(const struct rotation_view *v, const struct rotation_terms *t,
			const struct rotation_served *served);

/* Whoever changes the configuration is heard of at once; two who write it against each other must
 * not keep the API server busy. So some looks in a row, then one a second, in milliseconds. */
#define ROTATION_NUDGE_MS 1000
#define ROTATION_NUDGES_IN_A_ROW 5

/* `paid` is 0 at first. When the next such look may be, and what `paid` is after one at `now`. */
int64_t rotation_nudge_from(int64_t paid);
int64_t rotation_nudge_pay(int64_t paid, int64_t now);

#endif
