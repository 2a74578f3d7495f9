#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/serve_run.h"

#include "base/log.h"
#include "pki/pki.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

struct options {
	struct str cert, key, listen, health, policy, profile, client_ca, client_name, address_file;
	struct str kubeconfig, context;
	int64_t drain;
	bool cache;
};

/* --client-name: one of the certificate's names, or its common name. */
static bool client_allowed(void *ctx, struct str der)
{
	const struct options *o = ctx;
	CLEANUP(arena) struct arena *a = arena_new();
	struct str rest = o->client_name, name;
	struct pki_cert cert;
	struct err err;

	if (!pki_read_der(der, a, &cert, &err))
		return false;
	while (str_split(&rest, ',', &name)) {
		name = str_trim(name);
		if (name.len && str_eq(name, cert.common_name))
			return true;
		for (size_t i = 0; name.len && i < cert.names_len; i++)
			if (str_eq(name, cert.names[i]))
				return true;
	}
	return false;
}

static bool write_addresses(const struct server *s, struct str path, struct arena *a,
			    struct err *err)
{
	const char *final = arena_cstr(a, path);
	const char *temporary = arena_fmt(a, "%s.new", final).ptr;
	struct str text =
		arena_fmt(a, "listen=%.*s\nhealth=%.*s\n", STR_ARG(server_listen_address(s)),
			  STR_ARG(server_health_address(s)));

	if (!path.len)
		return true;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len;
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	if (ok && rename(temporary, final) == 0)
		return true;
	return err_set(err, E_IO, "%s: %s", final, strerrordesc_np(errno));
}

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* for the server's threads, too */
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* The code that start-up ran, OpenSSL's above all, would stay resident for nothing: what is needed
 * again is mapped again from the page cache. Code is never written to, so nothing is lost. */
static int forget_code(struct dl_phdr_info *info, size_t size, void *ctx)
{
	const ElfW(Addr) page = (ElfW(Addr))sysconf(_SC_PAGESIZE);

	(void)size, (void)ctx;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		ElfW(Addr) from = (info->dlpi_addr + p->p_vaddr) & ~(page - 1);

		if (p->p_type == PT_LOAD && (p->p_flags & PF_X) && !(p->p_flags & PF_W))
			madvise((void *)from, info->dlpi_addr + p->p_vaddr + p->p_memsz - from,
				MADV_DONTNEED);
	}
	return 0;
}

/* Memory of a large review goes back to the system, and idle threads hold no heaps of their own. */
static void tame_malloc(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	mallopt(M_TRIM_THRESHOLD, 256 << 10);
}

/* `what` stays readable in the arena. */
static bool start(struct serving *s, const struct options *o, struct arena *a, struct str *what,
		  struct err *err)
{
	CLEANUP(arena) struct arena *secret = arena_new();
	struct server_options options = {.listen = o->listen,
					 .health = o->health,
					 .version = STR(PROGRAM_VERSION),
					 .client_allowed =
						 o->client_name.len ? client_allowed : NULL,
					 .client_ctx = (void *)(uintptr_t)o,
					 .cache = serve_cache_of(s->cache)};
	struct server_tls tls;
	struct policy *policy;

	serve_files_changed(&s->files, secret);
	if (!serve_files_tls(&s->files, secret, &tls, err) ||
	    !serve_files_policy(&s->files, a, &policy, what, err) ||
	    !server_start(&options, &tls, policy, &s->server, err))
		return false;
	s->not_after = tls.not_after;
	return write_addresses(s->server, o->address_file, a, err);
}

static enum exit_code serve_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct serving s = {.files = {.cert = o->cert,
				      .key = o->key,
				      .client_ca = o->client_ca,
				      .policy = {.file = o->policy, .profile = o->profile}}};
	struct str what;
	struct err err;

	if (!o->cert.len || !o->key.len)
		return cmd_fail(call, EXIT_USAGE, "needs --cert FILE and --key FILE");
	if ((o->kubeconfig.len || o->context.len) && !o->cache)
		return cmd_fail(call, EXIT_USAGE, "--kubeconfig and --context need --cache");
	if (o->client_name.len && !o->client_ca.len)
		return cmd_fail(call, EXIT_USAGE, "--client-name needs --client-ca FILE");
	policy_source_settle(&s.files.policy, call->arena);
	tame_malloc();
	tzset(); /* else the first Date header would read /etc/localtime */
	int signals = block_signals();
	if (o->cache && !serve_cache_start(o->kubeconfig, o->context, &s.cache, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	if (!start(&s, o, call->arena, &what, &err)) {
		server_stop(s.server);
		serve_cache_stop(s.cache);
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	}
	log_event(LOG_LEVEL_INFO, "serving",
		  FIELDS({"listen", server_listen_address(s.server)},
			 {"health", server_health_address(s.server)}, {"policy", what},
			 {"version", STR(PROGRAM_VERSION)}));
	serve_warn_of_expiry(&s);
	dl_iterate_phdr(forget_code, NULL);
	serve_run(&s, signals);
	serve_drain(&s, signals, o->drain);
	server_stop(s.server);
	serve_cache_stop(s.cache);
	close(signals);
	log_event(LOG_LEVEL_INFO, "stopped", NULL, 0);
	return EXIT_CLEAN;
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	{"cert", 0, "FILE", OPT_TEXT, AT(cert), .help = "serving certificate, PEM, chain included"},
	{"key", 0, "FILE", OPT_TEXT, AT(key), .help = "its private key, PEM"},
	{"listen", 0, "ADDR:PORT", OPT_TEXT, AT(listen), .help = "the webhook; default :8443"},
	{"health", 0, "ADDR:PORT", OPT_TEXT, AT(health),
	 .help = "/healthz, /readyz and /metrics over plain HTTP; default :8080"},
	{"policy", 0, "FILE", OPT_TEXT, AT(policy),
	 .help = "the policy; read again when it changes"},
	{"profile", 0, "NAME", OPT_WORD, AT(profile), .choices = policy_profiles,
	 .help = "an embedded policy; default " POLICY_DEFAULT_PROFILE},
	{"client-ca", 0, "FILE", OPT_TEXT, AT(client_ca),
	 .help = "require client certificates of this CA; default: none are asked for"},
	{"client-name", 0, "NAME[,NAME]", OPT_TEXT, AT(client_name),
	 .help = "and one of these names in them; default: any"},
	{"drain", 0, "DURATION", OPT_DURATION, AT(drain), .max = 3600,
	 .help = "how long to go on answering after SIGTERM; default 15s"},
	{"cache", 0, NULL, OPT_FLAG, AT(cache),
	 .help = "judge beside what is live in the cluster, kept by watches"},
	{"kubeconfig", 0, "FILE", OPT_TEXT, AT(kubeconfig),
	 .help = "of --cache: how to reach the cluster; default as kubectl, or as the Pod"},
	{"context", 0, "NAME", OPT_TEXT, AT(context),
	 .help = "of the kubeconfig; default: its current one"},
	{"address-file", 0, "FILE", OPT_TEXT, AT(address_file),
	 .help = "write the addresses really bound to it, once ready"},
};

static const struct options defaults = {
	.listen = STR_INIT(":8443"), .health = STR_INIT(":8080"), .drain = 15};

const struct cmd cmd_serve = {
	.name = "serve",
	.run = serve_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &defaults,
	.summary = "answer AdmissionReview requests over TLS",
	.about =
		"POST /validate is the webhook; at /validate/warn and /validate/audit nothing is "
		"refused, however strict the policy. Certificate, key, client CA and policy are "
		"read again when they change, and on SIGHUP; what cannot be read leaves the old "
		"one in force. SIGTERM: /readyz turns 503 at once, requests are answered for the "
		"drain time, the last fifth of it with 503 and Retry-After; a second SIGTERM ends "
		"at once. One JSON line per event on stderr.\n"
		"\n"
		"With --cache it lists and watches ObjectStores, Clusters and ScheduledBackups of "
		"all namespaces (the verbs list and watch are all it needs), so that rules which "
		"need more than one object speak here too, and deletions are judged. Nothing is "
		"asked of the API server for a review. What is not known, or not any more, is "
		"never a reason to refuse: until every kind is listed, or when a watch fails for "
		"half a minute, each object is judged by itself. /readyz waits for the lists, half "
		"a minute at most. Secrets and Backups are not read.",
};
