/* What of a repository is none of ours, told from its text: it cannot be read. */
#include "internal.h"

static bool contains_any(struct str text, const char *const *words, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_contains(text, str_from(words[i])))
			return true;
	return false;
}

bool strangers_are_ours(struct str bytes, struct str name)
{
	static const char *const words[] = {".cnpg.io/", "barmancloud", "kustomize.config.k8s.io/",
					    "kustomize.toolkit.fluxcd.io/"};

	return contains_any(bytes, words, ARRAY_LEN(words)) ||
	       (str_contains(bytes, STR("argoproj.io/")) &&
		str_contains(bytes, STR("Application"))) ||
	       str_is(name, "kustomization.yaml") || str_is(name, "kustomization.yml");
}

bool strangers_may_provide(struct str text)
{
	/* Parts of the names of kinds: ExternalSecret, Certificate, Kustomization. */
	static const char *const words[] = {"ecret",	   "ertificate",   "onfigMap",
					    "Bundle",	   "BucketClaim",  "Vault",
					    "OnePassword", "Kustomization"};

	return contains_any(text, words, ARRAY_LEN(words));
}
