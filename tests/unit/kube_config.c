/* What a kubeconfig must not be; what it may be is tests/kube/config.sh. */
#include "base/buf.h"
#include "kube/config.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void write_file(const char *path, struct str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert(fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len);
	close(fd);
}

/* In a folder of its own, which is gone again when the test ends. */
static char folder[] = "/tmp/guard-XXXXXX";

static void begin(void)
{
	cr_assert(mkdtemp(folder) && chdir(folder) == 0);
}

static void end(void)
{
	unlink("config");
	cr_assert(chdir("/") == 0 && rmdir(folder) == 0);
}

TestSuite(kube_config, .init = begin, .fini = end);

#define CONTEXT(user)                                                                              \
	"current-context: c\ncontexts: [{name: c, context: {cluster: k, user: " user "}}]\n"
#define CLUSTER "clusters: [{name: k, cluster: {server: 'http://127.0.0.1:1/'}}]\n"
#define USER(members) "users: [{name: u, user: {" members "}}]\n"

Test(kube_config, what_is_not_there_or_not_supported_is_told)
{
	static const struct {
		const char *text, *why; /* NULL: it is taken */
	} table[] = {
		{CONTEXT("u") CLUSTER USER(""), NULL},
		{CONTEXT("''") CLUSTER, NULL},
		{CONTEXT("u") CLUSTER, "kubeconfig: no user 'u' (context c)"},
		{CONTEXT("u") USER(""), "kubeconfig: no cluster 'k' (context c)"},
		{CONTEXT("u") "clusters: [{name: k, cluster: {server: ///}}]\n" USER(""),
		 "kubeconfig: the cluster of context c has no server"},
		{"current-context: d\n" CLUSTER, "kubeconfig: no context 'd'"},
		{CONTEXT("u") CLUSTER USER("as: a, as-user-extra: {x: [y]}"),
		 "kubeconfig: as-user-extra is not supported"},
		{CONTEXT("u") CLUSTER USER("as: a, as-user-extra: {}"), NULL},
		{CONTEXT("u") CLUSTER USER("client-certificate: none.crt, client-key-data: eA=="),
		 "none.crt: No such file or directory"},
		{CONTEXT("u") CLUSTER USER("client-certificate-data: eA=="),
		 "kubeconfig: a client certificate without its key (context c)"},
		{CONTEXT("u") CLUSTER USER("client-key-data: eA=="),
		 "kubeconfig: a client key without its certificate (context c)"},
		{CONTEXT("u") CLUSTER USER("client-certificate-data: eA==, client-key-data: '*'"),
		 "kubeconfig: client-key-data is not base64"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct kube_config config;
		struct err err;

		write_file("config", str_from(table[i].text));
		bool ok = kube_config_load(STR("config"), STR_EMPTY, a, &config, &err);
		cr_expect_eq(ok, !table[i].why, "%s", table[i].text);
		if (table[i].why)
			cr_expect_str_eq(err.msg, table[i].why);
		else
			cr_expect(str_is(config.server, "http://127.0.0.1:1") &&
					  str_is(config.namespace, "default"),
				  "%s", table[i].text);
	}
}

Test(kube_config, of_files_there_are_not_more_than_32)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf list CLEANUP(buf) = {0};
	struct kube_config config;
	struct err err;

	write_file("config", STR(CONTEXT("u") CLUSTER USER("")));
	for (int i = 0; i < 32; i++)
		buf_text(&list, i ? ":config" : "config");
	buf_byte(&list, '\0');
	setenv("KUBECONFIG", list.ptr, 1);
	cr_expect(kube_config_load(STR_EMPTY, STR_EMPTY, a, &config, &err), "%s", err.msg);
	list.len--;
	buf_text(&list, ":config");
	buf_byte(&list, '\0');
	setenv("KUBECONFIG", list.ptr, 1);
	cr_expect_not(kube_config_load(STR_EMPTY, STR_EMPTY, a, &config, &err));
	cr_expect_str_eq(err.msg, "KUBECONFIG names more than 32 files");
}
