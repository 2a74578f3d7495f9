/* One reader for each kind of value that a policy file has. */
#include "fields_internal.h"

#include "base/utc.h"
#include "checks/table.h"
#include "rules/template.h"

#include <string.h>

static bool read_text(struct load *l, const struct field *f, struct obj value, void *target)
{
	(void)l, (void)f;
	*(struct str *)target = obj_text(value, "");
	return true;
}

static bool read_template(struct load *l, const struct field *f, struct obj value, void *target)
{
	struct err err;

	if (!template_check(obj_text(value, ""), &err))
		return load_fail(l, value, "%s", err.msg);
	return read_text(l, f, value, target);
}

static bool read_name(struct load *l, const struct field *f, struct obj value, void *target)
{
	if (!obj_text(value, "").len)
		return load_fail(l, value, "is empty");
	return read_text(l, f, value, target);
}

static bool not_a_choice(struct load *l, const struct field *f, struct obj value)
{
	struct str text = obj_text(value, "");
	struct buf words CLEANUP(buf) = {0};
	size_t len = 0;

	for (; f->choices[len]; len++)
		buf_fmt(&words, "%s%s", len ? ", " : "", f->choices[len]);
	const char *near = str_nearest(text, f->choices, len);
	if (len == 1)
		return load_fail(l, value, "'%.*s' is not %s", STR_ARG(text), f->choices[0]);
	return load_fail(l, value, "'%.*s' is none of %.*s%s%s%s", STR_ARG(text),
			 STR_ARG(buf_slice(&words)), near ? "; did you mean " : "",
			 near ? near : "", near ? "?" : "");
}

/* The word as its number. */
static bool read_word(struct load *l, const struct field *f, struct obj value, void *target)
{
	struct str text = obj_text(value, "");

	for (size_t i = 0; f->choices[i]; i++) {
		if (str_is(text, f->choices[i])) {
			*(unsigned *)target = (unsigned)i;
			return true;
		}
	}
	return not_a_choice(l, f, value);
}

/* YAML 1.1 reads an unquoted off as false. */
static bool read_severity(struct load *l, const struct field *f, struct obj value, void *target)
{
	if (obj_type(value) == OBJ_STRING)
		return read_word(l, f, value, target);
	if (obj_true(value, "", true))
		return load_fail(l, value, "is true, not one of %s", f->type->wanted);
	*(unsigned *)target = SEV_OFF;
	return true;
}

/* The word itself. */
static bool read_choice(struct load *l, const struct field *f, struct obj value, void *target)
{
	for (size_t i = 0; f->choices[i]; i++)
		if (str_is(obj_text(value, ""), f->choices[i]))
			return read_text(l, f, value, target);
	return not_a_choice(l, f, value);
}

/* Only checked. */
static bool read_constant(struct load *l, const struct field *f, struct obj value, void *target)
{
	(void)target;
	return str_is(obj_text(value, ""), f->choices[0]) || not_a_choice(l, f, value);
}

static bool read_zone(struct load *l, const struct field *f, struct obj value, void *target)
{
	(void)target;
	return str_is(obj_text(value, ""), f->choices[0]) ||
	       load_fail(l, value,
			 "'%.*s' is not %s, and CloudNativePG reads schedules in nothing else",
			 STR_ARG(obj_text(value, "")), f->choices[0]);
}

static bool read_forbidden(struct load *l, const struct field *f, struct obj value, void *target)
{
	(void)l, (void)f;
	*(bool *)target = !obj_true(value, "", true);
	return true;
}

static bool read_flag(struct load *l, const struct field *f, struct obj value, void *target)
{
	(void)l, (void)f;
	*(bool *)target = obj_true(value, "", false);
	return true;
}

static bool read_number(struct str *rest, int *out)
{
	struct str part;
	int64_t n;

	if (!str_split(rest, '.', &part) || !str_to_i64(part, &n) || n < 0 || n > 9999)
		return false;
	*out = (int)n;
	return true;
}

static bool read_version(struct load *l, const struct field *f, struct obj value, void *target)
{
	struct str text = obj_text(value, ""), rest = text;
	struct version v = {0};

	if (str_has_prefix(rest, STR("v")))
		rest = str_slice(rest, 1, rest.len);
	if (!read_number(&rest, &v.major) || !read_number(&rest, &v.minor) ||
	    ((v.patch_said = rest.ptr != NULL) && !read_number(&rest, &v.patch)) || rest.ptr)
		return load_fail(l, value, "'%.*s' is not %s", STR_ARG(text), f->type->wanted);
	*(struct version *)target = v;
	return true;
}

#define INTERVAL_MAX (1000 * (int64_t)UTC_DAY) /* schedules are looked at for that long */

static bool read_duration(struct load *l, const struct field *f, struct obj value, void *target)
{
	struct str text = obj_text(value, "");
	int64_t n;

	if (!str_to_seconds(text, &n))
		return load_fail(l, value, "'%.*s' is not %s", STR_ARG(text), f->type->wanted);
	if (n <= 0 || n > INTERVAL_MAX)
		return load_fail(l, value, "'%.*s' is not between 1s and 1000d", STR_ARG(text));
	*(int64_t *)target = n;
	return true;
}

static bool read_days(struct load *l, const struct field *f, struct obj value, void *target)
{
	int64_t days = retention_days(obj_text(value, ""));

	if (!days)
		return load_fail(l, value, "'%.*s' is not %s", STR_ARG(obj_text(value, "")),
				 f->type->wanted);
	*(int64_t *)target = days;
	return true;
}

/* "01:30" as minutes of the day. */
static bool read_clock(struct str text, int *out)
{
	int64_t hour, minute;

	if (text.len != 5 || text.ptr[2] != ':' || !str_to_i64(str_slice(text, 0, 2), &hour) ||
	    !str_to_i64(str_slice(text, 3, 5), &minute) || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59)
		return false;
	*out = (int)(hour * 60 + minute);
	return true;
}

static bool read_window(struct load *l, const struct field *f, struct obj value, void *target)
{
	struct params *p = target;
	struct str text = obj_text(value, "");
	int from, to;

	if (text.len != 11 || text.ptr[5] != '-' || !read_clock(str_slice(text, 0, 5), &from) ||
	    !read_clock(str_slice(text, 6, 11), &to) || from == to)
		return load_fail(l, value, "'%.*s' is not %s", STR_ARG(text), f->type->wanted);
	p->window_from = from;
	p->window_to = to;
	return true;
}

/* Compiled again when the policy is complete; here only checked, where the place is known. */
static bool read_pattern(struct load *l, const struct field *f, struct obj value, void *target)
{
	struct str text = obj_text(value, "");
	regex_t compiled;
	char why[120];

	if (!text.len || text.len > 200)
		return load_fail(l, value, "must have 1 to 200 characters");
	if (str_find_byte(text, '{') != STR_NONE || str_find_byte(text, '\\') != STR_NONE)
		return load_fail(
			l, value,
			"'%.*s' uses { or \\: counts and back-references can take for ever",
			STR_ARG(text));
	int code = regcomp(&compiled, arena_cstr(l->scratch, text), REG_EXTENDED);
	if (code != 0) {
		regerror(code, &compiled, why, sizeof why);
		return load_fail(l, value, "'%.*s' is no regular expression: %s", STR_ARG(text),
				 why);
	}
	regfree(&compiled);
	return read_text(l, f, value, target);
}

static bool read_pairs(struct load *l, const struct field *f, struct obj value, void *target)
{
	struct str_pair *items = ARENA_ARRAY(l->policy->arena, struct str_pair, obj_len(value) + 1);
	size_t len = 0;

	(void)f;
	for (struct obj o = obj_first(value); o.node; o = obj_next(o)) {
		if (obj_type(o) != OBJ_STRING) {
			load_fail(l, o, "must be a text: put it in quotes");
			continue;
		}
		items[len++] = (struct str_pair){obj_key(o), obj_text(o, "")};
	}
	*(struct str_pairs *)target = (struct str_pairs){items, len};
	return true;
}

static bool read_fields(struct load *l, const struct field *f, struct obj value, void *target)
{
	return load_map(l, f->fields, value, target);
}

static bool read_rules(struct load *l, const struct field *f, struct obj value, void *target)
{
	(void)target;
	for (struct obj o = obj_first(value); o.node; o = obj_next(o)) {
		const struct rule *rule = rule_find(obj_key(o));

		if (!rule) {
			const char *near = rule_nearest(obj_key(o));

			load_fail_key(l, o, "no rule has this id%s%s%s",
				      near ? "; did you mean " : "", near ? near : "",
				      near ? "?" : "");
		} else if (obj_type(o) != OBJ_MAP) {
			load_fail(l, o, "must be a map such as { severity: warn }");
		} else {
			load_map(l, f->fields, o, &l->policy->rules[rule - rules]);
		}
	}
	return true;
}

const struct field_type field_text = {
	.wanted = "a text",
	.json = OBJ_STRING,
	.size = sizeof(struct str),
	.read = read_text,
};
const struct field_type field_name = {
	.wanted = "a name",
	.json = OBJ_STRING,
	.size = sizeof(struct str),
	.pattern = ".",
	.read = read_name,
};
const struct field_type field_template = {
	.wanted = "a text",
	.json = OBJ_STRING,
	.size = sizeof(struct str),
	.read = read_template,
};
const struct field_type field_word = {
	.wanted = "a word",
	.json = OBJ_STRING,
	.size = sizeof(unsigned),
	.read = read_word,
};
const struct field_type field_severity = {
	.wanted = "off, info, warn or deny",
	.json = OBJ_STRING,
	.or_json = OBJ_BOOL,
	.size = sizeof(unsigned),
	.read = read_severity,
};
const struct field_type field_choice = {
	.wanted = "a word",
	.json = OBJ_STRING,
	.size = sizeof(struct str),
	.read = read_choice,
};
const struct field_type field_constant = {
	.wanted = "a word",
	.json = OBJ_STRING,
	.read = read_constant,
};
const struct field_type field_zone = {
	.wanted = "UTC",
	.json = OBJ_STRING,
	.read = read_zone,
};
const struct field_type field_forbidden = {
	.wanted = "true or false",
	.json = OBJ_BOOL,
	.size = sizeof(bool),
	.read = read_forbidden,
};
const struct field_type field_flag = {
	.wanted = "true or false",
	.json = OBJ_BOOL,
	.size = sizeof(bool),
	.read = read_flag,
};
const struct field_type field_version = {
	.wanted = "a version such as \"0.15\"",
	.json = OBJ_STRING,
	.size = sizeof(struct version),
	.pattern = "^v?[0-9]{1,4}\\.[0-9]{1,4}(\\.[0-9]{1,4})?$",
	.read = read_version,
};
const struct field_type field_duration = {
	.wanted = "a duration such as 90m, 1h30m or 8d",
	.json = OBJ_STRING,
	.size = sizeof(int64_t),
	.pattern = "^([0-9]+[smhdw])+$",
	.read = read_duration,
};
const struct field_type field_days = {
	.wanted = "a retention such as 30d, 4w or 3m",
	.json = OBJ_STRING,
	.size = sizeof(int64_t),
	.pattern = "^[1-9][0-9]*[dwm]$",
	.read = read_days,
};
const struct field_type field_window = {
	.wanted = "a window such as 01:00-05:30",
	.json = OBJ_STRING,
	.pattern = "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$",
	.read = read_window,
};
const struct field_type field_pattern = {
	.wanted = "a regular expression",
	.json = OBJ_STRING,
	.size = sizeof(struct str),
	.pattern = "^[^{\\\\]{1,200}$",
	.read = read_pattern,
};
const struct field_type field_map = {.wanted = "a map", .json = OBJ_MAP, .read = read_fields};
const struct field_type field_store = {
	.wanted = "a map such as { name: minio, objectStoreName: \"{app}-minio-store\" }",
	.json = OBJ_MAP,
	.size = sizeof(struct store_params),
	.read = read_fields,
};
const struct field_type field_namespace_mode = {
	.wanted = "a map such as { match: \"dev-*\", mode: warn }",
	.json = OBJ_MAP,
	.size = sizeof(struct namespace_mode),
	.read = read_fields,
};
const struct field_type field_rules = {.wanted = "a map", .json = OBJ_MAP, .read = read_rules};
const struct field_type field_pairs = {.wanted = "a map", .json = OBJ_MAP, .read = read_pairs};
