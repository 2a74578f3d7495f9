#include "doc/copy.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct obj read_json(struct arena *a, struct str text)
{
	const struct doc *d = NULL;
	struct err e;

	cr_assert(doc_read_json(a, text, &d, &e), "%s", e.msg);
	return doc_root(d);
}

/* A document with all members of the map, whose own memory is gone when it returns. */
static const struct doc *copy_of(struct arena *a, struct str text)
{
	CLEANUP(arena) struct arena *gone = arena_new();
	struct obj map = read_json(gone, arena_str(gone, text));
	const struct doc *d;
	struct copy c;

	d = copy_begin(&c, a);
	for (struct obj e = obj_first(map); e.node; e = obj_next(e))
		copy_member(&c, e);
	return d;
}

Test(copy, is_the_same_content_in_memory_of_its_own)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct str texts[] = {
		STR_INIT("{}"),
		STR_INIT("{\"a\":null,\"b\":true,\"c\":false,\"d\":-1.5e300,\"\":\"\"}"),
		STR_INIT("{\"m\":{\"x\":{},\"y\":[[],[1,[\"two\"]],{\"z\":3}]},\"n\":[]}"),
		STR_INIT("{\"\\u0000k\":\"a\\u0000b\",\"\\u00e9\":\"\\ud83d\\ude00\"}"),
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct doc *d = copy_of(a, texts[i]);
		struct obj wanted = read_json(a, texts[i]);

		cr_assert(obj_equal(doc_root(d), wanted), "%zu", i);
		cr_assert_eq(doc_has_nul(d), i == 3, "%zu", i);
	}
}

Test(copy, long_and_short_texts_stand_side_by_side)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf text = BUF_ARENA(a);
	struct json j = JSON(&text);

	json_open(&j, '{');
	for (size_t len = 0; len < 600; len += 37) {
		char key[8];

		snprintf(key, sizeof key, "k%zu", len);
		json_key(&j, key);
		struct buf value = BUF_ARENA(a);
		buf_repeat(&value, 'x', len);
		json_str(&j, buf_slice(&value));
	}
	json_close(&j, '}');
	cr_assert(
		obj_equal(doc_root(copy_of(a, buf_slice(&text))), read_json(a, buf_slice(&text))));
}

Test(copy, is_put_together_of_parts)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj spec = obj_at(read_json(a, STR("{\"spec\":{\"n\":1}}")), "spec");
	struct buf text = BUF_ARENA(a);
	struct json j = JSON(&text);
	const struct doc *d;
	struct copy c;

	d = copy_begin(&c, a);
	copy_text(&c, "kind", STR("Cluster"));
	copy_open(&c, "metadata");
	copy_open(&c, "annotations");
	copy_close(&c);
	copy_text(&c, "name", STR("pg"));
	copy_close(&c);
	copy_member(&c, spec);
	obj_json(doc_root(d), &j);
	cr_assert(str_is(buf_slice(&text),
			 "{\"kind\":\"Cluster\",\"metadata\":{\"annotations\":{},\"name\":\"pg\"},"
			 "\"spec\":{\"n\":1}}"),
		  "%.*s", STR_ARG(buf_slice(&text)));
	cr_assert(str_is(obj_text(doc_root(d), "metadata.name"), "pg"));
}
