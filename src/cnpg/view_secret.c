/* Which key a Secret has. */
#include "internal.h"

/* Of all that provide it one is enough. */
static void look_for(struct view_iter it, struct str key, struct provider_key *out,
		     enum secret_has *has)
{
	for (const struct known *k; *has != SECRET_HAS_KEY && (k = view_next(&it));) {
		if (k->looked_up && it.view->looked_up)
			*it.view->looked_up = true;
		switch (provider_has(&k->secret, key, out)) {
		case PROVIDER_HAS:
			*has = SECRET_HAS_KEY;
			break;
		case PROVIDER_MAY_HAVE:
			*has = SECRET_HAS_UNKNOWN;
			break;
		case PROVIDER_LACKS:
			if (*has == SECRET_MISSING)
				*has = SECRET_KEY_MISSING;
			break;
		}
	}
}

enum secret_has view_secret_key(const struct view *v, struct str namespace, struct str name,
				struct str key, struct provider_key *out)
{
	enum secret_has has = SECRET_MISSING;
	struct str in = index_namespace(namespace);

	if (view_is_blind(v, KIND_SECRET) && !view_has_secrets(v))
		return SECRET_HAS_UNKNOWN;
	if (value_is_placeholder(name, NULL) || value_is_placeholder(key, NULL))
		return SECRET_HAS_UNKNOWN;
	look_for(view_each(v, REL_SELF, KIND_SECRET, in, name), key, out, &has);
	if (in.len)
		look_for(view_each(v, REL_SELF, KIND_SECRET, STR_EMPTY, name), key, out, &has);
	if (has != SECRET_MISSING)
		return has;
	if (!view_lacks(v, KIND_SECRET, in, name))
		return SECRET_HAS_UNKNOWN;
	if (view_is_blind(v, KIND_SECRET) && v->looked_up) /* so it was looked up */
		*v->looked_up = true;
	return SECRET_MISSING;
}
