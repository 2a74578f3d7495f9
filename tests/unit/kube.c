/* What of the client needs no API server; the rest is tests/kube. */
#include "kube/kube.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

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

#define TOKEN "printf '{\"status\":{\"token\":\"t\"}}'; "

/* What came of a call with the shell as credential plugin. */
static struct str after(const char *script, int64_t seconds, struct arena *a)
{
	CLEANUP(kube) struct kube *k = NULL;
	const struct str args[] = {STR_INIT("-c"), str_from(script)};
	const struct kube_exec exec = {.api_version = STR("client.authentication.k8s.io/v1"),
				       .command = STR("sh"),
				       .args = args,
				       .args_len = 2,
				       .mode = KUBE_INTERACTIVE_NEVER,
				       .seconds = seconds};
	const struct kube_config config = {.server = STR("http://127.0.0.1:1"), .exec = &exec};
	struct kube_answer answer;
	struct err err;

	cr_assert(kube_open(&config, &k, &err));
	cr_assert_not(kube_get(k, STR("/version"), a, &answer, &err));
	return arena_fmt(a, "%s", err.msg);
}

static bool is_late(struct str why, int seconds)
{
	char wanted[80];

	snprintf(wanted, sizeof wanted, "credential plugin sh: it has not ended within %d s",
		 seconds);
	return str_is(why, wanted);
}

/* sh execs the program, so that it is the one that ends. */
Test(kube, a_credential_plugin_that_never_ends_is_killed, .timeout = 60)
{
	CLEANUP(arena) struct arena *a = arena_new();

	cr_assert(is_late(after("echo '{'; exec sleep 1000", 0, a), 0));
}

Test(kube, one_that_closes_its_output_and_stays_is_killed_too, .timeout = 60)
{
	CLEANUP(arena) struct arena *a = arena_new();

	cr_assert(is_late(after(TOKEN "exec >&-; exec sleep 1000", 0, a), 0));
}

/* The lock is free when the last of those that were left behind has ended. */
static void leaves_nobody_behind(const char *end, int64_t seconds, bool late)
{
	CLEANUP(arena) struct arena *a = arena_new();
	char path[] = "/tmp/guard-XXXXXX";
	int fd = mkstemp(path);
	struct str script = arena_fmt(a, "exec 9>%s; flock 9; sleep 1000 & " TOKEN "%s", path, end);
	struct str why = after(script.ptr, seconds, a);

	if (late)
		cr_assert(is_late(why, (int)seconds), "%.*s", STR_ARG(why));
	else
		cr_assert(str_has_prefix(why, STR("http://127.0.0.1:1: ")), "%.*s", STR_ARG(why));
	cr_assert_eq(flock(fd, LOCK_EX), 0);
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1, "a zombie");
	close(fd);
	unlink(path);
}

Test(kube, who_is_left_behind_with_its_output_is_not_waited_for_and_ends, .timeout = 60)
{
	leaves_nobody_behind("", 1000, false);
}

Test(kube, at_its_limit_its_whole_group_ends, .timeout = 60)
{
	leaves_nobody_behind("wait", 1, true);
}

static bool stops(const void *ctx)
{
	(void)ctx;
	return true;
}

Test(kube, it_is_not_waited_for_when_the_client_stops, .timeout = 60)
{
	CLEANUP(arena) struct arena *a = arena_new();
	CLEANUP(kube) struct kube *k = NULL;
	const struct str args[] = {STR_INIT("1000")};
	const struct kube_exec exec = {
		.command = STR("sleep"), .args = args, .args_len = 1, .seconds = 1000};
	const struct kube_config config = {.server = STR("http://127.0.0.1:1"), .exec = &exec};
	struct kube_answer answer;
	struct err err;

	cr_assert(kube_open(&config, &k, &err));
	kube_stop_when(k, stops, NULL);
	cr_assert_not(kube_get(k, STR("/version"), a, &answer, &err));
	cr_assert_str_eq(err.msg, "credential plugin sleep: it is not waited for any more");
}
