#include "doctor_parts.h"

#include "base/utc.h"
#include "cnpg/secret.h"
#include "kube/chain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WARN_DAYS = 14 };

#define ANOTHER                                                                                    \
	"caBundle: the CA that signed what is served (ca.crt in the Secret) - or a serving "       \
	"certificate of the CA that is there"

static bool ends_soon(const struct pki_cert *c, int64_t now)
{
	return c->not_after - now <= (int64_t)WARN_DAYS * UTC_DAY;
}

/* The end of a CA, or of all of them. */
static void look_at_authorities(struct doctor *d, const struct hook *h, const struct pki_cert *all,
				size_t len)
{
	size_t dead = 0;
	bool ca = false;

	for (size_t i = 0; i < len; i++) {
		const struct pki_cert *c = &all[i];
		char end[UTC_TEXT];

		ca = ca || c->is_ca;
		dead += d->in->now > c->not_after;
		if (ends_soon(c, d->in->now))
			doctor_add_fix(doctor_add(d, DOCTOR_WARN, h->name,
						  "caBundle: '%.*s' %s at %s", STR_ARG(c->subject),
						  d->in->now > c->not_after ? "ended" : "ends",
						  utc_format(c->not_after, end)),
				       d,
				       "a new CA beside it in caBundle, then a serving certificate "
				       "of the new one");
	}
	if (dead == len)
		doctor_add_fix(doctor_add(d, DOCTOR_ERROR, h->name,
					  "caBundle: every certificate in it has expired"),
			       d, ANOTHER);
	if (!ca)
		doctor_add_fix(doctor_add(d, DOCTOR_WARN, h->name,
					  "caBundle holds a serving certificate and no CA: calls "
					  "fail once it is renewed"),
			       d, "caBundle: the CA that signs it");
}

void doctor_ca_bundle(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];
		struct str text = obj_text(h->root, "clientConfig.caBundle");
		struct pki_cert *all;
		struct err err;
		size_t len;

		if (!text.len) {
			struct doctor_finding *f =
				doctor_add(d, DOCTOR_ERROR, h->name,
					   "caBundle is empty: only a CA of the API server's own "
					   "system is trusted");

			doctor_add_fix(f, d,
				       "caBundle: base64 of ca.crt - or wait for cert-manager's "
				       "cainjector, if it writes it");
			if (!f->says.len || h->fails)
				f->says = doctor_sentence(
					d, h,
					"tls: failed to verify certificate: x509: certificate "
					"signed by unknown authority");
		} else if (!h->bundle.len) {
			doctor_add_fix(
				doctor_add(d, DOCTOR_ERROR, h->name, "caBundle is not base64"), d,
				"caBundle: base64 of ca.crt");
		} else if (!pki_read(h->bundle, d->arena, &all, &len, &err)) {
			doctor_add_fix(
				doctor_add(d, DOCTOR_ERROR, h->name, "caBundle: %s", err.msg), d,
				"caBundle: base64 of ca.crt");
		} else {
			look_at_authorities(d, h, all, len);
		}
	}
}

static const char *remedy(struct str why)
{
	if (str_contains(why, STR("expired or is not yet")))
		return "renew it: certs init, cert-manager or --self-manage; kubectl -n "
		       "cert-manager "
		       "get certificates says why it was not";
	if (str_contains(why, STR("signed by unknown authority")))
		return ANOTHER;
	return "a certificate with the Service's name among its subject alternative names: "
	       "backup-guard certs init DIR NAME.NAMESPACE.svc";
}

/* A chain against every caBundle of the webhooks that meet it. */
static void verify(struct doctor *d, const struct target *t, struct str chain, const char *whose)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];
		struct str why;
		struct doctor_finding *f;

		if (h->target != t || !h->bundle.len)
			continue;
		why = doctor_x509(d->arena, chain, t->host, h->bundle, d->in->now);
		if (!why.len)
			continue;
		f = doctor_add(d, DOCTOR_ERROR, h->name, "the API server refuses %s: %.*s", whose,
			       STR_ARG(why));
		f->fix = str_from(remedy(why));
		if (!f->says.len || h->fails)
			f->says = doctor_sentence(d, h, "tls: failed to verify certificate: %.*s",
						  STR_ARG(why));
	}
}

static void look_at_days(struct doctor *d, struct str chain, const char *whose)
{
	struct pki_cert *all;
	struct err err;
	char end[UTC_TEXT];
	size_t len;

	if (!pki_read(chain, d->arena, &all, &len, &err) || !ends_soon(&all[0], d->in->now) ||
	    d->in->now > all[0].not_after)
		return;
	doctor_add_fix(doctor_add(d, DOCTOR_WARN, NOWHERE, "%s ends at %s, in %" PRId64 " days",
				  whose, utc_format(all[0].not_after, end),
				  (all[0].not_after - d->in->now) / UTC_DAY),
		       d, "renew it; the pods read it again by themselves");
}

/* Not our way, perhaps: what is certain only in a Pod is told only there. */
static void tell_unreached(struct doctor *d, const struct target *t, const char *why)
{
	bool in_pod = getenv("KUBERNETES_SERVICE_HOST");

	doctor_add(d, in_pod && t->ready ? DOCTOR_WARN : DOCTOR_INFO, NOWHERE,
		   "%.*s:%" PRId64 " cannot be reached from here (%s)%s", STR_ARG(t->host), t->port,
		   why, in_pod ? "" : "; run doctor in a Pod to see what it serves");
}

static void dial(struct doctor *d, struct target *t)
{
	struct str address = obj_text(t->service, "spec.clusterIP");
	struct doctor_finding *f;
	struct err err;

	if (!address.len || str_is(address, "None"))
		address = t->host;
	switch (kube_served_chain(t->host, address, t->port, d->arena, &t->chain, &err)) {
	case KUBE_UNREACHED:
		tell_unreached(d, t, err.msg);
		return;
	case KUBE_REACHED:
		f = doctor_add(d, DOCTOR_ERROR, t->hook->name,
			       "%.*s:%" PRId64 " does not speak TLS: %s", STR_ARG(t->host), t->port,
			       err.msg);
		doctor_add_fix(f, d,
			       "targetPort of the Service: the port of --listen, not of --health");
		f->says = doctor_sentence(d, t->hook,
					  "http: server gave HTTP response to HTTPS client");
		return;
	case KUBE_SERVED:
		verify(d, t, t->chain, "what is served");
		look_at_days(d, t->chain, "what is served");
	}
}

void doctor_certificate(struct doctor *d)
{
	for (struct target *t = d->targets; t; t = t->next)
		if (t->is_there && t->serves_port)
			dial(d, t);
}

/* The Secret's key fits, and the pods serve what it holds. */
static void compare_secret(struct doctor *d, const struct target *t, struct str cert,
			   struct str key)
{
	struct pki_cert *served, leaf;
	struct err err;
	size_t len;

	if (!pki_check_pair(cert, key, d->in->now, d->arena, &leaf, &err))
		doctor_add_fix(doctor_add(d, DOCTOR_ERROR, NOWHERE, "Secret %.*s/%.*s: %s",
					  STR_ARG(t->namespace), STR_ARG(d->in->secret), err.msg),
			       d,
			       "tls.crt and tls.key of one and the same certificate, one that is "
			       "valid for serving");
	else if (t->chain.len && pki_read(t->chain, d->arena, &served, &len, &err) &&
		 memcmp(served[0].sha256, leaf.sha256, sizeof leaf.sha256) != 0)
		doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, NOWHERE,
				   "Secret %.*s/%.*s holds another certificate than is served",
				   STR_ARG(t->namespace), STR_ARG(d->in->secret)),
			d,
			"a mounted Secret follows within two minutes; if it does not, the "
			"log of the pods says why");
	if (!t->chain.len) {
		verify(d, t, cert, "the certificate in the Secret");
		look_at_days(d, cert, "the certificate in the Secret");
	}
}

static void look_at_secret(struct doctor *d, const struct target *t)
{
	struct str what = arena_fmt(d->arena, "Secret %.*s/%.*s", STR_ARG(t->namespace),
				    STR_ARG(d->in->secret));
	struct str path = doctor_path(d, "/api/v1", t->namespace, "secrets", d->in->secret);
	struct str cert = STR_EMPTY, key = STR_EMPTY;
	struct obj secret;
	long status;

	if (!doctor_get(d, path, what.ptr, DOCTOR_INFO, &secret, &status)) {
		if (status == 404)
			doctor_add(d, DOCTOR_INFO, NOWHERE,
				   "%.*s does not exist: --secret names "
				   "another one",
				   STR_ARG(what));
		return;
	}
	struct obj data = obj_at(secret, "data");

	if (base64_decode(obj_text(obj_member(data, STR("tls.crt")), ""), d->arena, &cert) &&
	    base64_decode(obj_text(obj_member(data, STR("tls.key")), ""), d->arena, &key) &&
	    cert.len && key.len)
		compare_secret(d, t, cert, key);
	else
		doctor_add_fix(doctor_add(d, DOCTOR_ERROR, NOWHERE,
					  "%.*s has no tls.crt and tls.key", STR_ARG(what)),
			       d, "a Secret of type kubernetes.io/tls");
}

void doctor_secret(struct doctor *d)
{
	for (const struct target *t = d->targets; t; t = t->next)
		look_at_secret(d, t);
}
