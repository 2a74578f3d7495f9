#include "input/markdown.h"

#include <string.h>

bool markdown_is(struct str name)
{
	return str_has_suffix(name, STR(".md")) || str_has_suffix(name, STR(".markdown"));
}

bool markdown_is_among(const struct str *paths, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (markdown_is(paths[i]))
			return true;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* A fence, at whatever depth of a list or quotation: which sign, how many, and what follows. */
struct fence {
	char sign;
	size_t len;
	struct str info;
};

static bool read_fence(struct str line, struct fence *out)
{
	struct str rest = str_trim(line);
	size_t len = 0;

	while (len < rest.len && rest.ptr[len] == rest.ptr[0])
		len++;
	if (len < 3 || (rest.ptr[0] != '`' && rest.ptr[0] != '~'))
		return false;
	*out = (struct fence){rest.ptr[0], len, str_trim(str_slice(rest, len, rest.len))};
	return true;
}

static bool is_yaml(struct str info)
{
	size_t end = 0;

	while (end < info.len && !is_blank(info.ptr[end]) && info.ptr[end] != '{')
		end++;
	struct str word = str_slice(info, 0, end);
	return str_eq_nocase(word, STR("yaml")) || str_eq_nocase(word, STR("yml"));
}

static bool is_ours(struct str text)
{
	return str_contains(text, STR("postgresql.cnpg.io/")) ||
	       str_contains(text, STR("barmancloud.cnpg.io/"));
}

/* From the line behind the opening one, as far as it goes: to a closing one, or to the end. */
static struct str inside(struct str rest, const struct fence *open)
{
	struct str left = rest, line;
	struct fence close;

	while (left.len) {
		struct str before = left;

		str_split(&left, '\n', &line);
		if (read_fence(line, &close) && close.sign == open->sign &&
		    close.len >= open->len && !close.info.len)
			return str_slice(rest, 0, (size_t)(before.ptr - rest.ptr));
	}
	return rest;
}

static char *blank(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		out[i] = text.ptr[i] == '\n' ? '\n' : ' ';
	out[text.len] = '\0';
	return out;
}

struct str markdown_yaml(struct arena *a, struct str text)
{
	struct str rest = text, line;
	struct fence fence;
	char *out = NULL;

	while (rest.len) {
		size_t start = (size_t)(rest.ptr - text.ptr);

		str_split(&rest, '\n', &line);
		if (!read_fence(line, &fence))
			continue;
		struct str yaml = inside(rest, &fence);
		rest = str_slice(rest, yaml.len, rest.len);
		if (is_yaml(fence.info) && is_ours(yaml)) {
			if (!out)
				out = blank(a, text);
			memset(out + start, '-', 3);
			memcpy(out + (yaml.ptr - text.ptr), yaml.ptr, yaml.len);
		}
		str_split(&rest, '\n', &line);
	}
	return out ? (struct str){out, text.len} : STR_EMPTY;
}
