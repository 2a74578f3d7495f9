#include "report/rules_list.h"

#include "base/arena.h"
#include "base/json.h"
#include "checks/page.h"
#include "checks/table.h"
#include "policy/policy.h"
#include "report/phrase.h"

const char *const rules_formats[] = {"text", "markdown", "json", NULL};

enum { BY_LIVE = KINDS, BY_BUCKET };
const char *const rules_kinds[] = {
	"Cluster", "ScheduledBackup", "Backup",		  "ObjectStore",
	"Secret",  "ExternalSecret",  [BY_LIVE] = "live", [BY_BUCKET] = "bucket",
	NULL,
};

const struct ink_start rules_ink[] = {
	{"deny ", INK_RED},	{"warn ", INK_YELLOW},	   {"info ", INK_CYAN},
	{"  deny in", INK_RED}, {"  warn in", INK_YELLOW}, {"  info in", INK_CYAN},
	{"wrong", INK_RED},	{"right", INK_GREEN},	   {"", INK_BOLD},
	{NULL, NULL},
};

#define PROFILES_MAX 8 /* the profiles are a table of ours */
#define WIDTH 80

struct profiles {
	struct policy *policies[PROFILES_MAX];
	size_t len;
};

static void drop(struct profiles *p)
{
	for (size_t i = 0; i < p->len; i++)
		policy_drop(p->policies[i]);
}

static bool load(struct profiles *p, struct err *err)
{
	for (p->len = 0; policy_profiles[p->len]; p->len++) {
		BUG_IF(p->len == PROFILES_MAX);
		if (!policy_from_profile(str_from(policy_profiles[p->len]), &p->policies[p->len],
					 err))
			return false;
	}
	return true;
}

static void kinds_of(const struct rule *rule, const char *separator, struct buf *out)
{
	size_t count = 0;

	for (unsigned kind = 1; kind <= KIND_ALL; kind <<= 1)
		if (rule->kinds & kind)
			buf_fmt(out, "%s%s", count++ ? separator : "", kind_name((enum kind)kind));
}

static const char *severity_in(const struct profiles *p, size_t profile, const struct rule *rule)
{
	return severity_name(policy_severity(p->policies[profile], rule));
}

static bool has_word(struct str list, const char *word)
{
	struct str one;

	while (str_split(&list, ',', &one))
		if (str_is(one, word))
			return true;
	return false;
}

static bool is_by(const struct rule *rule, size_t kind)
{
	if (kind < KINDS)
		return rule->kinds & 1u << kind;
	return rule->scope == (kind == BY_LIVE ? SCOPE_LIVE : SCOPE_BUCKET);
}

static bool is_chosen(const struct profiles *p, const struct rules_choice *c,
		      const struct rule *rule)
{
	bool kind = !c->kinds.len;

	for (size_t i = 0; rules_kinds[i]; i++)
		kind = kind || (is_by(rule, i) && has_word(c->kinds, rules_kinds[i]));
	return kind && str_has_prefix(str_from(rule->id), c->prefix) &&
	       (!c->severities.len ||
		has_word(c->severities, severity_in(p, (size_t)c->profile, rule)));
}

/* Where the list has it: index into rules_kinds, or behind them for objects of several kinds. */
static size_t group_of(const struct rule *rule)
{
	size_t kind = 0;

	if (rule->scope == SCOPE_LIVE || rule->scope == SCOPE_BUCKET)
		return rule->scope == SCOPE_LIVE ? BY_LIVE : BY_BUCKET;
	while (kind < KINDS && rule->kinds != 1u << kind)
		kind++;
	return kind < KINDS ? kind : BY_BUCKET + 1;
}

static const char *const group_titles[] = {
	[BY_LIVE] = "a live cluster tells",
	[BY_BUCKET] = "a bucket tells",
	[BY_BUCKET + 1] = "objects of several kinds",
};

static void text_rule(const struct profiles *p, const struct rule *rule, struct buf *out)
{
	for (size_t i = 0; i < p->len; i++)
		buf_fmt(out, "%-8s", severity_in(p, i, rule));
	buf_fmt(out, "%s\n%*s%s\n", rule->id, (int)(8 * p->len), "", rule->summary);
}

static void list_text(const struct profiles *p, const struct rules_choice *c, struct buf *out)
{
	size_t all = 0;

	for (size_t i = 0; i < p->len; i++)
		buf_fmt(out, "%-8s", policy_profiles[i]);
	buf_text(out, "rule\n");
	for (size_t group = 0; group < ARRAY_LEN(group_titles); group++) {
		const char *title = group_titles[group] ? group_titles[group] : rules_kinds[group];
		size_t before = all;

		for (size_t r = 0; r < rules_len; r++) {
			if (group_of(&rules[r]) != group || !is_chosen(p, c, &rules[r]))
				continue;
			if (all++ == before)
				buf_fmt(out, "\n%s\n", title);
			text_rule(p, &rules[r], out);
		}
	}
	buf_fmt(out, "\n%zu rule%s; more about one: backup-guard explain RULE\n", all,
		all == 1 ? "" : "s");
}

static void list_markdown(const struct profiles *p, const struct rules_choice *c, struct buf *out)
{
	buf_text(out, "| rule | judges |");
	for (size_t i = 0; i < p->len; i++)
		buf_fmt(out, " %s |", policy_profiles[i]);
	buf_text(out, " what it finds |\n|---|---|");
	for (size_t i = 0; i < p->len; i++)
		buf_text(out, "---|");
	buf_text(out, "---|\n");
	for (size_t r = 0; r < rules_len; r++) {
		if (!is_chosen(p, c, &rules[r]))
			continue;
		buf_fmt(out, "| `%s` | ", rules[r].id);
		kinds_of(&rules[r], ", ", out);
		buf_text(out, " |");
		for (size_t i = 0; i < p->len; i++)
			buf_fmt(out, " %s |", severity_in(p, i, &rules[r]));
		buf_fmt(out, " %s |\n", rules[r].summary);
	}
}

/* When a rule is asked, and what it may do where writes are judged; see engine/engine.h. */
static const char *const needs[] = {
	[SCOPE_REFERENCE] =
		"When other objects are known: in check the files given, and in an audit the cluster. At the API server it only warns, since what is applied together may come in any order, unless the policy has strictReferences.",
	[SCOPE_BUNDLE] =
		"When other objects are known: in check the files given, and in an audit the cluster. At the API server a dry run is never refused.",
	[SCOPE_USERS] =
		"In check and in an audit, of all the files or the cluster; not at the API server, where what is missing may still come.",
	[SCOPE_CHANGE] = "When an object is changed at the API server.",
	[SCOPE_DELETE] =
		"When an object is deleted at the API server and the others are known. A dry run is never refused, nor are the namespace controller and the garbage collector.",
	[SCOPE_LIVE] = "In an audit: status and Backups of the live Cluster tell.",
	[SCOPE_BUCKET] = "By probe: the bucket itself tells.",
	[SCOPE_MANIFEST] = "In check only: an API server prunes or refuses it before it asks.",
};

static void list_json(const struct profiles *p, const struct rules_choice *c, struct arena *a,
		      struct buf *out)
{
	struct json j = JSON(out);

	json_open(&j, '[');
	for (size_t r = 0; r < rules_len; r++) {
		struct page page = page_of(a, rules[r].id);
		struct buf kinds = BUF_ARENA(a);
		struct str rest, kind;

		if (!is_chosen(p, c, &rules[r]))
			continue;
		json_open(&j, '{');
		json_key_str(&j, "id", str_from(rules[r].id));
		json_key_str(&j, "severity", str_from(severity_name(rules[r].severity)));
		json_key_str(&j, "scope", str_from(scope_name(rules[r].scope)));
		json_key(&j, "profiles");
		json_open(&j, '{');
		for (size_t i = 0; i < p->len; i++)
			json_key_str(&j, policy_profiles[i],
				     str_from(severity_in(p, i, &rules[r])));
		json_close(&j, '}');
		json_key(&j, "kinds");
		json_open(&j, '[');
		kinds_of(&rules[r], ",", &kinds);
		rest = buf_slice(&kinds);
		while (str_split(&rest, ',', &kind))
			json_str(&j, kind);
		json_close(&j, ']');
		json_key_str(&j, "summary", str_from(rules[r].summary));
		json_key_str(&j, "why", page.why);
		json_key_str(&j, "fix", page.fix);
		json_key_str(&j, "reference", str_from(rules[r].reference));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	buf_byte(out, '\n');
}

bool rules_list(int format, const struct rules_choice *c, struct arena *a, struct buf *out,
		struct err *err)
{
	struct profiles p = {.len = 0};
	bool ok = load(&p, err);

	if (ok && format == RULES_TEXT)
		list_text(&p, c, out);
	else if (ok && format == RULES_MARKDOWN)
		list_markdown(&p, c, out);
	else if (ok)
		list_json(&p, c, a, out);
	drop(&p);
	return ok;
}

bool rules_index(const struct rules_choice *c, size_t width, struct buf *out, struct err *err)
{
	struct profiles p = {.len = 0};
	bool ok = load(&p, err);
	size_t longest = 0;

	for (size_t r = 0; ok && r < rules_len; r++)
		if (is_chosen(&p, c, &rules[r]) && str_from(rules[r].id).len > longest)
			longest = str_from(rules[r].id).len;
	size_t column = 6 + longest + 2;
	for (size_t r = 0; ok && r < rules_len; r++) {
		if (!is_chosen(&p, c, &rules[r]))
			continue;
		buf_fmt(out, "%-6s%-*s  ", severity_in(&p, (size_t)c->profile, &rules[r]),
			(int)longest, rules[r].id);
		phrase_wrap(out, str_from(rules[r].summary), (struct wrap){column, column, width});
		buf_byte(out, '\n');
	}
	drop(&p);
	return ok;
}

static void section(struct buf *out, const char *title, struct str text)
{
	buf_fmt(out, "\n%s\n  ", title);
	phrase_wrap(out, text, (struct wrap){.column = 2, .indent = 2, .width = WIDTH});
	buf_byte(out, '\n');
}

static void example(struct buf *out, const char *title, struct str yaml)
{
	struct str line;

	buf_fmt(out, "\n%s\n", title);
	while (str_split(&yaml, '\n', &line))
		if (line.len)
			buf_fmt(out, "  %.*s\n", STR_ARG(line));
}

static void severities(const struct profiles *p, const struct rule *rule, struct buf *out)
{
	bool same = true;

	for (size_t i = 1; i < p->len; i++)
		same = same && severity_in(p, i, rule) == severity_in(p, 0, rule);
	if (same)
		buf_fmt(out, "%s in every profile\n", severity_in(p, 0, rule));
	for (size_t i = 0; !same && i < p->len; i++)
		buf_fmt(out, "%s in profile %s%s", severity_in(p, i, rule), policy_profiles[i],
			i + 1 < p->len ? ", " : "\n");
}

bool rules_explain(const struct rule *rule, struct arena *a, struct buf *out, struct err *err)
{
	struct page page = page_of(a, rule->id);
	struct buf reference = BUF_ARENA(a);
	struct profiles p = {.len = 0};

	if (!load(&p, err)) {
		drop(&p);
		return false;
	}
	buf_fmt(out, "%s\n  %s\n\njudges\n  ", rule->id, rule->summary);
	kinds_of(rule, ", ", out);
	buf_text(out, "\n\nseverity\n  ");
	severities(&p, rule, out);
	drop(&p);
	if (rule->live_too)
		section(out, "asked",
			STR("By probe: the bucket itself tells. In an audit without --stores: Backups of the live Cluster tell some."));
	else if (needs[rule->scope])
		section(out, "asked", str_from(needs[rule->scope]));
	section(out, "why", page.why);
	section(out, "what to do", page.fix);
	example(out, "wrong", page.bad);
	example(out, "right", page.good);
	phrase_reference(&reference, rule);
	section(out, "more", buf_slice(&reference));
	return true;
}
