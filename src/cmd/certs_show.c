#include "cmd/certs_show.h"

#include "base/clock.h"
#include "base/file.h"

#include "base/limits.h"
#include "base/utc.h"
#include "pki/pki.h"

#include <inttypes.h>

/* What would stop an API server from trusting it; returns how many. */
static int complain(const struct pki_cert *c, int64_t now, struct buf *out)
{
	int count = 0;

	if (now > c->not_after)
		buf_text(out, "  wrong     has expired\n"), count++;
	if (now < c->not_before)
		buf_text(out, "  wrong     is not valid yet\n"), count++;
	if (c->is_ca && c->names_len)
		buf_text(
			out,
			"  wrong     is a CA and has names: a serving certificate must be no CA, else its key can sign others\n"),
			count++;
	if (!c->is_ca && !c->names_len)
		buf_text(
			out,
			"  wrong     has no subject alternative name: the API server does not read the common name\n"),
			count++;
	if (!c->is_ca && !c->server_auth)
		buf_text(out,
			 "  wrong     its extended key usage lacks serverAuth: it cannot serve\n"),
			count++;
	return count;
}

static int describe(struct str file, const struct pki_cert *c, int64_t now, struct buf *out)
{
	char from[UTC_TEXT], until[UTC_TEXT];

	buf_fmt(out, "%.*s: %s\n", STR_ARG(file),
		c->is_ca	 ? "CA"
		: c->server_auth ? "serving certificate"
		: c->client_auth ? "client certificate"
				 : "certificate");
	buf_fmt(out, "  subject   %.*s\n  issuer    %.*s\n  names    ", STR_ARG(c->subject),
		STR_ARG(c->issuer));
	for (size_t i = 0; i < c->names_len; i++)
		buf_fmt(out, "%s %.*s", i ? "," : "", STR_ARG(c->names[i]));
	buf_fmt(out, "%s\n  validity  %s to %s, %" PRId64 " days left\n",
		c->names_len ? "" : " none", utc_format(c->not_before, from),
		utc_format(c->not_after, until), (c->not_after - now) / UTC_DAY);
	buf_fmt(out, "  key       %.*s\n  sha256    ", STR_ARG(c->key));
	for (size_t i = 0; i < sizeof c->sha256; i++)
		buf_fmt(out, "%02x", c->sha256[i]);
	buf_byte(out, '\n');
	return complain(c, now, out);
}

struct shown {
	struct str pem;
	struct pki_cert *certs;
	size_t len;
};

static bool read_shown(struct arena *a, struct str path, struct shown *out, struct err *err)
{
	return file_read(a, path, LIMIT_PEM_BYTES, &out->pem, err) &&
	       pki_read(out->pem, a, &out->certs, &out->len, err);
}

/* When a CA is among the files, a serving certificate is to be one of its. */
static int complain_of_chain(const struct shown *s, struct str authorities, int64_t now,
			     struct buf *out)
{
	struct err err;

	if (!authorities.len || s->certs[0].is_ca || !s->certs[0].server_auth ||
	    pki_check_chain(s->pem, authorities, now, &err))
		return 0;
	buf_fmt(out, "  wrong     with the CA shown: %s\n", err.msg);
	return 1;
}

enum exit_code certs_show(const struct cmd_call *call, const struct str *files, size_t len)
{
	struct shown *shown = ARENA_ARRAY(call->arena, struct shown, len);
	struct buf text = BUF_ARENA(call->arena), authorities = BUF_ARENA(call->arena);
	enum exit_code code = EXIT_CLEAN;
	int64_t now = clock_utc();
	int wrong = 0;

	for (size_t i = 0; i < len; i++) {
		struct err err;

		if (!read_shown(call->arena, files[i], &shown[i], &err)) {
			code = cmd_fail(call, EXIT_INPUT, "%.*s: %s", STR_ARG(files[i]), err.msg);
			shown[i].len = 0;
		} else if (shown[i].certs[0].is_ca) {
			buf_str(&authorities, shown[i].pem);
			buf_byte(&authorities, '\n');
		}
	}
	for (size_t i = 0; i < len; i++) {
		for (size_t k = 0; k < shown[i].len; k++)
			wrong += describe(files[i], &shown[i].certs[k], now, &text);
		if (shown[i].len)
			wrong += complain_of_chain(&shown[i], buf_slice(&authorities), now, &text);
	}
	if (code == EXIT_CLEAN && wrong)
		code = EXIT_FINDINGS;
	return cmd_print(buf_slice(&text)) ? code : EXIT_INTERNAL;
}
