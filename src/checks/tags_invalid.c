/* Tags of uploads: what the command line of barman-cloud takes, and what S3 takes. */
#include "base/utf8.h"
#include "facts/store.h"

#define TAGS_MOST 10 /* of one object, in S3 */
#define KEY_MOST 128
#define VALUE_MOST 256

struct tag {
	const char *kind; /* "tag" or "history tag" */
	struct obj at;
	struct str key, value;
};

static bool is_quoted(struct str s)
{
	return str_has_prefix(s, STR("\""));
}

/* Each tag is one argument, "KEY,VALUE", read as a line of CSV: what stops the command, NULL for
 * nothing. Quotes at the beginning of a part hide commas; line breaks at the end are dropped. */
static const char *unreadable(const struct tag *t)
{
	struct str value = t->value;

	while (str_has_suffix(value, STR("\n")) || str_has_suffix(value, STR("\r")))
		value = str_slice(value, 0, value.len - 1);
	if (is_quoted(t->key) || is_quoted(value))
		return NULL;
	if (str_find_byte(t->key, ',') != STR_NONE || str_find_byte(value, ',') != STR_NONE)
		return "holds a comma";
	if (str_find_byte(t->key, '\n') != STR_NONE || str_find_byte(t->key, '\r') != STR_NONE ||
	    str_find_byte(value, '\n') != STR_NONE || str_find_byte(value, '\r') != STR_NONE)
		return "holds a line break";
	if (str_has_prefix(t->key, STR("-")) && str_find_byte(t->key, ' ') == STR_NONE &&
	    str_find_byte(value, ' ') == STR_NONE)
		return "begins with '-', as options do";
	return NULL;
}

/* Letters of any script, digits, the blank and + - = . _ : / @ */
static bool is_tag_text(struct str s)
{
	static const struct str marks = STR_INIT(" +-=._:/@");

	for (size_t i = 0; i < s.len; i++) {
		char b = s.ptr[i];

		if (!(b >= 'a' && b <= 'z') && !(b >= 'A' && b <= 'Z') && !(b >= '0' && b <= '9') &&
		    !((unsigned char)b & 0x80) && str_find_byte(marks, b) == STR_NONE)
			return false;
	}
	return true;
}

/* What S3 answers with InvalidTag; other stores may take it. */
static const char *refused(const struct tag *t)
{
	if (utf8_count(t->key) > KEY_MOST)
		return "has a key of more than 128 characters";
	if (utf8_count(t->value) > VALUE_MOST)
		return "has a value of more than 256 characters";
	if (str_has_prefix_nocase(t->key, STR("aws:")))
		return "begins with aws:, which AWS keeps for itself";
	if (!is_tag_text(t->key) || !is_tag_text(str_trim(t->value)))
		return "holds a character other than letters, digits, blanks and + - = . _ : / @";
	return NULL;
}

static void judge_tag(const struct rule_ctx *c, const struct tag *t, bool s3)
{
	const char *what = unreadable(t);
	struct finding *f;

	if (value_is_placeholder(t->key, NULL) || value_is_placeholder(t->value, NULL))
		return;
	if (what) {
		f = finding_add(c, t->at, "", "%s %.*s %s", t->kind, STR_ARG(t->key), what);
		finding_effect(
			c, f,
			"barman-cloud cannot read its command line and stops: no WAL file is archived");
	} else if (!t->key.len && s3) {
		f = finding_add(c, t->at, "", "a %s has no key", t->kind);
		finding_effect(c, f, "S3 refuses every upload: \"InvalidArgument\"");
	} else if (s3 && (what = refused(t))) {
		f = finding_add(c, t->at, "", "%s %.*s %s", t->kind, STR_ARG(t->key), what);
		finding_effect(c, f,
			       "S3 and most stores like it refuse every upload: \"InvalidTag\"");
		finding_at_most(f, SEV_WARN);
	} else {
		return;
	}
	finding_fix(c, f, "letters, digits, blanks and + - = . _ : / @ only, or remove the tag");
}

static void judge_tags(const struct rule_ctx *c, const char *list, bool history)
{
	struct obj tags = obj_at(store_configuration(c), list);
	bool s3 = store_kind(store_configuration(c)) == STORE_S3;
	struct finding *f;

	for (struct obj e = obj_first(tags); e.node; e = obj_next(e)) {
		struct tag t = {
			.kind = history ? "history tag" : "tag", .at = e, .key = obj_key(e)};

		if (obj_type(tags) == OBJ_MAP && obj_str(e, "", &t.value) == OBJ_SET)
			judge_tag(c, &t, s3);
	}
	if (obj_type(tags) != OBJ_MAP || obj_len(tags) <= TAGS_MOST || (history && !s3))
		return;
	f = finding_add(c, tags, "", "%s has %zu tags", list, obj_len(tags));
	if (history) {
		finding_effect(c, f, "S3 takes no more than 10 tags of one object");
		finding_at_most(f, SEV_WARN);
	} else {
		finding_effect(
			c, f,
			"barman-cloud-backup stops: \"Maximum number of tags per object exceeded\"");
	}
	finding_fix(c, f, "10 tags at most");
}

static void check_tags_invalid(const struct rule_ctx *c)
{
	judge_tags(c, "tags", false);
	judge_tags(c, "historyTags", true);
}

static const struct rule rows[] = {
	{
		.id = "tags-invalid",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_tags_invalid,
		.summary = "A tag that barman-cloud or the store does not take",
		.reference =
			"https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html",
	},
};

RULE_ROWS(tags_invalid);
