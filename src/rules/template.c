#include "rules/template.h"

#include <string.h>

#define NAME_MAX_BYTES 253 /* RFC 1123 subdomain: the longest name in Kubernetes */

static const struct {
	struct str text, shown;
	size_t offset; /* of its binding */
} placeholders[] = {
	{STR_INIT("{app}"), STR_INIT("<app>"), offsetof(struct template_bindings, app)},
	{STR_INIT("{namespace}"), STR_INIT("<namespace>"),
	 offsetof(struct template_bindings, namespace)},
	{STR_INIT("{cluster}"), STR_INIT("<cluster>"), offsetof(struct template_bindings, cluster)},
};

#define CLUSTER 2 /* the placeholder that has aliases */

static struct str *binding(struct template_bindings *b, size_t which)
{
	return (struct str *)(void *)((char *)b + placeholders[which].offset);
}

static struct str bound(const struct template_bindings *b, size_t which)
{
	return *(const struct str *)(const void *)((const char *)b + placeholders[which].offset);
}

/* The placeholder at the start of `s`; ARRAY_LEN(placeholders) when there is none. */
static size_t placeholder_at(struct str s)
{
	size_t which = 0;

	while (which < ARRAY_LEN(placeholders) && !str_has_prefix(s, placeholders[which].text))
		which++;
	return which;
}

static struct str rest_of(struct str s, size_t from)
{
	return str_slice(s, from, s.len);
}

bool template_check(struct str template, struct err *err)
{
	for (size_t i = 0; i < template.len;) {
		struct str rest = rest_of(template, i);
		size_t which = placeholder_at(rest);

		if (which < ARRAY_LEN(placeholders)) {
			i += placeholders[which].text.len;
			continue;
		}
		if (rest.ptr[0] == '{' || rest.ptr[0] == '}') {
			size_t end = str_find_byte(rest, '}');

			if (end == STR_NONE || end > 40)
				end = rest.len < 40 ? rest.len - 1 : 40;
			return err_set(err, E_VALUE,
				       "'%.*s' is none of {app}, {namespace}, {cluster}",
				       STR_ARG(str_slice(rest, 0, end + 1)));
		}
		i++;
	}
	return true;
}

/* Takes the match of each alias out of `name`; a name that is nothing else stays as it is. */
static struct str strip(const struct template_bindings *b, struct str name, char *text)
{
	regmatch_t m;
	size_t len = name.len;

	if (name.len > NAME_MAX_BYTES || memchr(name.ptr, '\0', name.len))
		return name;
	memcpy(text, name.ptr, len);
	text[len] = '\0';
	for (size_t i = 0; i < b->aliases_len; i++) {
		if (regexec(&b->aliases[i], text, 1, &m, 0) != 0)
			continue;
		size_t from = (size_t)m.rm_so, to = (size_t)m.rm_eo;

		if (to - from == len)
			continue;
		memmove(text + from, text + to, len - to + 1);
		len -= to - from;
	}
	return (struct str){text, len};
}

static bool same_cluster(const struct template_bindings *b, struct str x, struct str y)
{
	char first[NAME_MAX_BYTES + 1], second[NAME_MAX_BYTES + 1];

	return str_eq(strip(b, x, first), strip(b, y, second));
}

/* One call of template_match: what was bound before, and what is tried now. */
struct attempt {
	const struct template_bindings *given;
	struct template_bindings now;
};

/* What the rest of a template says about the rest of a value. */
struct shape {
	size_t fixed; /* bytes of literals and of placeholders that are bound */
	size_t kinds; /* distinct placeholders that are free */
	size_t times[ARRAY_LEN(placeholders)];
};

static struct shape shape_of(struct str template, const struct template_bindings *b)
{
	struct shape s = {0};

	for (size_t i = 0; i < template.len;) {
		size_t which = placeholder_at(rest_of(template, i));

		if (which == ARRAY_LEN(placeholders)) {
			s.fixed++;
			i++;
			continue;
		}
		i += placeholders[which].text.len;
		if (bound(b, which).len)
			s.fixed += bound(b, which).len;
		else if (s.times[which]++ == 0)
			s.kinds++;
	}
	return s;
}

static bool match(struct str template, struct str value, struct attempt *a);

/* One way to bind the placeholder: the first `len` bytes of the value. */
static bool try_length(struct str template, struct str value, struct attempt *a, size_t which,
		       size_t len)
{
	struct attempt next = *a;
	struct str name = str_slice(value, 0, len), wanted = bound(a->given, which);

	if (wanted.len && !same_cluster(a->given, wanted, name))
		return false;
	*binding(&next.now, which) = name;
	if (!match(rest_of(template, placeholders[which].text.len), rest_of(value, len), &next))
		return false;
	*a = next;
	return true;
}

/*
 * A free placeholder tries each length, but the last free one has only one that fits what is left:
 * with three placeholders and names of at most 253 bytes that is at most 253 * 253 attempts,
 * however long the value and however often a placeholder is used.
 */
static bool match_free(struct str template, struct str value, struct attempt *a, size_t which)
{
	struct shape s = shape_of(template, &a->now);
	size_t most = str_find_byte(value, '/');

	if (most == STR_NONE)
		most = value.len;
	if (most > NAME_MAX_BYTES)
		most = NAME_MAX_BYTES;
	if (s.fixed >= value.len)
		return false;
	BUG_IF(!s.times[which]); /* the template begins with it */
	if (s.kinds == 1) {
		size_t len = (value.len - s.fixed) / s.times[which];

		return len && len <= most && try_length(template, value, a, which, len);
	}
	for (size_t len = 1; len <= most; len++)
		if (try_length(template, value, a, which, len))
			return true;
	return false;
}

static bool match(struct str template, struct str value, struct attempt *a)
{
	while (template.len) {
		size_t which = placeholder_at(template);
		struct str literal = str_slice(template, 0, 1);

		if (which < ARRAY_LEN(placeholders)) {
			literal = bound(&a->now, which);
			if (!literal.len)
				return match_free(template, value, a, which);
			template = rest_of(template, placeholders[which].text.len);
		} else {
			template = rest_of(template, 1);
		}
		if (!str_has_prefix(value, literal))
			return false;
		value = rest_of(value, literal.len);
	}
	return !value.len;
}

/* Most values that do not fit differ at their end; seen before anything is tried. */
static bool ends_fit(struct str template, struct str value)
{
	size_t i = template.len, j = value.len;

	while (i && template.ptr[i - 1] != '}') {
		if (!j || template.ptr[i - 1] != value.ptr[j - 1])
			return false;
		i--, j--;
	}
	return true;
}

bool template_match(struct str template, struct str value, struct template_bindings *b)
{
	struct attempt a = {.given = b, .now = *b};

	if (b->aliases_len)
		a.now.cluster = STR_EMPTY; /* any text that is the same but for an alias */
	if (!ends_fit(template, value) || !match(template, value, &a))
		return false;
	if (b->cluster.len)
		a.now.cluster = b->cluster;
	*b = a.now;
	return true;
}

void template_fill(struct str template, const struct template_bindings *b, struct buf *out)
{
	for (size_t i = 0; i < template.len;) {
		size_t which = placeholder_at(rest_of(template, i));

		if (which == ARRAY_LEN(placeholders)) {
			buf_byte(out, template.ptr[i++]);
			continue;
		}
		buf_str(out, bound(b, which).len ? bound(b, which) : placeholders[which].shown);
		i += placeholders[which].text.len;
	}
}
