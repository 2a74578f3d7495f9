/* `policy`: profiles, policy files, their schema, and a policy as the API server itself judges by.
 */
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/policy_words.h"

#include "policy/source.h"
#include "vap/vap.h"

static enum exit_code print(struct str text)
{
	return cmd_print(text) ? EXIT_CLEAN : EXIT_INTERNAL;
}

static enum exit_code print_default(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	struct str text;

	if (o->shared.policy.file.len)
		return cmd_fail(call, EXIT_USAGE, "print-default prints a profile, no --policy");
	BUG_IF(!policy_profile_text(o->shared.policy.profile.len ? o->shared.policy.profile
								 : STR(POLICY_DEFAULT_PROFILE),
				    &text));
	return print(text);
}

static enum exit_code schema(const struct cmd_call *call)
{
	struct buf out = BUF_ARENA(call->arena);

	policy_schema(&out);
	return print(buf_slice(&out));
}

static enum exit_code vap(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	struct buf out = BUF_ARENA(call->arena);
	struct policy *p;
	struct str what;
	struct err err;

	if (!policy_source_load(o->shared.policy, call->arena, &p, &what, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	vap_print(p, call->arena, &out);
	policy_drop(p);
	return print(buf_slice(&out));
}

static const char *const words[] = {"check", "learn", "print-default", "schema", "vap", NULL};

static const struct {
	size_t operands, most; /* the word is one */
	enum exit_code (*run)(const struct cmd_call *call);
} uses[] = {
	{2, 2, policy_words_check},
	{1, SIZE_MAX, policy_words_learn},
	{1, 1, print_default},
	{1, 1, schema},
	{1, 1, vap},
};
_Static_assert(ARRAY_LEN(uses) + 1 == ARRAY_LEN(words), "one for each");

static enum exit_code policy_main(const struct cmd_call *call)
{
	size_t least = uses[call->word].operands, most = uses[call->word].most;

	if (call->operands_len < least)
		return cmd_fail(call, EXIT_USAGE, "%s needs FILE", words[call->word]);
	if (call->operands_len > most)
		return cmd_fail(call, EXIT_USAGE, "unexpected '%.*s'",
				STR_ARG(call->operands[most]));
	return uses[call->word].run(call);
}

#define AT(member) .offset = offsetof(struct policy_options, member)

static const struct opt opts[] = {
	{"policy", 0, "FILE", OPT_TEXT, AT(shared.policy.file),
	 .help = "for vap: a BackupPolicy (default: see above)"},
	{"profile", 0, "NAME", OPT_WORD, AT(shared.policy.profile), .choices = policy_profiles,
	 .help = "for print-default and vap: {} (default: " POLICY_DEFAULT_PROFILE ")"},
	{"out", 0, "FILE", OPT_TEXT, AT(out),
	 .help = "for learn: write the policy there, where nothing may be yet (default: stdout)"},
	{"live", 0, NULL, OPT_FLAG, AT(live), .help = "for learn: what is live, not manifests"},
	SHARED_KUBECONFIG,
	SHARED_CONTEXT,
	SHARED_NAMESPACE(
		"of documents that name none; with --live: of the objects (default: of the context)"),
	{"all-namespaces", 'A', NULL, OPT_FLAG, AT(all), .help = "with --live: of all namespaces"},
	SHARED_NOW,
};

const struct cmd cmd_policy = {
	.name = "policy",
	.run = policy_main,
	.operands = "WORD [PATH...]",
	.words = words,
	.operands_min = 1,
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct policy_options),
	.defaults = &(const struct policy_options){.shared = {SHARED_DEFAULTS}},
	.summary =
		"print a profile, check or learn a policy file, print its JSON Schema or its CEL",
	.about =
		"WORD is one of check, learn, print-default, schema, vap.\n\n"
		"check FILE tells everything that is wrong in a policy file, with line and column, or what it would do. - is standard input.\n\n"
		"learn writes the policy that a site follows already: its stores with their roles, how ObjectStores and ScheduledBackups are named, where backups go, endpoints, names and keys of Secrets, the owner of Backups, the shortest and the longest time between two backups, and that backups are made by the plugin. PATH is read as check reads it; what is unknown, such as ${VAR}, teaches nothing. What fewer than two objects follow is no rule, nor what no more than half of them do. Of a schedule that looks like a mistake, or that generic refuses as too frequent, no interval is learned. A fence in Markdown teaches where no file has an object of its kind; <app>, <namespace> and <cluster-name> in it stand for any. Behind each line stands how many follow it; who does not is told on stderr, and is what check finds with that policy. Of Secrets only names of keys are read, with --live nothing. Example: backup-guard policy learn apps/ --out .backup-guard.yaml\n\n"
		"print-default prints a profile, which is a policy file: a start for your own.\n\n"
		"schema prints the JSON Schema for editors that complete and check YAML.\n\n"
		"vap prints ValidatingAdmissionPolicies and their bindings, by which the API server (Kubernetes 1.30 or newer) judges without a pod: backup-guard policy vap | kubectl apply -f -. They hold the rules that need the object alone and that CEL can say; which, the comment at their head lists. The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else profile " POLICY_DEFAULT_PROFILE
		".\n\n"
		"Exit code: 0 done, 2 usage, 3 something is wrong in the file or could not be read, or there is nothing to learn, 4 internal.",
};
