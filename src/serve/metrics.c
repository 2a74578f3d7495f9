#include "serve/metrics.h"

#include "base/log.h"
#include "checks/table.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

/* The closed sets of labels. The last of each is for whatever is none of the others. */
static const char *const operations[] = {"CREATE", "UPDATE", "DELETE", "CONNECT", "other"};
static const char *const decisions[] = {"allow",  "warn", "deny", "would-deny",
					"exempt", "skip", "error"};
static const char *const actions[] = {"deny", "warn", "audit", "exempt"};
enum { ACTION_DENY, ACTION_WARN, ACTION_AUDIT, ACTION_EXEMPT };

#define KIND_LABELS (KINDS + 1)
#define OPERATIONS ARRAY_LEN(operations)
#define DECISIONS ARRAY_LEN(decisions)
#define ACTIONS ARRAY_LEN(actions)
#define SEVERITIES (SEV_DENY + 1)

/* Upper bounds in microseconds. A review takes some tens of them. */
static const int64_t bounds[] = {10,   20,   50,    100,   200,	   500,	   1000,
				 2000, 5000, 10000, 50000, 100000, 1000000};
#define BOUNDS ARRAY_LEN(bounds)

typedef atomic_uint_fast64_t counter;

struct per_rule {
	counter findings[SEVERITIES][ACTIONS];
	counter exempted;
};

struct metrics {
	counter requests[KIND_LABELS][OPERATIONS][DECISIONS][2][2]; /* dry run; code 200 or 400 */
	counter buckets[BOUNDS + 1];
	counter nanoseconds;
	counter counts[COUNTS];
	counter exempted_by_policy;
	struct per_rule rules[];
};

struct metrics *metrics_new(void)
{
	size_t size = sizeof(struct metrics) + rules_len * sizeof(struct per_rule);
	struct metrics *m = calloc(1, size);

	if (!m)
		out_of_memory(size);
	return m;
}

void metrics_free(struct metrics *m)
{
	free(m);
}

static void add(counter *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

static uint64_t value(const counter *c)
{
	return atomic_load_explicit(c, memory_order_relaxed);
}

void metrics_add(struct metrics *m, enum metrics_count which)
{
	add(&m->counts[which], 1);
}

static size_t label(struct str word, const char *const *words, size_t len)
{
	size_t i = 0;

	while (i + 1 < len && !str_is(word, words[i]))
		i++;
	return i;
}

/* Behind the last one is "other". */
static enum kind kind_at(size_t label)
{
	return (enum kind)(1u << label);
}

static size_t kind_label(struct str word)
{
	size_t i = 0;

	while (i < KINDS && !str_is(word, kind_name(kind_at(i))))
		i++;
	return i;
}

static size_t action(const struct review_outcome *o, const struct finding *f)
{
	if (f->exempted_by.len)
		return ACTION_EXEMPT;
	if (o->verdict.audit_only)
		return ACTION_AUDIT;
	return f->severity == SEV_DENY ? ACTION_DENY : ACTION_WARN;
}

static void count_findings(struct metrics *m, const struct review_outcome *o,
			   const struct findings *findings)
{
	for (size_t i = 0; i < findings->len; i++) {
		const struct finding *f = &findings->items[i];
		struct per_rule *rule = &m->rules[f->rule - rules];

		add(&rule->findings[f->severity][action(o, f)], 1);
		if (f->exempted_by.len)
			add(&rule->exempted, 1);
	}
}

void metrics_answer(struct metrics *m, const struct review_outcome *o, int64_t nanoseconds)
{
	size_t kind = kind_label(o->kind);
	size_t operation = label(o->operation, operations, OPERATIONS);
	size_t decision = label(str_from(o->decision), decisions, DECISIONS);
	size_t bucket = 0;

	add(&m->requests[kind][operation][decision][o->dry_run][o->http_status != 200], 1);
	while (bucket < BOUNDS && nanoseconds > bounds[bucket] * 1000)
		bucket++;
	add(&m->buckets[bucket], 1);
	add(&m->nanoseconds, (uint64_t)nanoseconds);
	if (o->http_status != 200) {
		metrics_add(m, COUNT_BAD_REVIEW);
		return;
	}
	count_findings(m, o, &o->verdict.findings);
	count_findings(m, o, &o->verdict.exempted);
	if (o->verdict.reason == VERDICT_EXEMPT)
		add(&m->exempted_by_policy, 1);
}

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_fmt(out, "# HELP backup_guard_%s %s\n# TYPE backup_guard_%s %s\n", name, help, name,
		type);
}

static void print_requests(const struct metrics *m, struct buf *out)
{
	const counter *c = &m->requests[0][0][0][0][0];
	size_t len = sizeof m->requests / sizeof *c;

	family(out, "admission_requests_total", "counter", "Reviews answered.");
	for (size_t i = 0; i < len; i++) {
		size_t rest = i;

		if (!value(&c[i]))
			continue;
		size_t bad = rest % 2, dry_run = (rest /= 2) % 2;
		size_t decision = (rest /= 2) % DECISIONS;
		size_t operation = (rest /= DECISIONS) % OPERATIONS;
		buf_fmt(out,
			"backup_guard_admission_requests_total{kind=\"%s\",operation=\"%s\",decision=\"%s\",dry_run=\"%s\",code=\"%s\"} %" PRIu64
			"\n",
			kind_name(kind_at(rest / OPERATIONS)), operations[operation],
			decisions[decision], dry_run ? "true" : "false", bad ? "400" : "200",
			value(&c[i]));
	}
}

static void print_duration(const struct metrics *m, struct buf *out)
{
	uint64_t sum = 0;

	family(out, "admission_duration_seconds", "histogram",
	       "From the last byte of a request to its answer.");
	for (size_t i = 0; i < BOUNDS; i++) {
		sum += value(&m->buckets[i]);
		buf_fmt(out,
			"backup_guard_admission_duration_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
			(double)bounds[i] / 1e6, sum);
	}
	sum += value(&m->buckets[BOUNDS]);
	buf_fmt(out,
		"backup_guard_admission_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64
		"\nbackup_guard_admission_duration_seconds_sum %.9f\n"
		"backup_guard_admission_duration_seconds_count %" PRIu64 "\n",
		sum, (double)value(&m->nanoseconds) / 1e9, sum);
}

static void print_rules(const struct metrics *m, struct buf *out)
{
	family(out, "findings_total", "counter", "Findings by rule and what came of them.");
	for (size_t r = 0; r < rules_len; r++)
		for (size_t s = 0; s < SEVERITIES; s++)
			for (size_t a = 0; a < ACTIONS; a++) {
				uint64_t n = value(&m->rules[r].findings[s][a]);

				if (n)
					buf_fmt(out,
						"backup_guard_findings_total{rule=\"%s\",severity=\"%s\",action=\"%s\"} %" PRIu64
						"\n",
						rules[r].id, severity_name((enum severity)s),
						actions[a], n);
			}
	family(out, "exemptions_used_total", "counter",
	       "Exemptions that silenced something; source policy: no rule was asked.");
	for (size_t r = 0; r < rules_len; r++)
		if (value(&m->rules[r].exempted))
			buf_fmt(out,
				"backup_guard_exemptions_used_total{rule=\"%s\",source=\"annotation\"} %" PRIu64
				"\n",
				rules[r].id, value(&m->rules[r].exempted));
	if (value(&m->exempted_by_policy))
		buf_fmt(out,
			"backup_guard_exemptions_used_total{rule=\"\",source=\"policy\"} %" PRIu64
			"\n",
			value(&m->exempted_by_policy));
}

/* Always printed, 0 included: an alert on a rate needs the series to be there. */
static void print_counts(const struct metrics *m, struct buf *out)
{
	static const struct {
		const char *name, *help, *label;
		const char *values[COUNTS];
	} rows[] = {
		{"tls_handshakes_total",
		 "Handshakes; failed: closed before it was done.",
		 "result",
		 {[COUNT_HANDSHAKES_OK] = "ok", [COUNT_HANDSHAKES_FAILED] = "failed"}},
		{"shed_total",
		 "Requests answered with 503 and Retry-After.",
		 "reason",
		 {[COUNT_SHED_OVERLOAD] = "overload", [COUNT_SHED_DRAIN] = "drain"}},
		{"connections_cut_total",
		 "Connections cut because there were too many, those that were used least.",
		 "reason",
		 {[COUNT_CROWDED_OUT] = "crowded"}},
		{"http_errors_total",
		 "Requests that were no review to answer.",
		 "reason",
		 {[COUNT_NOT_FOUND] = "not_found",
		  [COUNT_WRONG_METHOD] = "wrong_method",
		  [COUNT_WRONG_TYPE] = "wrong_type",
		  [COUNT_TOO_LARGE] = "too_large",
		  [COUNT_FORBIDDEN] = "forbidden",
		  [COUNT_BAD_REVIEW] = "bad_review",
		  [COUNT_CUT_OFF] = "too_slow"}},
		{"certificate_reload_total",
		 "New certificates, taken or refused.",
		 "result",
		 {[COUNT_TLS_RELOAD_OK] = "ok", [COUNT_TLS_RELOAD_FAILED] = "failed"}},
		{"config_reload_total",
		 "New policies, taken or refused.",
		 "result",
		 {[COUNT_POLICY_RELOAD_OK] = "ok", [COUNT_POLICY_RELOAD_FAILED] = "failed"}},
		{"self_manage_checks_total",
		 "Looks at the Secret and the caBundle of self-managed certificates.",
		 "result",
		 {[COUNT_SELF_MANAGE_OK] = "ok", [COUNT_SELF_MANAGE_FAILED] = "failed"}},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		family(out, rows[i].name, "counter", rows[i].help);
		for (size_t k = 0; k < COUNTS; k++)
			if (rows[i].values[k])
				buf_fmt(out, "backup_guard_%s{%s=\"%s\"} %" PRIu64 "\n",
					rows[i].name, rows[i].label, rows[i].values[k],
					value(&m->counts[k]));
	}
}

/* A label's value: a policy may be called anything. */
static void quoted(struct buf *out, struct str s)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '"' || c == '\\')
			buf_byte(out, '\\');
		if (c == '\n')
			buf_text(out, "\\n");
		else
			buf_byte(out, c);
	}
	buf_byte(out, '"');
}

static void print_gauge(struct buf *out, const char *name, const char *help, int64_t n)
{
	family(out, name, "gauge", help);
	buf_fmt(out, "backup_guard_%s %" PRId64 "\n", name, n);
}

void metrics_print(const struct metrics *m, const struct metrics_now *now, struct buf *out)
{
	print_requests(m, out);
	print_duration(m, out);
	print_rules(m, out);
	print_counts(m, out);
	family(out, "log_lines_dropped_total", "counter",
	       "Lines of the log that nobody has read in time.");
	buf_fmt(out, "backup_guard_log_lines_dropped_total %" PRIu64 "\n", log_dropped());
	print_gauge(out, "in_flight", "Requests begun and not yet answered.", now->in_flight);
	print_gauge(out, "connections", "Open connections to the webhook.", now->connections);
	print_gauge(out, "certificate_not_after_seconds",
		    "When the serving certificate ends, in seconds since 1970.", now->not_after);
	print_gauge(
		out, "silent",
		"1: --cache, --cache-secrets and --events do nothing, clients are not verified.",
		now->silent);
	family(out, "config_hash_info", "gauge", "The policy in force.");
	buf_text(out, "backup_guard_config_hash_info{policy=");
	quoted(out, now->policy);
	buf_text(out, ",profile=");
	quoted(out, now->profile);
	buf_fmt(out, ",hash=\"%.*s\"} 1\n", STR_ARG(now->policy_hash));
	family(out, "build_info", "gauge", "The version that runs.");
	buf_fmt(out, "backup_guard_build_info{version=\"%.*s\"} 1\n", STR_ARG(now->version));
}
