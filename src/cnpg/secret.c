#include "cnpg/secret.h"

#include "base/arena.h"

/* Value of a base64 digit, -1 for anything else. */
static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct str text, struct arena *a, struct str *out)
{
	char *bytes = arena_alloc_raw(a, text.len / 4 * 3 + 3);
	size_t len = 0, digits = 0, padding = 0;
	uint32_t quantum = 0;

	for (size_t i = 0; i < text.len; i++) {
		int d = digit(text.ptr[i]);

		if (text.ptr[i] == '\n' || text.ptr[i] == '\r')
			continue;
		if (text.ptr[i] == '=') {
			padding++;
			continue;
		}
		if (d < 0 || padding)
			return false;
		quantum = quantum << 6 | (uint32_t)d;
		if (++digits % 4 == 0) {
			bytes[len++] = (char)(quantum >> 16 & 0xff);
			bytes[len++] = (char)(quantum >> 8 & 0xff);
			bytes[len++] = (char)(quantum & 0xff);
		}
	}
	if ((digits + padding) % 4 || padding > 2 || (padding && digits % 4 + padding != 4))
		return false;
	if (padding == 2) {
		bytes[len++] = (char)(quantum >> 4 & 0xff);
	} else if (padding == 1) {
		bytes[len++] = (char)(quantum >> 10 & 0xff);
		bytes[len++] = (char)(quantum >> 2 & 0xff);
	}
	*out = (struct str){bytes, len};
	return true;
}

/* SOPS replaces values in place and adds a section of its own. */
static bool is_later(struct obj secret, struct str value)
{
	return str_has_prefix(value, STR("ENC[")) || obj_type(obj_at(secret, "sops")) == OBJ_MAP ||
	       (value_is_placeholder(value, NULL) && str_find_byte(value, '\0') == STR_NONE);
}

enum secret_is secret_entry(struct obj secret, struct obj entry, bool encoded, struct arena *a,
			    struct str *value)
{
	struct str text = STR_EMPTY;

	switch (obj_str(entry, "", &text)) {
	case OBJ_ABSENT:
		return SECRET_ABSENT;
	case OBJ_NULL: /* the API server keeps the key, with no bytes */
		*value = STR_EMPTY;
		return SECRET_SET;
	case OBJ_WRONG_TYPE:
		return SECRET_UNKNOWN;
	case OBJ_SET:
		break;
	}
	if (is_later(secret, text))
		return SECRET_UNKNOWN;
	if (!encoded) {
		*value = text;
		return SECRET_SET;
	}
	return base64_decode(text, a, value) ? SECRET_SET : SECRET_NOT_BASE64;
}

enum secret_is secret_value(struct obj secret, struct str key, struct arena *a, struct str *value,
			    struct obj *at)
{
	struct obj plain = obj_member(obj_at(secret, "stringData"), key);
	bool encoded = !plain.node;

	*at = encoded ? obj_member(obj_at(secret, "data"), key) : plain;
	return secret_entry(secret, *at, encoded, a, value);
}

struct str external_secret_target(const struct object *external_secret)
{
	struct str name = obj_text(external_secret->root, "spec.target.name");

	return name.len ? name : external_secret->name;
}

/* Among the `field` of the entries of a list. */
static enum produces listed(struct obj list, const char *field, struct str key)
{
	enum produces result = PRODUCES_NOT;

	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str name = obj_text(e, field);

		if (str_eq(name, key))
			return PRODUCES;
		if (value_is_placeholder(name, NULL))
			result = PRODUCES_UNKNOWN;
	}
	return result;
}

static enum produces templated(struct obj data, struct str key)
{
	enum produces result = PRODUCES_NOT;

	for (struct obj e = obj_first(data); e.node; e = obj_next(e)) {
		if (str_eq(obj_key(e), key))
			return PRODUCES;
		if (value_is_placeholder(obj_key(e), NULL))
			result = PRODUCES_UNKNOWN;
	}
	return result;
}

enum produces external_secret_produces(struct obj external_secret, struct str key)
{
	struct obj spec = obj_at(external_secret, "spec");
	struct str policy = obj_text(spec, "target.creationPolicy");
	struct obj template = obj_at(spec, "target.template");
	struct obj data = obj_at(template, "data"), from = obj_at(template, "templateFrom");
	bool replaced = (obj_len(data) || obj_len(from)) &&
			!str_is(obj_text(template, "mergePolicy"), "Merge");
	enum produces made = templated(data, key);
	enum produces fetched =
		replaced ? PRODUCES_NOT : listed(obj_at(spec, "data"), "secretKey", key);

	if (str_is(policy, "None"))
		return PRODUCES_NOT;
	if (made == PRODUCES || fetched == PRODUCES)
		return PRODUCES;
	if (made == PRODUCES_UNKNOWN || fetched == PRODUCES_UNKNOWN || obj_len(from) ||
	    str_is(policy, "Merge") || (!replaced && obj_len(obj_at(spec, "dataFrom"))))
		return PRODUCES_UNKNOWN;
	return PRODUCES_NOT;
}
