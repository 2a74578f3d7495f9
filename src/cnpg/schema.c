#include "cnpg/schema.h"

#include <string.h>

const struct schema_node *schema_of(const struct schema *s, enum kind kind)
{
	for (size_t i = 0; i < s->roots_len; i++)
		if (s->roots[i].kind == kind)
			return &s->nodes[s->roots[i].node];
	return NULL;
}

const struct schema *schema_for(const struct schema *given, enum kind kind)
{
	return given && schema_of(given, kind) ? given : &schema_builtin;
}

const struct schema_field *schema_field(const struct schema *s, const struct schema_node *map,
					struct str name)
{
	size_t low = map->first, high = low + map->len;

	while (map->type == SCHEMA_MAP && low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(name, str_from(s->fields[middle].name));

		if (order == 0)
			return &s->fields[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct schema_node *schema_member(const struct schema *s, const struct schema_node *map,
					struct str name)
{
	const struct schema_field *field = schema_field(s, map, name);

	if (field)
		return &s->nodes[field->node];
	if (map->type == SCHEMA_MAP && map->members)
		return &s->nodes[map->members];
	return map->type == SCHEMA_ANY ? &s->nodes[0] : NULL;
}

const struct schema_node *schema_item(const struct schema *s, const struct schema_node *list)
{
	return &s->nodes[list->type == SCHEMA_LIST ? list->members : 0];
}

bool schema_type_fits(const struct schema_node *node, struct obj value)
{
	enum obj_type is = obj_type(value);
	int64_t n;

	switch (node->type) {
	case SCHEMA_ANY:
		break;
	case SCHEMA_MAP:
		return is == OBJ_MAP;
	case SCHEMA_LIST:
		return is == OBJ_LIST;
	case SCHEMA_STRING:
		return is == OBJ_STRING;
	case SCHEMA_INTEGER:
		return obj_int(value, "", &n) == OBJ_SET;
	case SCHEMA_NUMBER:
		return is == OBJ_NUMBER;
	case SCHEMA_BOOLEAN:
		return is == OBJ_BOOL;
	case SCHEMA_INT_OR_STRING:
		return is == OBJ_STRING || obj_int(value, "", &n) == OBJ_SET;
	}
	return true;
}

bool schema_has_choice(const struct schema_node *node, struct str text)
{
	struct str rest = str_from(node->choices), choice;

	while (node->choices && str_split(&rest, '|', &choice))
		if (str_eq(choice, text))
			return true;
	return !node->choices;
}

/* One of the characters; "a-z" is a range, a hyphen at the end itself. */
static bool in_class(char c, const char *class)
{
	for (; *class; class ++) {
		if (class[1] == '-' && class[2]) {
			if (c >= class[0] && c <= class[2])
				return true;
			class += 2;
		} else if (c == *class) {
			return true;
		}
	}
	return false;
}

#define WORD "a-z0-9"

/* Patterns that are a first character, some between, and a last one. An expression of one
 * character has to match `first` only. */
static const struct {
	const char *pattern;
	size_t least;
	const char *first, *between, *last;
} simple[] = {
	{"^[1-9][0-9]*[dwm]$", 2, "1-9", "0-9", "dwm"},
	{"^[0-9a-z_]*$", 0, WORD "_", WORD "_", WORD "_"},
	{"^[a-zA-Z_][a-zA-Z0-9_]*$", 1, "a-zA-Z_", "a-zA-Z0-9_", "a-zA-Z0-9_"},
	{"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 1, WORD, WORD "-", WORD},
	{"^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$", 1, WORD, WORD "_-", WORD},
	{"^[a-z]([a-z0-9_-]*[a-z0-9])?$", 1, "a-z", WORD "_-", WORD},
};

static const char *const quantity =
	"^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

/* [+-] digits, with a point before, among or behind them; what follows is left in `s`. */
static bool take_number(struct str *s)
{
	size_t at = s->len && (s->ptr[0] == '+' || s->ptr[0] == '-'), digits = 0, points = 0;

	for (; at < s->len; at++) {
		if (s->ptr[at] >= '0' && s->ptr[at] <= '9')
			digits++;
		else if (s->ptr[at] == '.' && !points)
			points++;
		else
			break;
	}
	*s = str_slice(*s, at, s->len);
	return digits > 0;
}

bool schema_is_quantity(struct str s)
{
	if (!take_number(&s))
		return false;
	if (!s.len || (s.len == 1 && strchr("numkMGTPE", s.ptr[0])) ||
	    (s.len == 2 && strchr("KMGTPE", s.ptr[0]) && s.ptr[1] == 'i'))
		return true;
	struct str exponent = str_slice(s, 1, s.len);
	return (s.ptr[0] == 'e' || s.ptr[0] == 'E') && take_number(&exponent) && !exponent.len;
}

bool schema_knows_pattern(const char *pattern)
{
	for (size_t i = 0; i < ARRAY_LEN(simple); i++)
		if (strcmp(simple[i].pattern, pattern) == 0)
			return true;
	return strcmp(pattern, quantity) == 0;
}

static bool matches_simple(size_t row, struct str text)
{
	if (text.len < simple[row].least)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char *class = i == 0		? simple[row].first
				    : i + 1 == text.len ? simple[row].last
							: simple[row].between;

		if (!in_class(text.ptr[i], class))
			return false;
	}
	return true;
}

bool schema_matches(const struct schema_node *node, struct str text)
{
	if (!node->pattern)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(simple); i++)
		if (strcmp(simple[i].pattern, node->pattern) == 0)
			return matches_simple(i, text);
	return strcmp(node->pattern, quantity) != 0 || schema_is_quantity(text);
}
