/* `audit`: what is live in a cluster. */
#include "cmd/audit_command.h"
#include "cmd/commands.h"

#define AT(member) .offset = offsetof(struct audit_options, member)

static const struct opt opts[] = {
	SHARED_KUBECONFIG,
	{"context", 0, "NAME", OPT_TEXTS, AT(contexts),
	 .help = "of the kubeconfig (default: its current one); again for several clusters"},
	{"all-contexts", 0, NULL, OPT_FLAG, AT(all_contexts),
	 .help = "the clusters of all contexts of the kubeconfig"},
	SHARED_NAMESPACE("what to look at (default: that of the context)"),
	{"all-namespaces", 'A', NULL, OPT_FLAG, AT(all), .help = "look at all of them"},
	{"no-secrets", 0, NULL, OPT_FLAG, AT(no_secrets),
	 .help = "read no Secret: what needs their keys is not asked"},
	{"stores", 0, NULL, OPT_FLAG, AT(stores),
	 .help = "ask the object stores, too, and write nothing there: see probe"},
	{"report", 0, NULL, OPT_FLAG, AT(publish),
	 .help = "write a Report into each namespace with findings"},
	{"report-page", 0, "FILE", OPT_TEXT, AT(shared.output.page),
	 .help = "write the page of --format html there, too, in place of the one before"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_FORMAT,
	SHARED_OUTPUT,
	SHARED_FRAMEWORK,
	{"baseline", 0, "FILE", OPT_TEXT, AT(baseline),
	 .help = "leave out what it has; the table shows it all the same"},
	{"write-baseline", 0, "FILE", OPT_TEXT, AT(write_baseline),
	 .help = "write what is found there; with --baseline, only what that has already"},
	SHARED_SHOW,
	{"group-by", 0, "WORD", OPT_CHOICE, AT(shared.output.layout.group),
	 .choices = output_groups,
	 .help = "text has a line a finding, below what they have in common: {} (default: none); cluster is the context"},
	{"summary", 0, NULL, OPT_FLAG, AT(shared.output.layout.counts),
	 .help = "text has the table, and how many findings there are of each rule or group"},
	SHARED_FAIL_ON(shared_severities, "deny"),
	SHARED_NOW,
	SHARED_COLOR,
};

const struct cmd cmd_audit = {
	.name = "audit",
	.run = audit_command,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct audit_options),
	.defaults = &(const struct audit_options){.shared = {SHARED_DEFAULTS}},
	.summary = "check what is live in a cluster, and whether its backups are made",
	.about =
		"Lists Clusters, ObjectStores, ScheduledBackups and Backups, judges them beside one another as check does with files, and adds what only a live cluster can tell: is there a recent backup, did the last one fail, does one hang, is WAL archived. Of the Secrets that stores name it reads which keys there are and whether a value is empty or ends in a line break; nothing of them is kept or shown.\n\n"
		"The cluster is that of --kubeconfig, else of the files in KUBECONFIG, else of ~/.kube/config; in a Pod without any, its own, with the Pod's service account. It needs the verb list for those kinds, and get for Secrets unless --no-secrets. What cannot be listed counts as unknown: nothing is found because of it.\n\n"
		"Text shows the first findings of a rule in full; --group-by has all of them in a line each, --summary only how many. --format nagios is what a monitoring plugin prints: CRITICAL where there are errors, UNKNOWN where something could not be listed or nothing is there, WARNING where there are warnings or a first backup was not made in time; its exit codes are 0 ok, 1 warning, 2 critical, 3 unknown, whatever --fail-on says.\n\n"
		"With several contexts each finding and each line of the table says its context; a cluster that cannot be reached is an error, and the others are told. They are not held against one another: that two of them archive to one place is not found.\n\n"
		"--stores asks each object store with the keys of its Secret what lies there, as probe does without --write: to when each Cluster can be restored, and where WAL is missing.\n\n"
		"--report writes a Report of openreports.io, else a PolicyReport of wgpolicyk8s.io, into each namespace with findings, and removes its own from the others: only what has changed, and only if everything could be listed.\n\n"
		"--report-page writes the page of --format html to a file beside the ordinary output, whole or not at all. When nothing can be read, as where no API server answers, the one before stays, which says of when it is.\n\n" FRAMEWORK_ABOUT
		"\n\n"
		"A baseline holds what is known: it is neither told nor counted, and what is new is. Each entry says the context in which it was found, and covers what is found in that; in a Pod there is none.\n\n"
		"The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else profile " POLICY_DEFAULT_PROFILE
		".\n\n"
		"Exit code: 0 clean, 1 findings at --fail-on or above, 2 usage, 3 something could not be listed or written, 4 internal.",
};
