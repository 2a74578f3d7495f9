/* The JSON Schema of a policy file, from the same rows that read it. */
#include "fields_internal.h"

#include "base/json.h"
#include "checks/table.h"

static void type_of(struct json *j, const struct field *f);

static void properties(struct json *j, const struct field *fields)
{
	json_key_str(j, "type", STR("object"));
	json_key(j, "additionalProperties");
	json_bool(j, false);
	json_key(j, "required");
	json_open(j, '[');
	for (const struct field *f = fields; f->name; f++)
		if (f->required)
			json_str(j, str_from(f->name));
	json_close(j, ']');
	json_key(j, "properties");
	json_open(j, '{');
	for (const struct field *f = fields; f->name; f++) {
		if (f->refused)
			continue;
		json_key(j, f->name);
		json_open(j, '{');
		if (f->help)
			json_key_str(j, "description", str_from(f->help));
		if (f->list) {
			json_key_str(j, "type", STR("array"));
			json_key(j, "items");
			json_open(j, '{');
			type_of(j, f);
			json_close(j, '}');
		} else {
			type_of(j, f);
		}
		json_close(j, '}');
	}
	json_close(j, '}');
}

/* A property for each rule, so that an editor completes and explains the ids. */
static void rule_properties(struct json *j, const struct field *setting)
{
	json_key_str(j, "type", STR("object"));
	json_key(j, "additionalProperties");
	json_bool(j, false);
	json_key(j, "properties");
	json_open(j, '{');
	for (size_t i = 0; i < rules_len; i++) {
		json_key(j, rules[i].id);
		json_open(j, '{');
		json_key_str(j, "description", str_from(rules[i].summary));
		properties(j, setting);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void words(struct json *j, const struct field *f)
{
	json_key(j, "enum");
	json_open(j, '[');
	for (const char *const *word = f->choices; *word; word++)
		json_str(j, str_from(*word));
	if (f->type->or_json == OBJ_BOOL)
		json_bool(j, false); /* what YAML 1.1 makes of off */
	json_close(j, ']');
}

static void type_of(struct json *j, const struct field *f)
{
	if (f->choices) {
		words(j, f);
	} else if (f->type == &field_rules) {
		rule_properties(j, f->fields);
	} else if (f->type == &field_pairs) {
		json_key_str(j, "type", STR("object"));
		json_key(j, "additionalProperties");
		json_open(j, '{');
		json_key_str(j, "type", STR("string"));
		json_close(j, '}');
	} else if (f->type->json == OBJ_MAP) {
		properties(j, f->fields);
	} else {
		json_key_str(j, "type", f->type->json == OBJ_BOOL ? STR("boolean") : STR("string"));
		if (f->type->pattern)
			json_key_str(j, "pattern", str_from(f->type->pattern));
	}
}

void policy_schema(struct buf *out)
{
	struct json j = JSON(out);

	json_open(&j, '{');
	json_key_str(&j, "$schema", STR("http://json-schema.org/draft-07/schema#"));
	json_key_str(&j, "title", STR("BackupPolicy"));
	properties(&j, policy_fields);
	json_close(&j, '}');
	buf_byte(out, '\n');
}
