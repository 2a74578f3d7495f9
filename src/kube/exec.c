/* Credential plugins: programs that a kubeconfig names, which print an ExecCredential. */
#include "internal.h"

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
static struct str exec_info(const struct kube_config *config, bool interactive, struct arena *a)
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
	json_bool(&j, interactive);
	if (config->exec->cluster_info)
		write_cluster(&j, config, a);
	json_close(&j, '}');
	json_close(&j, '}');
	return buf_slice(&out);
}

/* Ours, what the kubeconfig adds, and the question; a later one wins in no libc, so ours are left
 * out where one of those has the name. */
static char **environment(const struct kube_config *config, bool interactive, struct arena *a)
{
	const struct kube_exec *exec = config->exec;
	size_t own = 0, len = 0;

	while (environ[own])
		own++;
	char **all = ARENA_ARRAY(a, char *, own + exec->env_len + 2);
	for (size_t i = 0; i < exec->env_len; i++)
		all[len++] = (char *)(uintptr_t)arena_cstr(a, exec->env[i]);
	all[len++] = (char *)(uintptr_t)arena_cstr(a, exec_info(config, interactive, a));
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

/* One that runs. */
struct plugin {
	pid_t pid;
	int out;   /* what it prints; does not block */
	bool open; /* somebody may still print there */
	bool interactive;
};

static bool read_some(struct plugin *p, struct buf *out, struct err *err)
{
	char piece[4096];
	ssize_t n;

	while ((n = read(p->out, piece, sizeof piece)) > 0) {
		buf_add(out, piece, (size_t)n);
		if (out->len > LIMIT_PEM_BYTES)
			return err_set(err, E_LIMIT, "it prints more than %u bytes",
				       LIMIT_PEM_BYTES);
	}
	p->open = n < 0;
	return n == 0 || errno == EAGAIN || errno == EINTR ||
	       err_set(err, E_IO, "%s", strerrordesc_np(errno));
}

/* It stays what it was, so that nobody else gets its number. */
static bool has_ended(const struct plugin *p)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid;
}

/* Its end counts, not that of what it prints: it may close that and stay, or leave somebody behind
 * who does not. */
static bool await_end(const struct kube *k, int64_t seconds, struct plugin *p, struct buf *out,
		      struct err *err)
{
	enum { TICK_MS = 20 };
	int64_t end = clock_ms() + seconds * 1000;

	for (;;) {
		bool ended = has_ended(p);

		if (p->open && !read_some(p, out, err))
			return false;
		if (ended)
			return true;
		if (kube_stopped(k))
			return err_set(err, E_IO, "it is not waited for any more");
		if (clock_ms() >= end)
			return err_set(err, E_IO, "it has not ended within %lld s",
				       (long long)seconds);
		struct pollfd ready = {.fd = p->open ? p->out : -1, .events = POLLIN};
		poll(&ready, 1, TICK_MS);
	}
}

/* One that talks with a person stays in our process group, which is the terminal's: it may read
 * there, and ^C ends both. Any other has one of its own, and no input; stderr is ours. */
static bool spawn(const struct kube_config *config, struct arena *a, int out, struct plugin *p,
		  struct err *err)
{
	const struct kube_exec *exec = config->exec;
	char **argv = ARENA_ARRAY(a, char *, exec->args_len + 2);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t how;

	argv[0] = (char *)(uintptr_t)arena_cstr(a, exec->command);
	for (size_t i = 0; i < exec->args_len; i++)
		argv[i + 1] = (char *)(uintptr_t)arena_cstr(a, exec->args[i]);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&how);
	if (!p->interactive) {
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
	}
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	int failed = posix_spawnp(&p->pid, argv[0], &actions, &how, argv,
				  environment(config, p->interactive, a));
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&how);
	return !failed || err_set(err, E_IO, "%s", strerrordesc_np(failed));
}

static bool is_interactive(const struct kube_exec *exec, bool *interactive, struct err *err)
{
	bool terminal = isatty(STDIN_FILENO);

	*interactive = terminal && exec->mode != KUBE_INTERACTIVE_NEVER;
	return terminal || exec->mode != KUBE_INTERACTIVE_ALWAYS ||
	       err_set(err, E_IO,
		       "it wants to ask (interactiveMode: Always), and standard input is no terminal");
}

static bool run(const struct kube *k, const struct kube_config *config, struct arena *a,
		struct buf *out, struct err *err)
{
	struct plugin p = {.open = true};
	int ends[2], status = 0;

	if (!is_interactive(config->exec, &p.interactive, err))
		return false;
	if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		return err_set(err, E_IO, "pipe: %s", strerrordesc_np(errno));
	p.out = ends[0];
	bool spawned = spawn(config, a, ends[1], &p, err);
	close(ends[1]);
	bool ok = spawned && await_end(k, config->exec->seconds, &p, out, err);
	close(ends[0]);
	if (!spawned)
		return false;
	if (!ok && p.interactive)
		kill(p.pid, SIGKILL);
	if ((!ok || p.open) && !p.interactive) /* with whom it leaves behind to print more */
		kill(-p.pid, SIGKILL);
	while (waitpid(p.pid, &status, 0) < 0 && errno == EINTR)
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

bool exec_run(const struct kube *k, const struct kube_config *config, struct arena *a,
	      struct credential *out, struct err *err)
{
	const struct kube_exec *exec = config->exec;
	struct buf text = BUF_ARENA(a);

	if (run(k, config, a, &text, err))
		return read_credential(buf_slice(&text), a, out, err) ||
		       err_within(err, "credential plugin %.*s: ", STR_ARG(exec->command));
	if (exec->hint.len) {
		struct str why = arena_fmt(a, "%s", err->msg);

		err_set(err, E_IO, "%.*s (%.*s)", STR_ARG(why), STR_ARG(str_trim(exec->hint)));
	}
	return err_within(err, "credential plugin %.*s: ", STR_ARG(exec->command));
}
