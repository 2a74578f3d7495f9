/* A write that every profile refuses, and that CloudNativePG accepts: method plugin without the
 * name of a plugin. It is a dry run: nothing is created, whatever the answer. */
#include "internal.h"

#include "base/program.h"

#include "base/json.h"

#define FAILED "failed calling webhook \""
#define DENIED "admission webhook \""
#define RULE "scheduled-backup-plugin-config-missing"

static struct str bad_schedule(struct doctor *d, struct str namespace)
{
	struct buf text = BUF_ARENA(d->arena);
	struct json j = JSON(&text);

	json_open(&j, '{');
	json_key_str(&j, "apiVersion", str_from(kind_api(KIND_SCHEDULED_BACKUP)->api_version));
	json_key_str(&j, "kind", str_from(kind_name(KIND_SCHEDULED_BACKUP)));
	json_key(&j, "metadata");
	json_open(&j, '{');
	json_key_str(&j, "name", STR("backup-guard-doctor"));
	json_key_str(&j, "namespace", namespace);
	json_close(&j, '}');
	json_key(&j, "spec");
	json_open(&j, '{');
	json_key_str(&j, "schedule", STR("0 0 3 * * *"));
	json_key_str(&j, "method", STR("plugin"));
	json_key(&j, "cluster");
	json_open(&j, '{');
	json_key_str(&j, "name", STR("backup-guard-doctor"));
	json_close(&j, '}');
	json_close(&j, '}');
	json_close(&j, '}');
	return buf_slice(&text);
}

/* What stands between `before` and the next quote. */
static struct str quoted(struct str text, struct str before)
{
	size_t at = str_find(text, before);

	if (at == STR_NONE)
		return STR_EMPTY;
	text = str_slice(text, at + before.len, text.len);
	return str_slice(text, 0, str_find_byte(text, '"'));
}

static bool is_ours(const struct doctor *d, struct str name)
{
	for (size_t i = 0; i < d->hooks_len; i++)
		if (name.len && str_eq(d->hooks[i].name, name))
			return true;
	return false;
}

/* The API server's sentences for a call that failed, and what to do about each. */
static const struct {
	const char *part, *fix;
} remedies[] = {
	{"certificate has expired", "renew the serving certificate, or the CA in caBundle"},
	{"relies on legacy Common Name",
	 "a certificate with subject alternative names: certs init"},
	{"signed by unknown authority", "caBundle: the CA that signed what is served"},
	{"x509: certificate is", "a certificate for NAME.NAMESPACE.svc: certs init"},
	{"HTTP response to HTTPS", "targetPort of the Service: the port of --listen"},
	{"connection refused", "no pod listens there: kubectl get pods, and their log"},
	{"no endpoints available", "no pod is ready: kubectl get pods, and their log"},
	{"not found", "the Service that clientConfig.service names"},
	{"no service port", "clientConfig.service.port: a port of the Service"},
	{"deadline exceeded", "the way from the API server to the pods: NetworkPolicy, firewall"},
	{"does not support dry run", "sideEffects: None"},
};

static void fix_call(struct doctor *d, struct doctor_finding *f, struct str says)
{
	for (size_t i = 0; i < ARRAY_LEN(remedies); i++) {
		if (!str_contains(says, str_from(remedies[i].part)))
			continue;
		doctor_add_fix(f, d, "%s", remedies[i].fix);
		return;
	}
	doctor_add_fix(f, d, "the log of the pods, and of the API server");
}

static void tell_refused(struct doctor *d, struct str namespace, struct str says)
{
	struct str by = quoted(says, STR(DENIED));
	struct doctor_finding *f;

	if (is_ours(d, by)) {
		d->report->force = FORCE_YES;
		f = doctor_add(d, DOCTOR_OK, namespace,
			       "a wrong ScheduledBackup was refused by %.*s", STR_ARG(by));
	} else {
		f = doctor_add(d, DOCTOR_UNKNOWN, namespace,
			       "a wrong ScheduledBackup was refused by %.*s, before or beside us",
			       STR_ARG(by));
		doctor_add_fix(f, d, "ask again: of several refusals the API server tells one");
	}
	f->says = says;
}

/* Of the rows that say why a wrong write is let by. */
static bool is_explained(const struct doctor *d, enum doctor_level by)
{
	static const char *const causes[] = {
		"rules",       "selectors",  "side-effects", "path",	  "review-versions",
		"service",     "policy",     "endpoints",    "ca-bundle", "secret",
		"certificate", "conditions", "others",	     "namespaces"};

	for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
		enum doctor_level worst = doctor_worst(d, causes[i]);

		if (worst == DOCTOR_ERROR || (worst == DOCTOR_WARN && by == DOCTOR_WARN))
			return true;
	}
	return false;
}

/* An error, unless what stands above is the reason; a warning there that may be it is one now. */
static enum doctor_level blame(struct doctor *d)
{
	if (is_explained(d, DOCTOR_ERROR))
		return DOCTOR_INFO;
	if (!d->suspect)
		return DOCTOR_ERROR;
	doctor_raise(d, d->suspect);
	return DOCTOR_INFO;
}

static struct str rule_line(struct str warnings)
{
	struct str line;

	while (warnings.len && str_split(&warnings, '\n', &line))
		if (str_has_suffix(line, STR("[" RULE "]")))
			return line;
	return STR_EMPTY;
}

/* And nobody is asked there. */
static void not_asked(struct doctor *d, const struct place *p)
{
	static const char *const why[] = {
		[LEFT_BY_LABEL] = "its label " MODE_LABEL "=off opts it out",
		[LEFT_BY_NAME] = "namespaceSelector leaves it out by its name",
		[LEFT_BY_ALL] = "no webhook selects it",
	};
	bool explained = p->told || is_explained(d, DOCTOR_ERROR);

	d->report->force = FORCE_NO;
	if (p->told)
		doctor_raise(d, p->told);
	doctor_add_fix(
		doctor_add(d, explained ? DOCTOR_INFO : DOCTOR_ERROR, p->name,
			   "a wrong ScheduledBackup was accepted: nobody is asked there, %s",
			   why[doctor_why_left(d, p)]),
		d,
		"--namespace of another one - where the webhook and the operator run nobody is meant to be asked");
}

static void tell_accepted(struct doctor *d, const struct place *p, struct str warnings)
{
	struct str says = rule_line(warnings);
	bool meant = p->mode == HOOK_WARN;
	struct doctor_finding *f;

	if (p->mode == HOOK_NOT_SENT) {
		not_asked(d, p);
		return;
	}
	d->report->force = says.len ? FORCE_WARNS : FORCE_NO;
	if (meant && says.len) {
		f = doctor_add(
			d, DOCTOR_OK, p->name,
			"a wrong ScheduledBackup was warned about: nobody is refused anything in a namespace that is not of mode enforce");
		doctor_add_fix(f, d, "kubectl label namespace NAME " MODE_LABEL "=enforce");
	} else {
		f = doctor_add(
			d, blame(d), p->name, "a wrong ScheduledBackup was accepted%s: %s",
			says.len ? " with a warning"
			: meant	 ? " without a warning"
				 : "",
			says.len
				? "the policy in force is milder than the namespace"
				: "the webhook was not asked, did not answer and fails open, or exempts you");
		doctor_add_fix(f, d, "what stands above; else the log and the metrics of the pods");
	}
	f->says = says;
}

static void tell_answer(struct doctor *d, const struct place *p, const struct kube_answer *answer)
{
	struct str says = arena_str(d->arena, obj_text(answer->root, "message"));
	struct str namespace = p->name;
	struct doctor_finding *f;

	if (answer->status / 100 == 2) {
		tell_accepted(d, p, answer->warnings);
	} else if (str_contains(says, STR(FAILED)) ||
		   str_contains(says, STR("does not support dry run"))) {
		d->report->force = FORCE_NO;
		f = doctor_add(d, blame(d), namespace,
			       "nobody can write there: the call of %.*s fails",
			       STR_ARG(quoted(says, STR("webhook \""))));
		f->says = says;
		fix_call(d, f, says);
	} else if (str_contains(says, STR(DENIED))) {
		tell_refused(d, namespace, says);
	} else {
		f = doctor_add(d, DOCTOR_UNKNOWN, namespace, "the write could not be tried");
		f->says = says;
		doctor_add_fix(
			f, d,
			"--namespace of one that exists, the right to create scheduledbackups there, and CloudNativePG's CRDs");
	}
}

/* One that is enforced, else one that is warned; one with Clusters before others. */
static const struct place *choose(const struct doctor *d)
{
	const struct place *best = NULL;
	int found = 0;

	for (const struct place *p = d->places; p; p = p->next) {
		int worth = (p->mode == HOOK_ENFORCE ? 4 : p->mode == HOOK_WARN ? 2 : 0);

		worth += worth && p->clusters;
		if (worth > found) {
			found = worth;
			best = p;
		}
	}
	return best;
}

/* The namespace of --namespace: as it is known, or as one that should be enforced. */
static const struct place *given(struct doctor *d)
{
	struct place *p = d->places;

	while (p && !str_eq(p->name, d->in->namespace))
		p = p->next;
	if (p)
		return p;
	p = ARENA_NEW(d->arena, struct place);
	p->name = d->in->namespace;
	p->mode = HOOK_ENFORCE;
	return p;
}

static void no_place(struct doctor *d)
{
	if (!d->knows_places)
		doctor_add_fix(doctor_add(d, DOCTOR_UNKNOWN, NOWHERE,
					  "no namespace is known where it could be tried"),
			       d, "--namespace NAME: one that is enforced");
	else
		doctor_add_fix(
			doctor_add(
				d, is_explained(d, DOCTOR_WARN) ? DOCTOR_INFO : DOCTOR_WARN,
				NOWHERE,
				"no namespace is enforced or warned: nobody is refused anything, and nothing can be tried"),
			d, "kubectl label namespace NAME " MODE_LABEL "=enforce");
}

const struct place *doctor_trial(struct doctor *d)
{
	return d->in->namespace.len ? given(d) : choose(d);
}

void doctor_refusal(struct doctor *d)
{
	const struct place *p = doctor_trial(d);
	struct kube_answer answer;
	struct err err;

	if (doctor_audit_only(d)) {
		d->report->force = FORCE_AUDIT;
		doctor_add(d, DOCTOR_INFO, NOWHERE,
			   "audit only: nothing is refused, and none is tried");
		return;
	}
	if (!p) {
		no_place(d);
		return;
	}
	struct buf path = BUF_ARENA(d->arena);
	kind_path(KIND_SCHEDULED_BACKUP, p->name, &path);
	buf_text(&path, "?dryRun=All&fieldManager=" PROGRAM);
	const struct kube_call call = {
		.method = "POST",
		.path = buf_slice(&path),
		.body = bad_schedule(d, p->name),
		.content_type = KUBE_JSON,
	};

	if (!kube_do(d->in->kube, &call, d->arena, &answer, &err) && !answer.status)
		doctor_add(d, DOCTOR_UNKNOWN, p->name, "%s", err.msg);
	else
		tell_answer(d, p, &answer);
}
