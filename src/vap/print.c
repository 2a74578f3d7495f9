/* The documents: policies, their bindings, and the comment at their head. */
#include "internal.h"

#include "checks/table.h"

#include <string.h>

/* A set of rules of one severity, in the namespaces for which the policy says one mode. */
struct part {
	const struct policy *policy;
	enum severity severity;
	enum policy_mode mode;
	struct str name; /* of its ValidatingAdmissionPolicy */
};

static const char *const mode_names[] = {"enforce", "warn", "audit"};

static void condition(const char *name, struct buf *expression, struct buf *out)
{
	buf_fmt(out, "    - name: %s\n      expression: |-\n", name);
	cel_lines(out, buf_slice(expression), 8);
	expression->len = 0;
}

/* The policy says this mode for the namespace. */
static void mode_condition(const struct part *part, struct buf *out)
{
	size_t len;
	const struct namespace_mode *modes = policy_namespace_modes(part->policy, &len);
	struct buf text CLEANUP(buf) = {0};

	if (!len)
		return;
	for (size_t i = 0; i < len; i++) {
		cel_globs(&text, "request.namespace", (struct str_list){&modes[i].match, 1});
		buf_fmt(&text, " ? %s :\n", modes[i].mode == part->mode ? "true" : "false");
	}
	buf_text(&text, policy_mode(part->policy, STR_EMPTY) == part->mode ? "true" : "false");
	condition("mode", &text, out);
}

static void exempt_condition(const struct policy *p, struct buf *out)
{
	const struct policy_exempt *e = policy_exempt(p);
	struct buf text CLEANUP(buf) = {0};

	if (e->namespaces.len) {
		buf_text(&text, "!(");
		cel_globs(&text, "request.namespace", e->namespaces);
		buf_byte(&text, ')');
		condition("exempt-namespaces", &text, out);
	}
	if (e->users.len) {
		buf_text(&text, "!(");
		cel_globs(&text, "request.userInfo.username", e->users);
		buf_byte(&text, ')');
		condition("exempt-users", &text, out);
	}
	if (e->service_accounts.len) {
		buf_text(
			&text,
			"!(request.userInfo.username.startsWith('system:serviceaccount:') &&\n"
			"  [request.userInfo.username.replace('system:serviceaccount:', '')].exists(a, ");
		cel_globs(&text, "a", e->service_accounts);
		buf_text(&text, "))");
		condition("exempt-service-accounts", &text, out);
	}
	if (e->groups.len) {
		buf_text(&text, "!request.userInfo.?groups.orValue([]).exists(g, ");
		cel_globs(&text, "g", e->groups);
		buf_byte(&text, ')');
		condition("exempt-groups", &text, out);
	}
	for (size_t i = 0; i < e->labels.len; i++) {
		buf_text(&text, i ? " &&\n" : "");
		buf_text(&text, "!object.metadata.?labels[?");
		cel_text(&text, e->labels.items[i].key);
		buf_text(&text, "].optMap(l, ");
		cel_globs(&text, "l", (struct str_list){&e->labels.items[i].value, 1});
		buf_text(&text, ").orValue(false)");
	}
	if (e->labels.len)
		condition("exempt-labels", &text, out);
}

/* As the engine, before it asks a rule. */
static void conditions(const struct part *part, struct buf *out)
{
	struct buf text CLEANUP(buf) = {0};

	buf_text(out, "  matchConditions:\n");
	buf_text(&text,
		 "request.operation != 'UPDATE' || !has(oldObject.metadata.deletionTimestamp)");
	condition("not-terminating", &text, out);
	buf_text(
		&text,
		"request.operation != 'UPDATE' || object.?spec != oldObject.?spec ||\n"
		"['cnpg.io/validation', 'cnpg.io/skipEmptyWalArchiveCheck', 'cnpg.io/hibernation', 'cnpg.io/skipWalArchiving',\n"
		"  'cnpg.io/fencedInstances', 'backup-guard.io/allow', 'backup-guard.io/reason', 'backup-guard.io/expires']\n"
		"  .exists(a, object.metadata.?annotations[?a] != oldObject.metadata.?annotations[?a])");
	condition("changed", &text, out);
	buf_text(&text, "!(");
	cel_globs(&text, "request.userInfo.username", policy_operators(part->policy));
	buf_byte(&text, ')');
	condition("not-the-operator", &text, out);
	mode_condition(part, out);
	exempt_condition(part->policy, out);
}

static void metadata(const char *kind, struct str name, const char *suffix, struct buf *out)
{
	buf_fmt(out,
		"---\napiVersion: admissionregistration.k8s.io/v1\nkind: %s\nmetadata:\n"
		"  name: %.*s%s\n  labels:\n    app.kubernetes.io/name: backup-guard\nspec:\n",
		kind, STR_ARG(name), suffix);
}

/* What was as wrong before passes. */
static const char wrong[] =
	"variables.found.map(f, f.size() == 0 ? [] : f[0].filter(m, f.size() == 1 || !(m in f[1] || m in f[2])))\n"
	"  .filter(f, f.size() > 0).map(f, f.join('; '))";
static const char wrong_now[] =
	"variables.found.map(f, f.size() == 0 ? [] : f[0]).filter(f, f.size() > 0).map(f, f.join('; '))";

static const char constraints[] = "  failurePolicy: Ignore\n"
				  "  matchConstraints:\n"
				  "    resourceRules:\n"
				  "      - apiGroups: [postgresql.cnpg.io]\n"
				  "        apiVersions: [v1]\n"
				  "        operations: [CREATE, UPDATE]\n"
				  "        resources: [clusters, scheduledbackups]\n"
				  "      - apiGroups: [postgresql.cnpg.io]\n"
				  "        apiVersions: [v1]\n"
				  "        operations: [CREATE]\n"
				  "        resources: [backups]\n"
				  "      - apiGroups: [barmancloud.cnpg.io]\n"
				  "        apiVersions: [v1]\n"
				  "        operations: [CREATE, UPDATE]\n"
				  "        resources: [objectstores]\n";

static void policy_document(const struct part *part, const struct buf *found, struct buf *out)
{
	metadata("ValidatingAdmissionPolicy", part->name, "", out);
	buf_text(out, constraints);
	conditions(part, out);
	buf_text(out, "  variables:\n");
	vap_variables(part->policy, part->severity == SEV_DENY, out);
	buf_str(out, buf_slice(found));
	buf_text(out, "    - name: wrong\n      expression: |-\n");
	cel_lines(out, str_from(part->severity == SEV_DENY ? wrong : wrong_now), 8);
	buf_text(out,
		 "  validations:\n"
		 "    - expression: variables.wrong.size() == 0\n"
		 "      messageExpression: variables.wrong.join('; ')\n"
		 "      message: backups would not work; backup-guard check says what is wrong\n"
		 "      reason: Invalid\n");
}

/* What is done with findings of a part in the namespaces of a label: MODE_ENFORCE is a denial. */
static enum policy_mode action(const struct part *part, enum policy_mode label)
{
	enum policy_mode mode = label > part->mode ? label : part->mode;

	return mode == MODE_ENFORCE && part->severity != SEV_DENY ? MODE_WARN : mode;
}

/* One binding for each action. A namespace without the label is one of warn. */
static void binding(const struct part *part, enum policy_mode wanted, struct buf *out)
{
	static const char *const actions[] = {"Deny", "Warn", "Audit"};
	struct buf in CLEANUP(buf) = {0}, not_in CLEANUP(buf) = {0};
	char suffix[16] = "-";

	for (unsigned label = MODE_ENFORCE; label <= MODE_AUDIT; label++) {
		struct buf *list = action(part, label) == wanted ? &in : &not_in;

		if (label != MODE_WARN)
			buf_fmt(list, "%s%s", list->len ? ", " : "", mode_names[label]);
	}
	bool others = action(part, MODE_WARN) == wanted;
	if (!others && !in.len)
		return;
	strncat(suffix, mode_names[wanted], sizeof suffix - 2);
	metadata("ValidatingAdmissionPolicyBinding", part->name, suffix, out);
	buf_fmt(out,
		"  policyName: %.*s\n  validationActions: [%s]\n  matchResources:\n    namespaceSelector:\n"
		"      matchExpressions:\n"
		"        - key: kubernetes.io/metadata.name\n          operator: NotIn\n"
		"          values: [backup-guard, cnpg-system, kube-system]\n"
		"        - key: backup-guard.io/mode\n          operator: %s\n          values: [%.*s%s]\n",
		STR_ARG(part->name), actions[wanted], others ? "NotIn" : "In",
		STR_ARG(buf_slice(others ? &not_in : &in)),
		!others	     ? ""
		: not_in.len ? ", \"off\""
			     : "\"off\"");
}

static void print_part(const struct part *part, struct buf *out)
{
	struct buf found CLEANUP(buf) = {0};

	if (!vap_found(part->policy, part->severity, &found))
		return;
	policy_document(part, &found, out);
	for (unsigned wanted = MODE_ENFORCE; wanted <= MODE_AUDIT; wanted++)
		binding(part, wanted, out);
}

static bool has_mode(const struct policy *p, enum policy_mode mode)
{
	size_t len;
	const struct namespace_mode *modes = policy_namespace_modes(p, &len);

	for (size_t i = 0; i < len; i++)
		if (modes[i].mode == mode)
			return true;
	return policy_mode(p, STR_EMPTY) == mode;
}

#define LINE_BYTES 110

/* A list of rules behind its title, in lines of a comment. */
static void list_rules(const struct policy *p, enum vap_coverage coverage, const char *title,
		       struct buf *out)
{
	size_t start = out->len, count = 0;

	buf_fmt(out, "# %s", title);
	for (size_t i = 0; i < rules_len; i++) {
		if (policy_severity(p, &rules[i]) == SEV_OFF ||
		    vap_coverage(p, &rules[i]) != coverage)
			continue;
		if (out->len - start + strlen(rules[i].id) > LINE_BYTES) {
			start = out->len;
			buf_text(out, "\n#  ");
		}
		buf_fmt(out, " %s", rules[i].id);
		count++;
	}
	buf_text(out, count ? "\n" : " none\n");
}

static void head(const struct policy *p, struct buf *out)
{
	buf_text(out, "# BackupPolicy ");
	buf_clean(out, policy_name(p)); /* a line of a comment */
	buf_text(
		out,
		" as ValidatingAdmissionPolicies, printed by `backup-guard policy vap`.\n"
		"# For Kubernetes 1.30 or newer. An object is judged alone, by the label backup-guard.io/mode of its namespace\n"
		"# (enforce, warn, audit, off; none: warn) or by the policy's mode, whichever is milder.\n"
		"# The operator is never refused. What was wrong before an UPDATE passes.\n"
		"# An exemption by annotation does not end here: CEL has no clock. Where an expression fails, the write passes.\n");
	list_rules(p, VAP_WHOLE, "Rules:", out);
	list_rules(p, VAP_IN_PART, "Rules of which the certain part is judged:", out);
	list_rules(p, VAP_LEFT_OUT, "Left to the webhook, check and audit:", out);
}

void vap_print(const struct policy *policy, struct arena *arena, struct buf *out)
{
	static const enum severity severities[] = {SEV_DENY, SEV_WARN};
	enum policy_mode own = policy_mode(policy, STR_EMPTY);

	head(policy, out);
	for (unsigned mode = MODE_ENFORCE; mode <= MODE_AUDIT; mode++) {
		for (size_t i = 0; i < ARRAY_LEN(severities); i++) {
			struct part part = {
				.policy = policy, .severity = severities[i], .mode = mode};

			part.name = arena_fmt(
				arena, "backup-guard-%s%s%s", severity_name(part.severity),
				mode == own ? "" : "-in-", mode == own ? "" : mode_names[mode]);
			if (has_mode(policy, mode))
				print_part(&part, out);
		}
	}
}
