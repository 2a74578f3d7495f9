/* Flux's variables. What comes out was seen with github.com/fluxcd/pkg/envsubst 1.5.0 and
 * sigs.k8s.io/yaml 1.6.0. */
#include "input/substitute.h"

#include "base/json.h"

#include <criterion/criterion.h>

static enum variable_is look(const void *ctx, struct str name, struct str *value, struct obj *by)
{
	static const struct {
		const char *name, *value;
	} known[] = {
		{"APP", "blog"},
		{"N", "3"},
		{"E", ""},
		{"CRON", "0 0 3 * * *"},
		{"STAR", "*/5 * * * *"},
		{"PATHV", "/a/b.tar.gz"},
		{"MIX", "AbC"},
		{"YES", "yes"},
		{"LIST", "[1, 2]"},
		{"HASH", "a #b"},
		{"COLON", "a: b"},
		{"AT", "@daily"},
		{"MINUS2", "-2"},
		{"MINUS9", "-9"},
	};

	(void)ctx;
	(void)by;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!str_is(name, known[i].name))
			continue;
		*value = str_from(known[i].value);
		return VARIABLE_SET;
	}
	return str_has_prefix(name, STR("UNKNOWN")) ? VARIABLE_UNKNOWN : VARIABLE_ABSENT;
}

static const struct variables variables = {.look = look};

struct example {
	const char *text, *result; /* NULL: refused */
};

static void try_texts(const struct example *examples, size_t len, bool unknown)
{
	for (size_t i = 0; i < len; i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		const struct example *e = &examples[i];
		struct substituted out;
		struct err err;
		bool good = substitute_text(a, str_from(e->text), &variables, &out, &err);

		cr_assert_eq(good, e->result != NULL, "%s", e->text);
		if (!good)
			continue;
		cr_expect(str_is(out.text, e->result), "%s: %.*s", e->text, STR_ARG(out.text));
		cr_expect_eq(out.unknown, unknown, "%s", e->text);
	}
}

static const struct example forms[] = {
	{"plain", "plain"},
	{"$APP and $$ and $${APP} and $$${APP}", "$APP and $ and ${APP} and $blog"},
	{"${APP}", "blog"},
	{"${GONE}", ""},
	{"${E}x", "x"},
	{"${GONE:=d}", "d"},
	{"${GONE:-d e}", "d e"},
	{"${GONE=d}", "d"},
	{"${GONE:?d}", "d"},
	{"${GONE:+d}", "d"},
	{"${APP:+d}", "blog"},
	{"${E:=d}", "d"},
	{"${GONE:=}", ""},
	{"${GONE:=a${APP}b${N}}", "ablogb3"},
	{"${GONE:=${OTHER:=${APP}}}", "blog"},
	{"${GONE:=$$x}", "$$x"},
	{"${GONE:=$x}", "$x"},
	{"${GONE-d}", NULL},
	{"${GONE+d}", NULL},
	{"${GONE?d}", NULL},
	{"${APP", NULL},
	{"${APP-NAME}", NULL},
	{"${}", NULL},
	{"${ APP}", NULL},
	{"${APP:}", NULL},
	{"${APP:1}", "log"},
	{"${APP:1:2}", "lo"},
	{"${APP:-2}", "blog"},
	{"${APP: -2}", "blog"},
	{"${APP:x}", "blog"},
	{"${APP:9}", ""},
	{"${APP:1:x}", "blog"},
	{"${APP:1:99}", "log"},
	{"${APP::2}", NULL},
	{"${APP:1:}", NULL},
	{"${APP:${N}}", "g"},
	{"${APP:${MINUS2}}", "og"},
	{"${APP:${MINUS9}}", "blog"},
	{"${APP:${MINUS9}:1}", "b"},
	{"${APP:0:+2}", "bl"},
	{"${APP:4}", ""},
	{"${APP:3:1}", "g"},
	{"${APP:1:3}", "log"},
	{"${APP:1", NULL},
	{"${APP:1:2", NULL},
	{"${APP:${", NULL},
	{"${PATHV/${", NULL},
	{"${PATHV/a", NULL},
	{"${PATHV/a/x", NULL},
	{"${PATHV/a/${", NULL},
	{"${#APP", NULL},
	{"${#APP:1}", NULL},
	{"${APP%%g**}", "blo"},
	{"${APP##*b*}", ""},
	{"${APP##*x*}", "blog"},
	{"${MIX^}", "AbC"},
	{"${MIX^^}", "ABC"},
	{"${MIX,}", "abC"},
	{"${MIX,,}", "abc"},
	{"${MIX,^}", "AbC"},
	{"${MIX,,,}", NULL},
	{"${#APP}", "4"},
	{"${#GONE}", "0"},
	{"${#}", NULL},
	{"${APP#b}", "log"},
	{"${PATHV#*/}", "a/b.tar.gz"},
	{"${PATHV##*/}", "b.tar.gz"},
	{"${PATHV%.*}", "/a/b.tar"},
	{"${PATHV%%.*}", "/a/b"},
	{"${PATHV%/*}", "/a"},
	{"${PATHV#}", NULL},
	{"${PATHV#x}", "/a/b.tar.gz"},
	{"${PATHV#${APP}}", "/a/b.tar.gz"},
	{"${PATHV#?a}", "/b.tar.gz"},
	{"${PATHV/a/x}", "/x/b.tar.gz"},
	{"${PATHV//a/x}", "/x/b.txr.gz"},
	{"${PATHV/#\\/a/x}", "x/b.tar.gz"},
	{"${PATHV/%gz/x}", "/a/b.tar.x"},
	{"${PATHV//a/}", "//b.tr.gz"},
	{"${PATHV/a}", NULL},
	{"${PATHV/#\\/a/}", "/a/b.tar.gz"},
	{"${PATHV/a/$$}", "/$/b.tar.gz"},
	{"${PATHV//${APP}/x}", "/a/b.tar.gz"},
	{"${PATHV/%.gz/}", "/a/b.tar.gz"},
	{"a}b", "a}b"},
	{"$", "$"},
	{"$$", "$"},
	{"$$$", "$$"},
	{"{${APP}}", "{blog}"},
	{"${GONE:=a}}", "a}"},
	{"${GONE:=a:b}", "a:b"},
	{"${APP:=a${", NULL},
	{"${_x1}", ""},
	{"${é:=d}", "d"},
	{"${GONE:=\\}x}", "\\x}"},
	/* envsubst 1.9 */
	{"${PATHV:1:-3}", "a/b.tar"},
	{"${PATHV:3:-9}", ""},
};

Test(substitute, each_form_gives_what_envsubst_gives)
{
	try_texts(forms, ARRAY_LEN(forms), false);
}

Test(substitute, what_is_unknown_stays_and_a_default_counts)
{
	static const struct example unknown[] = {
		{"a-${UNKNOWN}", "a-${UNKNOWN}"},
		{"${UNKNOWN:=}", "${UNKNOWN}"},
		{"${UNKNOWN_SECRET:=x}", "${UNKNOWN_SECRET}"},
		{"${UNKNOWN^^}", "${UNKNOWN}"},
		{"${UNKNOWN%-*}", "${UNKNOWN}"},
		{"${#UNKNOWN}", "${UNKNOWN}"},
		{"${UNKNOWN:1:2}", "${UNKNOWN}"},
		{"${APP:${UNKNOWN}:2}", "${APP}"},
		{"${APP:1:${UNKNOWN}}", "${APP}"},
		{"${UNKNOWN/a/b}", "${UNKNOWN}"},
		{"${GONE:=x${UNKNOWN}}", "x${UNKNOWN}"},
		{"${UNKNOWN:=${UNKNOWN2}}", "${UNKNOWN2}"},
		{"${PATHV#${UNKNOWN}}", "${PATHV}"},
		{"${PATHV/${UNKNOWN}/a}", "${PATHV}"},
		{"${PATHV/a/${UNKNOWN}}", "${PATHV}"},
		{"${PATHV:${UNKNOWN}}", "${PATHV}"},
		/* Patterns that are more than '*' and '?'. */
		{"${PATHV#/[a-z]}", "${PATHV}"},
		{"${PATHV%\\*}", "${PATHV}"},
	};
	static const struct example known[] = {
		{"${UNKNOWN:=5}", "5"},
		{"${UNKNOWN:-${APP}}", "blog"},
		{"${APP:=${UNKNOWN}}", "blog"},
	};

	try_texts(unknown, ARRAY_LEN(unknown), true);
	try_texts(known, ARRAY_LEN(known), false);
}

Test(substitute, what_is_nested_too_deep_is_refused)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf text = BUF_ARENA(a);
	struct substituted out;
	struct err err;

	for (int i = 0; i < 100000; i++)
		buf_text(&text, "${a:=");
	cr_assert(!substitute_text(a, buf_slice(&text), &variables, &out, &err));
	cr_expect_eq(err.code, E_LIMIT);
}

static bool substitute_value(struct arena *a, const char *yaml, struct render *r, struct err *err)
{
	struct doc_list docs;

	cr_assert(doc_read_yaml(a, str_from(yaml), &docs, err), "%s: %s", yaml, err->msg);
	cr_assert(render_copy(r, doc_root(docs.docs[0]), err));
	return substitute_object(r, &variables, err);
}

static struct str json_of(struct arena *a, struct obj o)
{
	struct buf text = BUF_ARENA(a);
	struct json j = JSON(&text);

	obj_json(o, &j);
	return buf_slice(&text);
}

static const struct example values[] = {
	{"${N}", "{\"v\":3}"},
	{"${N} # x", "{\"v\":\"3 # x\"}"},
	{"${N}: y", "{\"v\":\"3: y\"}"},
	{"${N}:", "{\"v\":\"3:\"}"},
	{"*/5 ${N}", "{\"v\":\"*/5 3\"}"},
	{"${CRON}", "{\"v\":\"0 0 3 * * *\"}"},
	{"${STAR}", NULL},
	{"${AT}", NULL},
	{"${GONE:=@daily}", NULL},
	{"${YES}", "{\"v\":true}"},
	{"${GONE:=off}", "{\"v\":false}"},
	{"${LIST}", "{\"v\":[1,2]}"},
	{"${HASH}", "{\"v\":\"a\"}"},
	{"${COLON}", NULL},
	{"${GONE}", "{\"v\":null}"},
	{"${E}", "{\"v\":null}"},
	{"${GONE:=}", "{\"v\":null}"},
	{"a ${N} b", "{\"v\":\"a 3 b\"}"},
	{"- ${N}", "{\"v\":\"- 3\"}"},
	{"? ${N}", "{\"v\":\"? 3\"}"},
	{"?${N}", "{\"v\":\"?3\"}"},
	{":${N}", "{\"v\":\":3\"}"},
	{"'${N}'", "{\"v\":\"'3'\"}"},
	{"\"${N}\"", "{\"v\":\"\\\"3\\\"\"}"},
	{" ${N}", "{\"v\":\" 3\"}"},
	{"${N} ", "{\"v\":\"3 \"}"},
	{"${N}\n${N}", "{\"v\":\"3\\n3\"}"},
	{"é${N}", "{\"v\":\"é3\"}"},
	{"${N}\t", "{\"v\":\"3\\t\"}"},
	{"{${N}}", "{\"v\":\"{3}\"}"},
	{"${GONE:='3'}", "{\"v\":\"3\"}"},
	{"${GONE:=\"3\"}", "{\"v\":\"3\"}"},
	{"${GONE:=1.5}", "{\"v\":1.5}"},
	{"${GONE:=0777}", "{\"v\":511}"},
	{"${GONE:=null}", "{\"v\":null}"},
	{"${GONE:=~}", "{\"v\":null}"},
	{"---${N}", "{\"v\":\"---3\"}"},
	{"--- ${N}", "{\"v\":\"--- 3\"}"},
	{"${N}, ${N}", "{\"v\":\"3, 3\"}"},
	{"@${N}", "{\"v\":\"@3\"}"},
	{"%${N}", "{\"v\":\"%3\"}"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccc dddddddddddddd ${N} eeeeeeeeeeeeee",
	 "{\"v\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccc dddddddddddddd 3 eeeeeeeeeeeeee\"}"},
	{"${GONE:=a: b}", "{\"v\":\"a: b\"}"},
	{"${GONE:=a #b}", "{\"v\":\"a #b\"}"},
	{"s3://${APP}/${N}", "{\"v\":\"s3://blog/3\"}"},
	{"${GONE:=[a, {b: 1}]}", "{\"v\":\"[a, {b: 1]}\"}"},
	{"${UNKNOWN}", "{\"v\":\"${UNKNOWN}\"}"},
	{"${N}${UNKNOWN}", "{\"v\":\"3${UNKNOWN}\"}"},
};

Test(substitute, a_value_is_read_again_as_what_it_looks_like_without_its_quotes)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct doc_budget budget = DOC_BUDGET;
		struct render r = {.arena = a, .budget = &budget};
		struct buf yaml = BUF_ARENA(a);
		struct json j = JSON(&yaml);
		struct err err = {0};

		json_open(&j, '{');
		json_name(&j, STR("v"));
		json_str(&j, str_from(values[i].text));
		json_close(&j, '}');
		buf_byte(&yaml, '\0');
		bool good = substitute_value(a, yaml.ptr, &r, &err);
		cr_assert_eq(good, values[i].result != NULL, "%s: %s", values[i].text, err.msg);
		cr_expect(good || err.line, "%s", values[i].text);
		if (!good)
			continue;
		struct str wanted = str_from(values[i].result);
		struct str is = json_of(a, render_root(&r));
		cr_expect(str_eq(is, wanted), "%s: %.*s", values[i].text, STR_ARG(is));
		cr_expect_eq(obj_pos(obj_at(render_root(&r), "v")).column, 6);
	}
}

Test(substitute, keys_and_lists_are_text_too_and_an_object_may_ask_to_be_left_alone)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_budget budget = DOC_BUDGET;
	struct render r = {.arena = a, .budget = &budget};
	struct err err;

	cr_assert(
		substitute_value(a, "${APP}: [x, '${N}', {z: '${APP}-$${N}'}]\nk: 1\n", &r, &err));
	struct str is = json_of(a, render_root(&r));
	cr_expect(str_is(is, "{\"blog\":[\"x\",3,{\"z\":\"blog-${N}\"}],\"k\":1}"), "%.*s",
		  STR_ARG(is));
	cr_expect_eq(obj_pos(obj_next(obj_first(obj_at(render_root(&r), "blog")))).column, 13);
	for (int i = 0; i < 2; i++) {
		static const char *const maps[] = {"labels", "annotations"};
		struct str yaml = arena_fmt(
			a,
			"metadata: {%s: {kustomize.toolkit.fluxcd.io/substitute: disabled}}\na: ${APP}\n",
			maps[i]);

		cr_assert(substitute_value(a, yaml.ptr, &r, &err));
		cr_expect(str_is(obj_text(render_root(&r), "a"), "${APP}"));
	}
	cr_assert(!substitute_value(a, "a: 1\nb: ${APP-x}\n", &r, &err));
	cr_expect(err.line == 2 && err.column == 4);
	cr_expect(str_contains(str_from(err.msg), STR("'}' is missing")), "%s", err.msg);
}
