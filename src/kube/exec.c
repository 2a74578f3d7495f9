#include "exec.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utc.h"
#include "doc/obj.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static struct str base64(struct str bytes, struct arena *a)
{
	struct buf out = BUF_ARENA(a);

	base64_encode(bytes, &out);
	return buf_slice(&out);
}

static void write_cluster(struct json *j, const struct kube_config *config, struct arena *a)
{
	json_key(j, "cluster");
	json_open(j, '{');
	json_key_str(j, "server", config->server);
	if (config->server_name.len)
		json_key_str(j, "tls-server-name", config->server_name);
	if (config->insecure) {
		json_key(j, "insecure-skip-tls-verify");
		json_bool(j, true);
	}
	if (config->ca.len)
		json_key_str(j, "certificate-authority-data", base64(config->ca, a));
	if (config->proxy.len)
		json_key_str(j, "proxy-url", config->proxy);
	json_close(j, '}');
}

/* What the program is told in KUBERNETES_EXEC_INFO. */
static struct str exec_info(const struct kube_config *config, struct arena *a)
{
	struct buf out = BUF_ARENA(a);
	struct json j = JSON(&out);

	buf_text(&out, "KUBERNETES_EXEC_INFO=");
	json_open(&j, '{');
	json_key_str(&j, "kind", STR("ExecCredential"));
	json_key_str(&j, "apiVersion", config->exec->api_version);
	json_key(&j, "spec");
	json_open(&j, '{');
	json_key(&j, "interactive");
	json_bool(&j, false);
	if (config->exec->cluster_info)
		write_cluster(&j, config, a);
	json_close(&j, '}');
	json_close(&j, '}');
	return buf_slice(&out);
}

/* Ours, what the kubeconfig adds, and the question; a later one wins in no libc, so ours are left
 * out where one of those has the name. */
static char **environment(const struct kube_config *config, struct arena *a)
{
	const struct kube_exec *exec = config->exec;
	size_t own = 0, len = 0;

	while (environ[own])
		own++;
	char **all = ARENA_ARRAY(a, char *, own + exec->env_len + 2);
	for (size_t i = 0; i < exec->env_len; i++)
		all[len++] = (char *)(uintptr_t)arena_cstr(a, exec->env[i]);
	all[len++] = (char *)(uintptr_t)arena_cstr(a, exec_info(config, a));
	size_t given = len;
	for (size_t i = 0; i < own; i++) {
		size_t name = strcspn(environ[i], "=") + 1;
		bool replaced = false;

		for (size_t g = 0; g < given; g++)
			replaced |= strncmp(all[g], environ[i], name) == 0;
		if (!replaced)
			all[len++] = environ[i];
	}
	return all;
}

static bool read_all(int fd, int64_t seconds, struct buf *out, struct err *err)
{
	int64_t end = clock_ms() + seconds * 1000, left;
	char piece[4096];

	for (;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};

		left = end - clock_ms();
		int some = poll(&ready, 1, left > 0 ? (int)left : 0);
		if (!some)
			return err_set(err, E_IO, "it has not ended within %lld s",
				       (long long)seconds);
		ssize_t n = some < 0 ? -1 : read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, E_IO, "%s", strerrordesc_np(errno));
		if (n == 0)
			return true;
		buf_add(out, piece, (size_t)n);
		if (out->len > LIMIT_PEM_BYTES)
			return err_set(err, E_LIMIT, "it prints more than %u bytes",
				       LIMIT_PEM_BYTES);
	}
}

/* stdin is empty, stderr is ours. */
static bool run(const struct kube_config *config, struct arena *a, struct buf *out, struct err *err)
{
	const struct kube_exec *exec = config->exec;
	char **argv = ARENA_ARRAY(a, char *, exec->args_len + 2);
	posix_spawn_file_actions_t actions;
	int ends[2], status = 0;
	pid_t pid;

	argv[0] = (char *)(uintptr_t)arena_cstr(a, exec->command);
	for (size_t i = 0; i < exec->args_len; i++)
		argv[i + 1] = (char *)(uintptr_t)arena_cstr(a, exec->args[i]);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, E_IO, "pipe: %s", strerrordesc_np(errno));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environment(config, a));
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	bool ok = !failed && read_all(ends[0], exec->seconds, out, err);
	close(ends[0]);
	if (failed)
		return err_set(err, E_IO, "%s", strerrordesc_np(failed));
	if (!ok) /* it would be waited for */
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (ok && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		return err_set(err, E_IO, "it failed (exit code %d)",
			       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return ok;
}

static bool read_credential(struct str text, struct arena *a, struct credential *out,
			    struct err *err)
{
	const struct doc *doc;
	struct obj status;

	if (!doc_read_json(a, text, &doc, err))
		return err_within(err, "what it prints is no JSON: ");
	status = obj_at(doc_root(doc), "status");
	out->token = obj_text(status, "token");
	out->cert = obj_text(status, "clientCertificateData");
	out->key = obj_text(status, "clientKeyData");
	if (!utc_parse(obj_text(status, "expirationTimestamp"), &out->until))
		out->until = INT64_MAX;
	if (!out->cert.len != !out->key.len)
		return err_set(err, E_VALUE,
			       "its ExecCredential holds only one of certificate and key");
	if (!out->token.len && !out->cert.len)
		return err_set(err, E_VALUE,
			       "its ExecCredential holds no token and no certificate");
	return true;
}

bool exec_run(const struct kube_config *config, struct arena *a, struct credential *out,
	      struct err *err)
{
	const struct kube_exec *exec = config->exec;
	struct buf text = BUF_ARENA(a);

	if (run(config, a, &text, err))
		return read_credential(buf_slice(&text), a, out, err) ||
		       err_within(err, "credential plugin %.*s: ", STR_ARG(exec->command));
	if (exec->hint.len) {
		struct str why = arena_fmt(a, "%s", err->msg);

		err_set(err, E_IO, "%.*s (%.*s)", STR_ARG(why), STR_ARG(str_trim(exec->hint)));
	}
	return err_within(err, "credential plugin %.*s: ", STR_ARG(exec->command));
}
