/* What Go's crypto/x509 would say, in its order: validity, name, authority, usage (Go 1.24,
 * Certificate.Verify). The texts are its own. */
#include "internal.h"

#include "base/utc.h"

struct str doctor_x509_time(struct arena *a, const struct pki_cert *c, int64_t now)
{
	char there[UTC_TEXT], here[UTC_TEXT];
	bool late = now > c->not_after;

	return arena_fmt(
		a, "x509: certificate has expired or is not yet valid: current time %s is %s %s",
		utc_format(now, here), late ? "after" : "before",
		utc_format(late ? c->not_after : c->not_before, there));
}

static bool is_current(const struct pki_cert *c, int64_t now)
{
	return now >= c->not_before && now <= c->not_after;
}

/* "*.b.svc" takes one label. */
static bool name_fits(struct str name, struct str host)
{
	size_t dot = str_find_byte(host, '.');

	if (!str_has_prefix(name, STR("*.")) || dot == STR_NONE)
		return str_eq_nocase(name, host);
	return str_eq_nocase(str_slice(name, 1, name.len), str_slice(host, dot, host.len));
}

static bool is_address(struct str text)
{
	bool digits = text.len;

	for (size_t i = 0; i < text.len; i++)
		digits = digits &&
			 ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.');
	return digits || str_find_byte(text, ':') != STR_NONE;
}

/* An address is looked for among addresses, a name among names. */
static struct str say_name(struct arena *a, const struct pki_cert *c, struct str host)
{
	struct buf names = BUF_ARENA(a);
	bool address = is_address(host);

	for (size_t i = 0; i < c->names_len; i++) {
		if (is_address(c->names[i]) != address)
			continue;
		if (name_fits(c->names[i], host))
			return STR_EMPTY;
		buf_fmt(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(c->names[i]));
	}
	if (names.len)
		return arena_fmt(a, "x509: certificate is valid for %.*s, not %.*s",
				 STR_ARG(buf_slice(&names)), STR_ARG(host));
	if (address)
		return arena_fmt(
			a,
			"x509: cannot validate certificate for %.*s because it doesn't contain any IP SANs",
			STR_ARG(host));
	if (name_fits(c->common_name, host))
		return STR(
			"x509: certificate relies on legacy Common Name field, use SANs instead");
	return arena_fmt(a,
			 "x509: certificate is not valid for any names, but wanted to match %.*s",
			 STR_ARG(host));
}

static struct str say_authority(struct arena *a, const struct pki_cert *top, struct str bundle,
				int64_t now)
{
	static const char unknown[] = "x509: certificate signed by unknown authority";
	struct pki_cert *all;
	size_t len;
	struct err err;

	if (!bundle.len || !pki_read(bundle, a, &all, &len, &err))
		len = 0;
	for (size_t i = 0; i < len; i++) {
		if (!str_eq(all[i].subject, top->issuer))
			continue;
		if (!is_current(&all[i], now))
			return doctor_x509_time(a, &all[i], now);
		if (str_has_prefix(all[i].key, STR("P-")))
			return arena_fmt(
				a,
				"%s (possibly because of \"x509: ECDSA verification failure\" while trying to verify candidate authority certificate \"%.*s\")",
				unknown, STR_ARG(all[i].common_name));
	}
	return str_from(unknown);
}

struct str doctor_x509(struct arena *a, struct str chain, struct str host, struct str bundle,
		       int64_t now)
{
	struct pki_cert *all;
	struct str why;
	struct err err;
	size_t len;

	if (!pki_read(chain, a, &all, &len, &err))
		return arena_str(a, str_from(err.msg));
	if (!is_current(&all[0], now))
		return doctor_x509_time(a, &all[0], now);
	why = say_name(a, &all[0], host);
	if (why.len)
		return why;
	if (pki_check_chain(chain, bundle, now, &err))
		return STR_EMPTY;
	if (!all[0].server_auth)
		return STR("x509: certificate specifies an incompatible key usage");
	return say_authority(a, &all[len - 1], bundle, now);
}
