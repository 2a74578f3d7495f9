/* `serve`: the webhook. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "base/limits.h"
#include "base/utc.h"
#include "webhook/webhook.h"

/* NAME or NAMESPACE/NAME. With a part left out we would ask for a list. */
static bool is_place(struct str secret)
{
	size_t slash = str_find_byte(secret, '/');
	struct str name = slash == STR_NONE ? secret : str_slice(secret, slash + 1, secret.len);

	return slash != 0 && name.len && str_find_byte(name, '/') == STR_NONE;
}

/* What is wrong with the words on the command line; NULL: nothing. */
static const char *misused(const struct webhook_options *o)
{
	const struct self_manage_options *m = &o->manage;
	int64_t ca = m->ca_lifetime, cert = m->cert_lifetime;

	if (o->self_manage && (o->cert.len || o->key.len))
		return "--self-manage makes the certificate itself: no --cert, no --key";
	if (!o->self_manage && (!o->cert.len || !o->key.len))
		return "needs --cert FILE and --key FILE, or --self-manage";
	if (!is_place(m->secret))
		return "--secret must be NAME or NAMESPACE/NAME";
	if (!m->configuration.len)
		return "--webhook-configuration must be a name";
	if ((o->kubeconfig.len || o->context.len) && !o->cache && !o->events && !o->self_manage)
		return "--kubeconfig and --context need --cache, --events or --self-manage";
	if (o->self_manage && ca < 2 * cert)
		return "--ca-lifetime must be twice --cert-lifetime or more: its last third is for the change to the next one";
	if (o->self_manage && cert < 10 * m->check)
		return "--cert-lifetime must be ten times --renew-check or more: its last third is for every replica to hear of the next one";
	if (o->cache_secrets && !o->cache)
		return "--cache-secrets needs --cache";
	if (o->trust_network && !o->cache && !o->events)
		return "--trust-network needs --cache or --events";
	if (o->client_name.len && !o->client_ca.len)
		return "--client-name needs --client-ca FILE";
	return NULL;
}

static enum exit_code serve_main(const struct cmd_call *call)
{
	const struct webhook_options *o = call->options;
	const char *wrong = misused(o);
	struct err err;

	if (wrong)
		return cmd_fail(call, EXIT_USAGE, "%s", wrong);
	if (!webhook_serve(o, call->arena, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	return EXIT_CLEAN;
}

#define AT(member) .offset = offsetof(struct webhook_options, member)

static const struct opt opts[] = {
	{"cert", 0, "FILE", OPT_TEXT, AT(cert), .help = "serving certificate, PEM, chain included"},
	{"key", 0, "FILE", OPT_TEXT, AT(key), .help = "its private key, PEM"},
	{"listen", 0, "ADDR:PORT", OPT_TEXT, AT(listen), .help = "the webhook; default :8443"},
	{"health", 0, "ADDR:PORT", OPT_TEXT, AT(health),
	 .help = "/healthz, /readyz and /metrics over plain HTTP; default :8080"},
	{"policy", 0, "FILE", OPT_TEXT, AT(policy.file),
	 .help = "the policy; read again when it changes"},
	{"profile", 0, "NAME", OPT_WORD, AT(policy.profile), .choices = policy_profiles,
	 .help = "an embedded policy; default " POLICY_DEFAULT_PROFILE},
	{"client-ca", 0, "FILE", OPT_TEXT, AT(client_ca),
	 .help = "require client certificates of this CA; default: none are asked for"},
	{"client-name", 0, "NAME[,NAME]", OPT_TEXT, AT(client_name),
	 .help = "and one of these names in them; default: any"},
	{"drain", 0, "DURATION", OPT_DURATION, AT(drain), .max = 3600,
	 .help = "how long to go on answering after SIGTERM; default 15s"},
	{"threads", 0, "N", OPT_COUNT, AT(threads), .min = 1, .max = LIMIT_SERVE_THREADS,
	 .help = "for connections, and as many for large reviews; default: one for each core, at most 4"},
	{"cache", 0, NULL, OPT_FLAG, AT(cache),
	 .help = "judge beside what is live in the cluster, kept by watches"},
	{"cache-secrets", 0, NULL, OPT_FLAG, AT(cache_secrets),
	 .help = "and the Secrets that stores name: key names, and what is wrong with values"},
	{"events", 0, NULL, OPT_FLAG, AT(events),
	 .help = "tell of denials by Kubernetes Events, in the object's namespace"},
	{"trust-network", 0, NULL, OPT_FLAG, AT(trust_network),
	 .help = "of --cache and --events without --client-ca: tell whoever reaches the port"},
	{"kubeconfig", 0, "FILE", OPT_TEXT, AT(kubeconfig),
	 .help = "of --cache, --events and --self-manage: how to reach the cluster; default as kubectl, or as the Pod"},
	{"context", 0, "NAME", OPT_TEXT, AT(context),
	 .help = "of the kubeconfig; default: its current one"},
	{"self-manage", 0, NULL, OPT_FLAG, AT(self_manage),
	 .help = "make and renew the certificate, and its CA, in a Secret; no --cert, no --key"},
	{"secret", 0, "[NAMESPACE/]NAME", OPT_TEXT, AT(manage.secret),
	 .help = "of --self-manage; default backup-guard-webhook, in the Pod's namespace"},
	{"webhook-configuration", 0, "NAME", OPT_TEXT, AT(manage.configuration),
	 .help = "of --self-manage: whose caBundle is kept right; default backup-guard"},
	{"names", 0, "NAME[,NAME]", OPT_TEXT, AT(manage.names),
	 .help = "of --self-manage: in the certificate; default backup-guard.NAMESPACE.svc"},
	{"ca-lifetime", 0, "DURATION", OPT_DURATION, AT(manage.ca_lifetime), .min = 1,
	 .max = SELF_MANAGE_LONGEST, .help = "of --self-manage; default 365d"},
	{"cert-lifetime", 0, "DURATION", OPT_DURATION, AT(manage.cert_lifetime), .min = 1,
	 .max = SELF_MANAGE_LONGEST,
	 .help = "of --self-manage: renewed in its last third; default 90d"},
	{"renew-check", 0, "DURATION", OPT_DURATION, AT(manage.check), .min = 1, .max = UTC_DAY,
	 .help = "of --self-manage: how often Secret and configuration are looked at; default 1m"},
	{"address-file", 0, "FILE", OPT_TEXT, AT(address_file),
	 .help = "write the addresses really bound to it, once ready"},
};

_Static_assert(LIMIT_SERVE_THREADS_UNASKED == 4, "the help of --threads says 4");

static const struct webhook_options defaults = {
	.listen = STR_INIT(":8443"),
	.health = STR_INIT(":8080"),
	.drain = 15,
	.manage = {.secret = STR_INIT("backup-guard-webhook"),
		   .configuration = STR_INIT("backup-guard"),
		   .ca_lifetime = INT64_C(365) * UTC_DAY,
		   .cert_lifetime = INT64_C(90) * UTC_DAY,
		   .check = 60},
};

const struct cmd cmd_serve = {
	.name = "serve",
	.run = serve_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct webhook_options),
	.defaults = &defaults,
	.summary = "answer AdmissionReview requests over TLS",
	.about =
		"POST /validate is the webhook; at /validate/warn and /validate/audit nothing is refused, however strict the policy. Certificate, key, client CA and policy are read again when they change, and on SIGHUP; what cannot be read leaves the old one in force. SIGTERM: /readyz turns 503 at once, requests are answered for the drain time, the last fifth of it with 503 and Retry-After; a second SIGTERM ends at once. One JSON line per event on stderr.\n"
		"\n"
		"With --cache it lists and watches ObjectStores, Clusters and ScheduledBackups of all namespaces (the verbs list and watch are all it needs), so that rules which need more than one object speak here too, and deletions are judged. Nothing is asked of the API server for a review. What is not known, or not any more, is never a reason to refuse: until every kind is listed, or when a watch fails for half a minute, each object is judged by itself. A kind that the API server does not serve is unknown, too, and looked for every few seconds: the plugin may be installed after the webhook. /readyz says which kinds are not known; it waits for the lists, half a minute at most. Backups are not read.\n"
		"\n"
		"With --cache-secrets those Secrets are read that a live ObjectStore or Cluster refers to (the verb get), one by one, each again after a minute or more; what is kept are key names, and flags such as \"holds a line break\", never a value. What was read a while ago may have been put right since: a finding that rests on it is a warning, however strict the policy. A Secret that may not be read is unknown.\n"
		"\n"
		"With --events a refused write that was no dry run becomes a Warning Event with reason BackupGuardDenied, so that those learn of it who did not type the command (the verbs create and patch on events are all it needs). The same refusal again within half a minute is only counted, later it changes the Event; 50 are written at once, then one a second. No answer waits for one.\n"
		"\n"
		"A review says itself who asks and for which namespace. So --cache, --cache-secrets and --events do nothing unless clients are verified: with --client-ca, and with --client-name where that CA signs for others, too. The API server shows a certificate only when its AdmissionConfiguration names one (deploy/kustomize/README.md). --trust-network believes everybody who reaches the port instead: whoever does so can read names of live objects and keys of Secrets of any namespace out of the answers to forged reviews, and have Events written. /readyz, the log and backup_guard_silent say when nothing is told.\n"
		"\n"
		"With --self-manage nobody else is needed for certificates: any number of replicas agree by one Secret (ca.crt, ca.key, tls.crt, tls.key; the verbs get, create and update) and keep the caBundle of every webhook of one ValidatingWebhookConfiguration right (get, list, watch and patch): it is watched, so that one that is applied again after an emergency off is in order at once, and a CA that was never in the Secret is put out. Both certificates are made anew in the last third of their lives. A new CA stands beside the old one in caBundle before anything of it is served, and the old one stays until every replica has changed, so that no call fails. When the API server cannot be asked, what is there goes on being served.",
};
