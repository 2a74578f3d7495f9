/* Templates that one name or one path follows. */
#include "internal.h"

enum {
	NAME_PARTS = 8,	  /* between '-' and '.'; a longer name is nobody's template */
	PATH_OPTIONS = 6, /* of one part of a path */
	PATH_TEMPLATES = 48,
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

size_t templates_find(struct str text, struct str part)
{
	for (size_t from = 0; part.len && from + part.len <= text.len; from++) {
		size_t at = str_find(str_slice(text, from, text.len), part);

		if (at == STR_NONE)
			return STR_NONE;
		from += at;
		if ((!from || !is_word(text.ptr[from - 1])) &&
		    (from + part.len == text.len || !is_word(text.ptr[from + part.len])))
			return from;
	}
	return STR_NONE;
}

static void give(struct arena *a, struct texts *out, size_t first, struct str text)
{
	for (size_t i = first; i < out->len; i++)
		if (str_eq(out->items[i], text))
			return;
	*LEARN_ADD(a, out) = text;
}

/* The text with `placeholder` in place of the bytes from `from` to `to`. */
static struct str replaced(struct arena *a, struct str text, size_t from, size_t to,
			   const char *placeholder)
{
	return arena_fmt(a, "%.*s%s%.*s", (int)from, text.ptr, placeholder,
			 STR_ARG(str_slice(text, to, text.len)));
}

/* The text with the first `part` of it replaced; empty when there is none. */
static struct str filled(struct arena *a, struct str text, struct str part, const char *placeholder)
{
	size_t at = templates_find(text, part);

	return at == STR_NONE ? STR_EMPTY : replaced(a, text, at, at + part.len, placeholder);
}

/* Ends of the parts, each but the last before its '-' or '.'. */
static size_t split(struct str name, size_t ends[NAME_PARTS])
{
	size_t len = 0;

	for (size_t i = 1; i <= name.len; i++)
		if (i == name.len || name.ptr[i] == '-' || name.ptr[i] == '.') {
			if (len == NAME_PARTS)
				return 0;
			ends[len++] = i;
		}
	return len;
}

/* {app} in place of some parts, not of all. */
static void give_apps(struct arena *a, struct texts *out, size_t first, struct str name)
{
	size_t ends[NAME_PARTS], len = split(name, ends);

	for (size_t from = 0; from < len; from++)
		for (size_t to = from; to < len; to++) {
			size_t start = from ? ends[from - 1] + 1 : 0;

			if (start < ends[to] && (from || to + 1 < len))
				give(a, out, first, replaced(a, name, start, ends[to], "{app}"));
		}
}

void templates_of_name(struct arena *a, struct str name, const struct name_parts *parts,
		       struct texts *out)
{
	struct str of_cluster = filled(a, name, parts->cluster, "{cluster}");
	struct str of_namespace = filled(a, name, parts->namespace, "{namespace}");
	size_t first = out->len;

	if (!name.len)
		return;
	give(a, out, first, name);
	if (of_cluster.len)
		give(a, out, first, of_cluster);
	if (of_namespace.len)
		give(a, out, first, of_namespace);
	if (!parts->cluster_only)
		give_apps(a, out, first, name);
	else if (str_has_prefix(of_cluster, STR("{cluster}-")))
		give(a, out, first, STR("{cluster}-{app}"));
	else if (str_has_suffix(of_cluster, STR("-{cluster}")))
		give(a, out, first, STR("{app}-{cluster}"));
}

struct path {
	struct arena *arena;
	const struct path_parts *parts;
	struct texts *out;
	size_t first;
};

/* What one part may be, the best first. */
static size_t options(const struct path *p, struct str part, struct str out[PATH_OPTIONS])
{
	const struct {
		struct str text;
		const char *placeholder;
	} known[] = {
		{p->parts->app, "{app}"},
		{p->parts->cluster, "{cluster}"},
		{p->parts->namespace, "{namespace}"},
	};
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].text.len && str_eq(part, known[i].text))
			out[len++] = str_from(known[i].placeholder);
	for (size_t i = 0; !len && i < ARRAY_LEN(known); i++) {
		struct str mixed = filled(p->arena, part, known[i].text, known[i].placeholder);

		if (mixed.len)
			out[len++] = mixed;
	}
	out[len++] = part;
	return len;
}

static void extend(const struct path *p, struct str begun, struct str rest)
{
	struct str found[PATH_OPTIONS], part = STR_EMPTY;

	if (p->out->len - p->first >= PATH_TEMPLATES)
		return;
	if (!str_split(&rest, '/', &part)) {
		give(p->arena, p->out, p->first, begun);
		return;
	}
	size_t len = options(p, part, found);
	for (size_t i = 0; i < len; i++)
		extend(p, arena_fmt(p->arena, "%.*s/%.*s", STR_ARG(begun), STR_ARG(found[i])),
		       rest);
}

void templates_of_path(struct arena *a, struct str path, const struct path_parts *parts,
		       struct texts *out)
{
	const struct path p = {a, parts, out, out->len};
	size_t scheme = str_find(path, STR("://"));

	if (scheme != STR_NONE) /* what follows the second slash is parts */
		extend(&p, str_slice(path, 0, scheme + 2), str_slice(path, scheme + 3, path.len));
}

static const struct {
	struct str text;
	size_t offset; /* of its count */
} placeholders[] = {
	{STR_INIT("{app}"), offsetof(struct template_weight, apps)},
	{STR_INIT("{namespace}"), offsetof(struct template_weight, namespaces)},
	{STR_INIT("{cluster}"), offsetof(struct template_weight, clusters)},
};

static bool is_mixed(struct str part)
{
	bool whole = part.len && part.ptr[0] == '{' && str_find_byte(part, '}') == part.len - 1;

	return !whole && str_find_byte(part, '{') != STR_NONE;
}

struct template_weight templates_weigh(struct str template)
{
	struct template_weight w = {0};
	struct str rest = template, part;

	while (str_split(&rest, '/', &part))
		w.mixed += is_mixed(part);
	for (size_t i = 0; i < template.len;) {
		struct str here = str_slice(template, i, template.len);
		size_t which = 0;

		while (which < ARRAY_LEN(placeholders) &&
		       !str_has_prefix(here, placeholders[which].text))
			which++;
		if (which == ARRAY_LEN(placeholders)) {
			w.constants++;
			i++;
			continue;
		}
		++*(size_t *)(void *)((char *)&w + placeholders[which].offset);
		i += placeholders[which].text.len;
	}
	return w;
}
