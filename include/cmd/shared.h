/*
 * The options that several commands have, each one row: what a word means in one command it means
 * in all. The options of a command that has some of them begin with a struct shared, which starts
 * as {SHARED_DEFAULTS}.
 */
#ifndef CMD_SHARED_H
#define CMD_SHARED_H

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "kube/config.h"
#include "policy/source.h"
#include "probe/stores.h"
#include "report/framework.h"

struct shared {
	struct policy_source policy;
	struct str kubeconfig, context, namespace;
	int64_t now;	      /* see shared_now */
	int fail_on;	      /* index of the command's own words */
	struct output output; /* unless the command has formats of its own */
};

#define SHARED_CLOCK INT64_MIN
#define SHARED_DEFAULTS .now = SHARED_CLOCK, .output = {.formats = STR_INIT("text")}

/* clang-format off */
#define SHARED_ROW(option, member) .name = (option), .offset = offsetof(struct shared, member)
#define SHARED_POLICY {SHARED_ROW("policy", policy.file), .arg = "FILE", .type = OPT_TEXT, \
	.help = "a BackupPolicy (default: see above)"}
#define SHARED_PROFILE {SHARED_ROW("profile", policy.profile), .arg = "NAME", .type = OPT_WORD, \
	.choices = policy_profiles, .help = "an embedded policy: {}"}
#define SHARED_KUBECONFIG {SHARED_ROW("kubeconfig", kubeconfig), .arg = "FILE", .type = OPT_TEXT, \
	.help = "how to reach the cluster (default: as kubectl, or as the Pod)"}
#define SHARED_CONTEXT {SHARED_ROW("context", context), .arg = "NAME", .type = OPT_TEXT, \
	.help = "of the kubeconfig (default: its current one)"}
#define SHARED_NAMESPACE(text) {SHARED_ROW("namespace", namespace), .letter = 'n', .arg = "NAME", \
	.type = OPT_TEXT, .help = (text)}
#define SHARED_FORMAT {SHARED_ROW("format", output.formats), .arg = "NAME[,NAME...]", \
	.type = OPT_WORDS, .choices = report_format_names, .help = "{} (default: text); nagios is one line, with exit codes 0 ok, 1 warning, 2 critical, 3 unknown"}
#define SHARED_OUTPUT {SHARED_ROW("output", output.file), .arg = "FILE", .type = OPT_TEXT, \
	.help = "write there instead of on stdout"}
#define SHARED_COLOR OUTPUT_COLOR(.offset = offsetof(struct shared, output.color))
#define SHARED_FRAMEWORK {SHARED_ROW("framework", output.framework), .arg = "NAME", .type = OPT_WORD, \
	.choices = framework_names, .help = "text and html say which controls each Cluster meets: {}"}
#define SHARED_SHOW {SHARED_ROW("show", output.show), .arg = "WORD", .type = OPT_CHOICE, \
	.choices = output_shows, .help = "text shows findings from this severity on: {} (default: warn)"}
/* The first of the words is what counts when none is given. */
#define SHARED_FAIL_ON(words, first) {SHARED_ROW("fail-on", fail_on), .arg = "WORD", \
	.type = OPT_CHOICE, .choices = (words), .help = "exit 1 at this severity: {} (default: " first ")"}
#define SHARED_NOW {SHARED_ROW("now", now), .arg = "TIME", .type = OPT_TIME, \
	.help = "the time to reckon with, as 2026-08-26T10:20:30Z (default: the clock)"}
/* clang-format on */

/* Words of --fail-on for what is found by rules: "deny" and so on, and as reports
 * call it: "error", "blocker"; ends with NULL. */
extern const char *const shared_severities[];
enum severity shared_severity(const struct shared *s);

int64_t shared_now(const struct shared *s);

/* Of a command that reads PATHs, or with --live a cluster; `all`: --all-namespaces. Says what does
 * not go together. */
MUST_CHECK bool shared_check_live(const struct shared *s, size_t paths, bool live, bool all,
				  struct err *err);

/* What to look at in a cluster: --namespace, else that of the configuration; empty: `all`. */
struct str shared_namespace(const struct shared *s, bool all, const struct kube_config *config);
/* The same; before the configuration comes the namespace of the one operand NAMESPACE/NAME. */
struct str shared_namespace_named(const struct shared *s, bool all, const struct cmd_call *call,
				  const struct kube_config *config);
/* "namespace app of context kind" */
struct str shared_where(struct arena *a, struct str namespace, const struct kube_config *config);
/* On stderr, where nothing of ours is there: where it was looked, and how to look elsewhere. */
void shared_tell_empty(const struct report *report, bool one_namespace);

/* --credentials: of "env" the options get what the environment says, which is kept in `kept`. */
MUST_CHECK bool shared_credentials(struct arena *a, struct str word, struct probe_environment *kept,
				   struct probe_options *options, struct err *err);

/* Nothing was chosen: a .backup-guard.yaml counts for what is below it. */
bool shared_policy_is_nearest(const struct cmd_call *call, const struct shared *s);

/* Loads the policy, of which the caller owns one count, and begins the report with it. Else says
 * why not, and returns no EXIT_CLEAN. */
MUST_CHECK enum exit_code shared_begin(const struct cmd_call *call, const struct shared *s,
				       struct report *report, struct policy **policy);

/* Writes the report, and what it means. */
enum exit_code shared_finish(const struct cmd_call *call, const struct shared *s,
			     const struct report *report);
struct baseline;
/* --write-baseline; `old` may be NULL. `quiet`: how many entries it has is not said. */
enum exit_code shared_write_baseline(const struct cmd_call *call, struct str file,
				     const struct baseline *old, bool quiet, struct report *r);
enum exit_code shared_verdict(const struct shared *s, const struct report *report);

#endif
