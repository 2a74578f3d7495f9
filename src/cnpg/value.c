/* What is kept of a Secret's value: flags, and when its validity ends. */
#include "base/utc.h"
#include "internal.h"
#include "pki/pki.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static unsigned flags_of(struct str value)
{
	unsigned flags = SECRET_FLAG_KNOWN;

	if (!value.len)
		return flags | SECRET_FLAG_EMPTY;
	if (str_find_byte(value, '\0') != STR_NONE)
		flags |= SECRET_FLAG_NUL;
	if (str_find_byte(value, '\n') != STR_NONE || str_find_byte(value, '\r') != STR_NONE)
		flags |= SECRET_FLAG_LINE_BREAK;
	if (is_blank(value.ptr[0]) || is_blank(value.ptr[value.len - 1]))
		flags |= SECRET_FLAG_BLANK;
	if (str_contains(value, STR("-----BEGIN CERTIFICATE-----")))
		flags |= SECRET_FLAG_PEM;
	return flags;
}

/* Of several certificates one is enough: the last that is valid counts. */
static void judge_certificates(struct str pem, struct arena *a, struct provider_key *out)
{
	struct pki_cert *certs;
	size_t len;
	struct err err;
	bool root = false;

	if (!pki_read(pem, a, &certs, &len, &err))
		return;
	for (size_t i = 0; i < len; i++) {
		root |= str_eq(certs[i].subject, certs[i].issuer);
		if (certs[i].not_after > out->ends)
			out->ends = certs[i].not_after;
	}
	if (!root)
		out->flags |= SECRET_FLAG_NO_ROOT;
}

/* "2026-11-03T03%3A12%3A38Z" as RFC 3339; what a SAS token may leave out is filled in. */
static bool read_end(struct str text, struct arena *a, int64_t *out)
{
	struct buf time = BUF_ARENA(a);

	for (size_t i = 0; i < text.len; i++) {
		bool colon = str_has_prefix_nocase(str_slice(text, i, text.len), STR("%3a"));

		buf_byte(&time, colon ? ':' : text.ptr[i]);
		i += colon ? 2 : 0;
	}
	struct str plain = buf_slice(&time);
	if (plain.len == STR("2026-11-03").len)
		buf_text(&time, "T00:00:00Z");
	else if (plain.len == STR("2026-11-03T03:12Z").len && plain.ptr[plain.len - 1] == 'Z') {
		time.len--;
		buf_text(&time, ":00Z");
	}
	return utc_parse(buf_slice(&time), out);
}

/* The value of `name` in a query, or in a connection string that holds one. */
static struct str parameter(struct str value, struct str name)
{
	size_t from = 0;

	for (size_t i = 0; i <= value.len; i++) {
		if (i < value.len && !strchr("&?;\"\n", value.ptr[i]))
			continue;
		struct str part = str_slice(value, from, i);
		const struct str sas = STR("SharedAccessSignature=");

		if (str_has_prefix_nocase(part, sas))
			part = str_slice(part, sas.len, part.len);
		if (str_has_prefix(part, name))
			return str_slice(part, name.len, part.len);
		from = i + 1;
	}
	return STR_EMPTY;
}

void value_judge(struct str value, struct arena *a, struct provider_key *out)
{
	out->flags = flags_of(value);
	out->ends = 0;
	if (out->flags & SECRET_FLAG_PEM)
		judge_certificates(value, a, out);
	else if (!str_contains(value, STR("sig=")) ||
		 !read_end(parameter(value, STR("se=")), a, &out->ends))
		out->ends = 0;
}
