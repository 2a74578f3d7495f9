/* What each caBundle trusts, what is served, and whether the Secret has it. */
#include "internal.h"

#include "base/base64.h"
#include "base/utc.h"
#include "http/chain.h"

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

/* What the API server says of a certificate; of several webhooks one that fails closed speaks. */
static void say_of_certificate(struct doctor *d, struct doctor_finding *f, const struct hook *h,
			       struct str why)
{
	if (!f->says.len || h->fails)
		f->says = doctor_sentence(d, h, "tls: failed to verify certificate: %.*s",
					  STR_ARG(why));
}

/* The end of the CA that lasts longest; those beside it are of a change that is over. */
static void look_at_authorities(struct doctor *d, struct hook *h, const struct pki_cert *all,
				size_t len)
{
	const struct pki_cert *last = &all[0];
	char end[UTC_TEXT];
	bool ca = false;

	for (size_t i = 0; i < len; i++) {
		ca = ca || all[i].is_ca;
		last = all[i].not_after > last->not_after ? &all[i] : last;
	}
	h->ca_told = ends_soon(last, d->in->now);
	if (d->in->now > last->not_after) {
		h->bundle_told = true;
		struct doctor_finding *f = doctor_add(
			d, DOCTOR_ERROR, h->name, "caBundle: every certificate in it has expired");

		doctor_add_fix(f, d, ANOTHER);
		say_of_certificate(d, f, h, doctor_x509_time(d->arena, last, d->in->now));
	} else if (h->ca_told) {
		doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, h->name,
				   "caBundle: '%.*s' ends at %s, in %" PRId64 " days",
				   STR_ARG(last->subject), utc_format(last->not_after, end),
				   (last->not_after - d->in->now) / UTC_DAY),
			d,
			"a new CA beside it in caBundle, then a serving certificate of the new one");
	}
	if (!ca && !h->bundle_told)
		doctor_add_fix(
			doctor_add(
				d, DOCTOR_WARN, h->name,
				"caBundle holds a serving certificate and no CA: calls fail once it is renewed"),
			d, "caBundle: the CA that signs it");
}

static void miss_bundle(struct doctor *d, const struct hook *h)
{
	struct doctor_finding *f;

	if (h->target && h->target->url.len) {
		doctor_add(d, DOCTOR_INFO, h->name,
			   "caBundle is empty: the CAs of the API server's own system are trusted");
		return;
	}
	f = doctor_add(d, DOCTOR_ERROR, h->name,
		       "caBundle is empty: only a CA of the API server's own system is trusted");
	doctor_add_fix(
		f, d,
		"caBundle: base64 of ca.crt - or wait for cert-manager's cainjector or serve --self-manage, whichever writes it");
	say_of_certificate(d, f, h, STR("x509: certificate signed by unknown authority"));
}

void doctor_ca_bundle(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		struct hook *h = &d->hooks[i];
		struct pki_cert *all;
		struct err err;
		size_t len;

		if (!obj_text(h->root, "clientConfig.caBundle").len) {
			miss_bundle(d, h);
			continue;
		}
		if (h->bundle.len && pki_read(h->bundle, d->arena, &all, &len, &err)) {
			look_at_authorities(d, h, all, len);
			continue;
		}
		h->bundle_told = true;
		doctor_add_fix(doctor_add(d, DOCTOR_ERROR, h->name, "caBundle%s",
					  h->bundle.len ? arena_fmt(d->arena, ": %s", err.msg).ptr
							: " is not base64"),
			       d, "caBundle: base64 of ca.crt");
	}
}

static const char *remedy(struct str why)
{
	if (str_contains(why, STR("expired or is not yet")))
		return "renew it: certs init, cert-manager or --self-manage; kubectl -n cert-manager get certificates says why it was not";
	if (str_contains(why, STR("signed by unknown authority")))
		return ANOTHER;
	return "a certificate with the Service's name among its subject alternative names: backup-guard certs init DIR NAME.NAMESPACE.svc";
}

/* What this machine trusts, or where it goes, may be another thing than what the API server does.
 */
static enum doctor_level certainty(const struct target *t, const struct hook *h)
{
	static const char *const here[] = {"localhost", "127.0.0.1", "::1"};

	for (size_t i = 0; i < ARRAY_LEN(here); i++)
		if (str_is(t->host, here[i]))
			return DOCTOR_INFO;
	return h->bundle.len ? DOCTOR_ERROR : DOCTOR_WARN;
}

/* It is trusted; and in two weeks? */
static void look_ahead(struct doctor *d, struct hook *h, const struct target *t, struct str chain)
{
	int64_t then = d->in->now + (int64_t)WARN_DAYS * UTC_DAY;
	struct pki_cert *all;
	struct err err;
	size_t len;

	if (h->ca_told || !pki_read(chain, d->arena, &all, &len, &err) ||
	    ends_soon(&all[0], d->in->now) ||
	    !doctor_x509(d->arena, chain, t->host, h->bundle, then).len)
		return;
	doctor_add_fix(doctor_add(d, DOCTOR_WARN, h->name,
				  "the CA that signed what is served ends within %d days",
				  WARN_DAYS),
		       d, "a serving certificate of the CA that stays");
}

/* A chain against every caBundle of the webhooks that meet it. */
static void verify(struct doctor *d, const struct target *t, struct str chain, const char *whose)
{
	for (size_t i = 0; i < d->hooks_len; i++) {
		struct hook *h = &d->hooks[i];
		enum doctor_level level = certainty(t, h);
		struct doctor_finding *f;
		struct str why;

		if (h->target != t || h->bundle_told || (!h->bundle.len && !t->url.len))
			continue;
		why = doctor_x509(d->arena, chain, t->host, h->bundle, d->in->now);
		if (!why.len) {
			look_ahead(d, h, t, chain);
			continue;
		}
		f = doctor_add(d, level, h->name, "%s %s: %.*s",
			       level == DOCTOR_ERROR
				       ? "the API server refuses"
				       : "seen from here, the API server would refuse",
			       whose, STR_ARG(why));
		f->fix = str_from(remedy(why));
		say_of_certificate(d, f, h, why);
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
	switch (http_served_chain(t->host, address, t->port, d->arena, &t->chain, &err)) {
	case HTTP_UNREACHED:
		tell_unreached(d, t, err.msg);
		return;
	case HTTP_REFUSED:
		doctor_add(d, DOCTOR_INFO, NOWHERE,
			   "%.*s:%" PRId64
			   " asks who we are, and does not show its certificate (%s)",
			   STR_ARG(t->host), t->port, err.msg);
		return;
	case HTTP_REACHED:
		f = doctor_add(d, DOCTOR_ERROR, t->hook->name,
			       "%.*s:%" PRId64 " does not speak TLS: %s", STR_ARG(t->host), t->port,
			       err.msg);
		doctor_add_fix(f, d, "%s: the port of --listen, not of --health",
			       t->url.len ? "the URL" : "targetPort of the Service");
		f->says = doctor_sentence(d, t->hook,
					  "http: server gave HTTP response to HTTPS client");
		return;
	case HTTP_SERVED:
		verify(d, t, t->chain, "what is served");
		look_at_days(d, t->chain, "what is served");
	}
}

void doctor_certificate(struct doctor *d)
{
	for (struct target *t = d->targets; t; t = t->next)
		if (t->url.len || (t->is_there && t->serves_port))
			dial(d, t);
}

static bool serves(struct doctor *d, const struct target *t, struct str cert)
{
	struct pki_cert *served, *kept;
	struct err err;
	size_t len;

	return t->chain.len && pki_read(t->chain, d->arena, &served, &len, &err) &&
	       pki_read(cert, d->arena, &kept, &len, &err) &&
	       memcmp(served[0].sha256, kept[0].sha256, sizeof kept[0].sha256) == 0;
}

/* The Secret's key fits, and the pods serve what it holds. What is wrong with a certificate is told
 * once: of what is served, if that is known. */
static void compare_secret(struct doctor *d, const struct target *t, struct str cert,
			   struct str key)
{
	size_t *errors = &d->report->counts[DOCTOR_ERROR], before = *errors;
	struct pki_cert leaf;
	struct err err;

	if (!t->chain.len && (t->is_there || !t->is_asked)) { /* else its name is wrong */
		verify(d, t, cert, "the certificate in the Secret");
		look_at_days(d, cert, "the certificate in the Secret");
	}
	if (*errors > before ||
	    (serves(d, t, cert) && doctor_worst(d, "certificate") == DOCTOR_ERROR))
		return;
	if (!pki_check_pair(cert, key, d->in->now, d->arena, &leaf, &err))
		doctor_add_fix(
			doctor_add(d, DOCTOR_ERROR, NOWHERE, "Secret %.*s/%.*s: %s",
				   STR_ARG(t->namespace), STR_ARG(d->names.secret), err.msg),
			d,
			"tls.crt and tls.key of one and the same certificate, one that is valid for serving");
	else if (t->chain.len && !serves(d, t, cert))
		doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, NOWHERE,
				   "Secret %.*s/%.*s holds another certificate than is served",
				   STR_ARG(t->namespace), STR_ARG(d->names.secret)),
			d,
			"a mounted Secret follows within two minutes; if it does not, the log of the pods says why");
	else if (!t->chain.len)
		doctor_add(d, DOCTOR_OK, NOWHERE,
			   "key and certificate belong together; what is served is not known");
}

/* Who makes it is behind when no pod runs, which is told already. */
static void tell_empty(struct doctor *d, struct str what)
{
	bool managed = d->names.managed;
	bool down = managed && doctor_worst(d, "endpoints") == DOCTOR_ERROR;

	doctor_add_fix(doctor_add(d, down ? DOCTOR_INFO : DOCTOR_ERROR, NOWHERE,
				  "%.*s has no tls.crt and tls.key%s", STR_ARG(what),
				  managed ? " yet: no pod has made them" : ""),
		       d, "%s",
		       managed ? "the log of the pods: 'check failed' says why not"
			       : "a Secret of type kubernetes.io/tls");
}

static void look_at_secret(struct doctor *d, const struct target *t)
{
	struct str what = arena_fmt(d->arena, "Secret %.*s/%.*s", STR_ARG(t->namespace),
				    STR_ARG(d->names.secret));
	struct buf path = BUF_ARENA(d->arena);
	struct str cert = STR_EMPTY, key = STR_EMPTY;
	struct obj secret;
	long status;

	kind_object_path(KIND_SECRET, t->namespace, d->names.secret, &path);
	if (!doctor_get(d, buf_slice(&path), what.ptr, DOCTOR_INFO, &secret, &status)) {
		if (status == 404)
			doctor_add(d, DOCTOR_INFO, NOWHERE,
				   "%.*s does not exist: --secret names another one",
				   STR_ARG(what));
		return;
	}
	struct obj data = obj_at(secret, "data");

	if (base64_decode(obj_text(obj_member(data, STR("tls.crt")), ""), d->arena, &cert) &&
	    base64_decode(obj_text(obj_member(data, STR("tls.key")), ""), d->arena, &key) &&
	    cert.len && key.len)
		compare_secret(d, t, cert, key);
	else
		tell_empty(d, what);
}

void doctor_secret(struct doctor *d)
{
	for (const struct target *t = d->targets; t; t = t->next)
		if (!t->url.len)
			look_at_secret(d, t);
}
