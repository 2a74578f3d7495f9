/* A policy from a file or a profile: the profile first, the file over it, then what only the whole
 * can tell. */
#include "fields_internal.h"

#include "base/limits.h"
#include "checks/table.h"
#include "cnpg/object.h"

#include <inttypes.h>

static const struct str default_operators[] = {STR_INIT("system:serviceaccount:cnpg-system:*")};

static struct policy *policy_new(void)
{
	struct arena *a = arena_new();
	struct policy *p = ARENA_NEW(a, struct policy);

	p->arena = a;
	atomic_init(&p->count, 1);
	p->params.plugin = (struct version){.minor = 15};
	p->params.operator_ = (struct version){.major = 1, .minor = 30};
	p->params.min_interval = 3600;
	p->params.max_interval = 8 * 86400;
	p->alerts.name_prefix = STR(POLICY_ALERTS_PREFIX);
	p->operators = (struct str_list){default_operators, ARRAY_LEN(default_operators)};
	p->rules = ARENA_ARRAY(a, struct rule_setting, rules_len + 1);
	for (size_t i = 0; i < rules_len; i++)
		p->rules[i].severity = rules[i].severity;
	return p;
}

/* The one document of a policy file. */
static bool parse(struct policy *p, struct str bytes, struct obj *root, struct err *err)
{
	struct doc_list docs;

	if (bytes.len > LIMIT_POLICY_BYTES)
		return err_set(err, E_LIMIT, "larger than %u bytes", LIMIT_POLICY_BYTES);
	if (!doc_read_yaml(p->arena, arena_str(p->arena, bytes), &docs, err))
		return false;
	if (docs.len != 1)
		return err_set(err, E_VALUE, "holds %zu documents, not one BackupPolicy", docs.len);
	*root = doc_root(docs.docs[0]);
	if (obj_type(*root) != OBJ_MAP)
		return err_at(err, E_VALUE, obj_pos(*root).line, obj_pos(*root).column,
			      "is no map with apiVersion, kind, metadata and spec");
	if (doc_has_nul(docs.docs[0]))
		return err_set(err, E_VALUE, "holds a NUL character");
	return true;
}

/* An embedded file cannot be wrong: a test loads each of them. */
static void load_profile(struct load *l, struct str text)
{
	struct obj root = {0};
	struct err err;

	BUG_IF(!parse(l->policy, text, &root, &err));
	load_map(l, policy_fields, root, l->policy);
	BUG_IF(l->errors->len);
}

static void check_stores(struct load *l, struct obj root)
{
	const struct params *p = &l->policy->params;
	struct obj at = obj_first(obj_at(root, "spec.stores"));

	for (size_t i = 0; i < p->stores_len && at.node; i++, at = obj_next(at))
		for (size_t j = 0; j < i; j++)
			if (p->stores[i].name.len && str_eq(p->stores[i].name, p->stores[j].name))
				load_fail(l, obj_at(at, "name"), "stands twice");
}

/* What Prometheus takes as the name of a label. */
static bool is_label(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char b = s.ptr[i];

		if (b != '_' && !(b >= 'a' && b <= 'z') && !(b >= 'A' && b <= 'Z') &&
		    !(i && b >= '0' && b <= '9'))
			return false;
	}
	return s.len != 0;
}

static bool is_alnum(char b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
}

#define OBJECT_LABEL_BYTES 63

/* The value of a label in Kubernetes, and what stands behind the prefix in its key. */
static bool is_label_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '_' && s.ptr[i] != '.')
			return false;
	return s.len <= OBJECT_LABEL_BYTES &&
	       (!s.len || (is_alnum(s.ptr[0]) && is_alnum(s.ptr[s.len - 1])));
}

/* "release", or behind a domain as in "example.com/release". */
static bool is_label_key(struct str key)
{
	size_t at = str_find_byte(key, '/');
	struct str name = at == STR_NONE ? key : str_slice(key, at + 1, key.len);
	struct str domain = at == STR_NONE ? STR("x") : str_slice(key, 0, at);

	return name.len && is_label_word(name) && object_is_name(domain);
}

static void check_object_labels(struct load *l, struct obj labels)
{
	for (struct obj e = obj_first(labels); e.node; e = obj_next(e)) {
		if (!is_label_key(obj_key(e)))
			load_fail_key(
				l, e,
				"is no key of a label in Kubernetes: release or example.com/release, 63 letters, digits, -, _ and . at most");
		if (!is_label_word(obj_text(e, "")))
			load_fail(
				l, e,
				"is no value of a label in Kubernetes: 63 letters, digits, -, _ and . at most, a letter or a digit first and last");
	}
}

/* Prometheus reads labels and annotations as templates, and refuses the whole file over one that
 * is none. */
static void refuse_template(struct load *l, struct obj value)
{
	if (str_contains(obj_text(value, ""), STR("{{")))
		load_fail(l, value,
			  "has {{, which Prometheus reads as the beginning of a template");
}

static void check_alerts(struct load *l, struct obj alerts)
{
	struct str prefix, url;

	if (obj_str(alerts, "namePrefix", &prefix) == OBJ_SET && !is_label(prefix))
		load_fail(l, obj_at(alerts, "namePrefix"),
			  "'%.*s' is not letters, digits and _, and no digit first",
			  STR_ARG(prefix));
	if (obj_str(alerts, "runbookURL", &url) == OBJ_SET && !str_contains(url, STR("://")))
		load_fail(l, obj_at(alerts, "runbookURL"),
			  "'%.*s' is no URL such as https://example.com/{rule}", STR_ARG(url));
	refuse_template(l, obj_at(alerts, "runbookURL"));
	check_object_labels(l, obj_at(alerts, "objectLabels"));
	for (struct obj e = obj_first(obj_at(alerts, "labels")); e.node; e = obj_next(e)) {
		struct str key = obj_key(e);

		if (str_is(key, "alertname") || str_is(key, "namespace") ||
		    str_is(key, "cluster") || str_is(key, "exporter"))
			load_fail_key(l, e, "is a label that tells alerts apart");
		else if (!is_label(key) || str_is(key, "__name__"))
			load_fail_key(l, e, "is no label of Prometheus: letters, digits and _");
		refuse_template(l, e);
	}
}

/* What only the whole can tell. What the file does not say was right before it. */
static void check_whole(struct load *l, struct obj root)
{
	const struct params *p = &l->policy->params;

	if (p->min_interval > p->max_interval)
		load_fail_key(l, obj_at(root, "spec.schedule"),
			      "minInterval is longer than maxInterval");
	if (p->retention_max && p->retention_min > p->retention_max)
		load_fail_key(l, obj_at(root, "spec.retention"), "min is longer than max");
	check_stores(l, root);
	check_alerts(l, obj_at(root, "spec.alerts"));
}

static void finish(struct policy *p, uint64_t h)
{
	p->hash = arena_fmt(p->arena, "%016" PRIx64, h);
	p->regexes = ARENA_ARRAY(p->arena, regex_t, p->aliases.len + 1);
	for (size_t i = 0; i < p->aliases.len; i++)
		BUG_IF(regcomp(&p->regexes[i], arena_cstr(p->arena, p->aliases.items[i]),
			       REG_EXTENDED) != 0); /* compiled before, by read.c */
	p->params.cluster_name_aliases = p->regexes;
	p->params.cluster_name_aliases_len = p->aliases.len;
}

static bool unknown_profile(struct str name, struct err *err)
{
	size_t len = 0;

	while (policy_profiles[len])
		len++;
	const char *near = str_nearest(name, policy_profiles, len);
	return err_set(err, E_VALUE, "no profile '%.*s'%s%s%s; there are homelab, generic, strict",
		       STR_ARG(name), near ? "; did you mean " : "", near ? near : "",
		       near ? "?" : "");
}

bool policy_from_profile(struct str name, struct policy **out, struct err *err)
{
	struct policy_errors errors = {0};
	struct str text;

	if (!policy_profile_text(name, &text))
		return unknown_profile(name, err);
	struct policy *p = policy_new();
	struct load l = {.policy = p, .scratch = p->arena, .errors = &errors};
	load_profile(&l, text);
	finish(p, str_hash(STR_HASH, text));
	*out = p;
	return true;
}

/* A file that names no profile, or none that exists, is read over the default one. */
static struct str base_of(struct obj root)
{
	struct str text;

	if (!policy_profile_text(obj_text(root, "spec.profile"), &text))
		BUG_IF(!policy_profile_text(STR(POLICY_DEFAULT_PROFILE), &text));
	return text;
}

bool policy_check(struct str bytes, struct arena *a, struct policy **out,
		  struct policy_errors *errors)
{
	struct policy *p = policy_new();
	struct load l = {.policy = p, .scratch = a, .errors = errors};
	struct err *err = ARENA_NEW(a, struct err);
	struct obj root = {0};

	*errors = (struct policy_errors){0};
	if (!parse(p, bytes, &root, err)) {
		*errors = (struct policy_errors){.items = err, .len = 1};
		policy_drop(p);
		return false;
	}
	struct str base = base_of(root);
	load_profile(&l, base);
	load_map(&l, policy_fields, root, p);
	check_whole(&l, root);
	if (errors->len) {
		policy_drop(p);
		return false;
	}
	p->params.min_interval_set = obj_at(root, "spec.schedule.minInterval").node != NULL;
	finish(p, str_hash(str_hash(STR_HASH, base), bytes));
	*out = p;
	return true;
}

bool policy_from_yaml(struct str bytes, struct policy **out, struct err *err)
{
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct policy_errors errors;

	if (policy_check(bytes, scratch, out, &errors))
		return true;
	*err = errors.items[0];
	return false;
}
