/* What a patch or a replacement is for: api/types/selector.go of kustomize. */
#include "evaluate_internal.h"

#include <regex.h>
#include <string.h>

/* A regular expression, anchored at both ends. */
struct pattern {
	struct str text; /* empty: anything */
	bool literal;
	bool unknown; /* it says more than POSIX can */
	regex_t regex;
};

enum { PATTERN_GROUP, PATTERN_VERSION, PATTERN_KIND, PATTERN_NAME, PATTERN_NAMESPACE, PATTERNS };

struct target {
	struct pattern patterns[PATTERNS];
	struct str labels, annotations; /* selectors; empty: any */
};

static bool is_literal(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr(".^$*+?()[]{}|\\", text.ptr[i]))
			return false;
	return true;
}

/* What Go's regular expressions have beyond POSIX's, or POSIX's have that may take for ever:
 * counts, back references, flags, classes of characters. */
static bool is_beyond(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : '\0';

		if (c == '{' || c == '\0' || (c == '(' && next == '?') ||
		    (c == '\\' && ((next >= '0' && next <= '9') || (next >= 'a' && next <= 'z') ||
				   (next >= 'A' && next <= 'Z'))))
			return true;
		i += c == '\\';
	}
	return text.len > LIMIT_PATTERN_BYTES;
}

/* Nothing stands in front of what is to be repeated. */
static bool repeats_nothing(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool begins = i == 0 || text.ptr[i - 1] == '(' || text.ptr[i - 1] == '|';

		if (begins && strchr("*+?", text.ptr[i]))
			return i < 2 || text.ptr[i - 2] != '\\';
	}
	return false;
}

static bool pattern_make(struct pattern *p, struct evaluation *e, struct str text)
{
	p->text = text;
	p->literal = is_literal(text);
	p->unknown = !p->literal && is_beyond(text);
	if (p->literal || p->unknown)
		return true;
	struct str anchored = arena_fmt(e->scratch, "^(%.*s)$", STR_ARG(text));
	if (!repeats_nothing(text) &&
	    regcomp(&p->regex, anchored.ptr, REG_EXTENDED | REG_NOSUB) == 0)
		return true;
	p->text = STR_EMPTY;
	return false;
}

static void pattern_release(struct pattern *p)
{
	if (p->text.len && !p->literal && !p->unknown)
		regfree(&p->regex);
}

static bool pattern_takes(const struct pattern *p, struct str value)
{
	char text[LIMIT_PATTERN_BYTES];

	if (!p->text.len)
		return true;
	if (p->literal || p->unknown)
		return p->literal && str_eq(p->text, value);
	if (value.len >= sizeof text || memchr(value.ptr, '\0', value.len))
		return false;
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	return regexec(&p->regex, text, 0, NULL, 0) == 0;
}

struct target *target_new(struct evaluation *e, const struct kustomization *k, struct obj selector)
{
	static const char *const keys[] = {"group", "version", "kind", "name", "namespace"};
	struct target *t = ARENA_NEW(e->scratch, struct target);

	for (size_t i = 0; i < PATTERNS; i++) {
		struct obj at = obj_at(selector, keys[i]);

		if (pattern_make(&t->patterns[i], e, obj_text(at, "")))
			continue;
		evaluate_refuse(e, k, at, "'%.*s' is no regular expression",
				STR_ARG(obj_text(at, "")));
		target_free(t);
		return NULL;
	}
	t->labels = obj_text(selector, "labelSelector");
	t->annotations = obj_text(selector, "annotationSelector");
	return t;
}

void target_free(struct target *t)
{
	for (size_t i = 0; i < PATTERNS; i++)
		pattern_release(&t->patterns[i]);
}

bool target_is_unknown(const struct target *t)
{
	bool unknown = false;

	for (size_t i = 0; i < PATTERNS; i++)
		unknown |= t->patterns[i].unknown;
	return unknown;
}

static bool is_among(struct str value, struct str list)
{
	struct str part;

	while (str_split(&list, ',', &part))
		if (str_eq(str_trim(part), value))
			return true;
	return false;
}

/* "in (a,b)" behind a key: the list, and whether it is "notin". */
static bool read_set(struct str requirement, struct str *key, struct str *list, bool *negated)
{
	size_t open = str_find_byte(requirement, '(');
	size_t close = str_find_byte(requirement, ')');
	struct str head = str_trim(str_slice(requirement, 0, open == STR_NONE ? 0 : open));

	*negated = str_has_suffix(head, STR(" notin"));
	if (open == STR_NONE || close == STR_NONE || close < open ||
	    (!*negated && !str_has_suffix(head, STR(" in"))))
		return false;
	*key = str_trim(str_slice(head, 0, head.len - (*negated ? 6 : 3)));
	*list = str_slice(requirement, open + 1, close);
	return true;
}

/* One requirement of Kubernetes' label selectors. */
static bool meets(struct obj map, struct str requirement)
{
	struct str r = str_trim(requirement), key, list, value;
	size_t equals = str_find_byte(r, '=');
	bool negated;

	if (!r.len)
		return true;
	if (read_set(r, &key, &list, &negated)) {
		struct obj found = obj_member(map, key);
		return found.node ? is_among(obj_text(found, ""), list) != negated : negated;
	}
	if (equals == STR_NONE) {
		negated = r.ptr[0] == '!';
		key = str_trim(str_slice(r, negated, r.len));
		return (obj_member(map, key).node != NULL) != negated;
	}
	negated = equals && r.ptr[equals - 1] == '!';
	key = str_trim(str_slice(r, 0, equals - negated));
	value = str_slice(r, equals + 1, r.len);
	if (str_has_prefix(value, STR("=")))
		value = str_slice(value, 1, value.len);
	struct obj found = obj_member(map, key);
	return found.node ? str_eq(obj_text(found, ""), str_trim(value)) != negated : negated;
}

/* Requirements are parted by commas outside of parentheses. */
static bool selects(struct str selector, struct obj map)
{
	bool met = true, inside = false;
	size_t start = 0;

	for (size_t i = 0; i <= selector.len && met; i++) {
		char c = i < selector.len ? selector.ptr[i] : ',';

		inside = c == '(' || (inside && c != ')');
		if (c != ',' || inside)
			continue;
		met = meets(map, str_slice(selector, start, i));
		start = i + 1;
	}
	return met;
}

static bool labelled(struct str labels, struct str annotations, const struct resource *r)
{
	return selects(labels, obj_at(r->object.root, "metadata.labels")) &&
	       selects(annotations, obj_at(r->object.root, "metadata.annotations"));
}

bool target_labelled(struct obj selector, const struct resource *r)
{
	return labelled(obj_text(selector, "labelSelector"),
			obj_text(selector, "annotationSelector"), r);
}

/* The first name that it had, or the one that it has. */
bool target_takes(const struct target *t, const struct resource *r)
{
	const struct pattern *p = t->patterns;
	const struct object *o = &r->object;
	struct str name = r->former ? r->former->name : o->name;
	struct str namespace = r->former ? r->former->namespace : resource_namespace(o->namespace);

	return pattern_takes(&p[PATTERN_KIND], o->kind_name) &&
	       (pattern_takes(&p[PATTERN_NAME], name) ||
		pattern_takes(&p[PATTERN_NAME], o->name)) &&
	       pattern_takes(&p[PATTERN_GROUP], resource_group(o->api_version)) &&
	       pattern_takes(&p[PATTERN_VERSION], resource_version(o->api_version)) &&
	       (pattern_takes(&p[PATTERN_NAMESPACE], namespace) ||
		pattern_takes(&p[PATTERN_NAMESPACE], resource_namespace(o->namespace))) &&
	       labelled(t->labels, t->annotations, r);
}
