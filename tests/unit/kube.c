/* What of the client needs no API server; the rest is tests/kube. */
#include "kube/kube.h"

#include <criterion/criterion.h>

/* Port 1 of loopback: whoever is asked for it says so. */
Test(kube, a_path_that_would_lead_elsewhere_is_not_asked_for)
{
	static const struct {
		const char *path;
		bool asked;
	} paths[] = {
		{"/api/v1/namespaces/../secrets", false},
		{"/api/v1/namespaces/./secrets", false},
		{"/api/v1/namespaces//secrets", false},
		{"/api/v1/namespaces/a%2Fb/secrets", false},
		{"/api/v1/namespaces/..", false},
		{"/api/v1/namespaces/...?x=/../%2F", true},
		{"/api/v1/namespaces/a..b/secrets/%252e", true},
	};
	const struct kube_config config = {.server = STR("http://127.0.0.1:1")};
	CLEANUP(arena) struct arena *a = arena_new();
	CLEANUP(kube) struct kube *k = NULL;
	struct kube_answer answer;
	struct err err;

	cr_assert(kube_open(&config, &k, &err));
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		cr_assert_not(kube_get(k, str_from(paths[i].path), a, &answer, &err));
		cr_assert_eq(str_has_prefix(str_from(err.msg), STR("http://127.0.0.1:1: ")),
			     paths[i].asked, "%s: %s", paths[i].path, err.msg);
	}
}

/* An ExecCredential would be waited for; sh execs the program, so that it is the one that ends. */
Test(kube, a_credential_plugin_that_never_ends_is_killed)
{
	CLEANUP(arena) struct arena *a = arena_new();
	CLEANUP(kube) struct kube *k = NULL;
	const struct str args[] = {STR_INIT("-c"), STR_INIT("echo '{'; exec sleep 1000")};
	const struct kube_exec exec = {.api_version = STR("client.authentication.k8s.io/v1"),
				       .command = STR("sh"),
				       .args = args,
				       .args_len = 2};
	const struct kube_config config = {.server = STR("http://127.0.0.1:1"), .exec = &exec};
	struct kube_answer answer;
	struct err err;

	cr_assert(kube_open(&config, &k, &err));
	cr_assert_not(kube_get(k, STR("/version"), a, &answer, &err));
	cr_assert_str_eq(err.msg, "credential plugin sh: it has not ended within 0 s");
}
