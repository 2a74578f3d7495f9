#include "cnpg/secret.h"

#include "base/base64.h"

static bool is_of_vault_plugin(struct obj secret)
{
	struct obj annotations = obj_at(secret, "metadata.annotations");
	bool found = false;

	for (struct obj m = obj_first(annotations); m.node && !found; m = obj_next(m))
		found = str_has_prefix(obj_key(m), STR("avp.kubernetes.io/"));
	return found;
}

/* The Argo CD Vault Plugin fills in <...> of what it is told of, encoded or not, and <path:...>
 * anywhere; helm-secrets, Bank-Vaults and 1Password have URLs of their own. */
static bool is_reference(struct obj secret, struct str value)
{
	static const struct str begins[] = {STR_INIT("ref+"), STR_INIT("vault:"),
					    STR_INIT("op://")};
	bool found = str_contains(value, STR("<path:"));

	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		found |= str_has_prefix(value, begins[i]);
	return found || (str_find_byte(value, '<') != STR_NONE && is_of_vault_plugin(secret));
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
	if (is_reference(secret, text))
		return SECRET_UNKNOWN;
	if (value_is_unfilled(text)) { /* under data, too: nobody has encoded it yet */
		*value = text;
		return SECRET_SET;
	}
	if (is_later(secret, text))
		return SECRET_UNKNOWN;
	if (!encoded) {
		*value = text;
		return SECRET_SET;
	}
	if (!base64_decode(text, a, value))
		return SECRET_NOT_BASE64;
	return is_reference(secret, *value) ? SECRET_UNKNOWN : SECRET_SET;
}

enum secret_is secret_value(struct obj secret, struct str key, struct arena *a, struct str *value,
			    struct obj *at)
{
	struct obj plain = obj_member(obj_at(secret, "stringData"), key);
	bool encoded = !plain.node;

	*at = encoded ? obj_member(obj_at(secret, "data"), key) : plain;
	return secret_entry(secret, *at, encoded, a, value);
}
