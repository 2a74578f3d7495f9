/* What an answer has room for: each limit is used to its last character, and never passed. */
#include "moment.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"
#include "review/review.h"

#include <criterion/criterion.h>
#include <string.h>

static struct review_outcome outcome; /* of the last answer */

TestSuite(review_limits, .init = moment_setup, .fini = moment_teardown);

#define BY_OPERATOR ",\"userInfo\":{\"username\":\"" OPERATOR "\"}"
#define ID " [unresolved-placeholder]"

/* The answer about a Cluster; `more` is of the request. */
static struct obj answer(const char *more, const char *metadata, struct str spec)
{
	struct buf out = BUF_ARENA(moment_arena);
	const struct doc *doc;
	struct err err;
	struct review_input input = {
		.body = arena_fmt(
			moment_arena,
			"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"kind\":{\"group\":\"postgresql.cnpg.io\",\"version\":\"v1\",\"kind\":\"Cluster\"},\"operation\":\"CREATE\"%s,\"object\":{\"metadata\":{%s},\"spec\":{\"plugins\":[{\"name\":\"" PLUGIN_NAME
			"\",\"isWALArchiver\":true,\"parameters\":{\"barmanObjectName\":\"minio\"}}]%.*s}}}}",
			more, metadata, STR_ARG(spec)),
		.now = utc_days(2026, 8, 26) * UTC_DAY};

	review_answer(moment_policy, &input, moment_arena, &out, &outcome);
	cr_assert(doc_read_json(moment_arena, buf_slice(&out), &doc, &err), "%s", err.msg);
	return doc_root(doc);
}

/* So many external clusters, each with a placeholder of so many letters: one finding each. */
static struct str placeholders(size_t count, size_t letters)
{
	struct buf spec = BUF_ARENA(moment_arena);

	buf_text(&spec, ",\"externalClusters\":[");
	for (size_t i = 0; i < count; i++) {
		buf_text(&spec, i ? ",{\"name\":\"<" : "{\"name\":\"<");
		buf_repeat(&spec, 'a', letters);
		buf_text(&spec, ">\"}");
	}
	buf_byte(&spec, ']');
	return buf_slice(&spec);
}

static struct str denial(const char *name, size_t count, size_t letters)
{
	struct str metadata =
		arena_fmt(moment_arena, "\"name\":\"%s\",\"namespace\":\"app\"", name);

	return obj_text(answer("", metadata.ptr, placeholders(count, letters)),
			"response.status.message");
}

/* The rest is kept free for the count of what is not said. */
#define ROOM (LIMIT_DENIAL_BYTES - sizeof "; and 1234567890 more")

Test(review_limits, the_rule_of_the_only_problem_stands_at_the_very_end)
{
	size_t longest = 0;

	for (size_t letters = 850; letters < 1050; letters++) {
		struct str message = denial("db", 1, letters);

		cr_assert(str_has_suffix(message, STR(ID)), "%.*s", STR_ARG(message));
		longest = message.len > longest ? message.len : longest;
	}
	cr_assert_eq(longest, ROOM);
}

/* A letter more in both names makes the message longer by four, one in the object's by one. */
Test(review_limits, two_problems_are_both_said_while_there_is_room_for_the_last_rule)
{
	static const char *const names[] = {"d", "db", "db1", "db12"};
	size_t longest = 0, cut = 0;

	for (size_t i = 0; i < 4 * ARRAY_LEN(names) * 40; i++) {
		struct str message = denial(names[i % 4], 2, 400 + i / 4);

		if (str_has_suffix(message, STR(ID "; and 1 more"))) {
			cut++;
			continue;
		}
		cr_assert(str_has_suffix(message, STR("a>" ID)), "%.*s", STR_ARG(message));
		cr_assert_eq(cut, 0, "it was too long with less to say");
		longest = message.len > longest ? message.len : longest;
	}
	cr_assert_gt(cut, 0);
	cr_assert_eq(longest, ROOM);
}

Test(review_limits, all_warnings_together_fill_what_an_api_server_passes_on)
{
	struct obj warnings = obj_at(
		answer(BY_OPERATOR, "\"name\":\"db\",\"namespace\":\"app\"", placeholders(40, 300)),
		"response.warnings");

	cr_assert_eq(obj_len(warnings), LIMIT_WARNINGS_CHARS / LIMIT_WARNING_CHARS);
	for (struct obj w = obj_first(warnings); w.node; w = obj_next(w)) {
		struct str text = obj_text(w, "");

		cr_assert(str_has_suffix(text, STR("…" ID)), "%.*s", STR_ARG(text));
		cr_assert_eq(text.len - strlen("…") + 1, LIMIT_WARNING_CHARS);
	}
}

Test(review_limits, a_warning_that_just_fits_is_not_cut)
{
	size_t longest = 0;

	for (size_t letters = 1; letters < 300; letters++) {
		struct obj a = answer(BY_OPERATOR, "\"name\":\"db\",\"namespace\":\"app\"",
				      placeholders(1, letters));
		struct str text = obj_text(obj_first(obj_at(a, "response.warnings")), "");

		if (!str_contains(text, STR("…")))
			longest = text.len > longest ? text.len : longest;
	}
	cr_assert_eq(longest, LIMIT_WARNING_CHARS);
}

Test(review_limits, a_sentence_is_cut_behind_its_last_byte)
{
	size_t longest = 0, cut = 0;

	for (size_t letters = LIMIT_SENTENCE_BYTES - 200; letters < LIMIT_SENTENCE_BYTES;
	     letters++) {
		denial("db", 1, letters);
		struct str message = outcome.verdict.findings.items[0].message;

		if (str_has_suffix(message, STR("…"))) {
			cr_assert_eq(message.len, LIMIT_SENTENCE_BYTES + strlen("…"));
			cut++;
			continue;
		}
		cr_assert_eq(cut, 0, "it was too long with less to say");
		longest = message.len;
	}
	cr_assert_gt(cut, 0);
	cr_assert_eq(longest, LIMIT_SENTENCE_BYTES);
}

Test(review_limits, where_the_object_has_no_name_or_namespace_the_request_says_them)
{
	struct str spec = STR(",\"replica\":{\"source\":\"<a>\"}"), message;

	message = obj_text(answer(",\"name\":\"web\",\"namespace\":\"shop\"", "", spec),
			   "response.status.message");
	cr_assert(str_has_prefix(message, STR("Cluster shop/web: ")), "%.*s", STR_ARG(message));
	message = obj_text(answer(",\"name\":\"web\",\"namespace\":\"shop\"",
				  "\"name\":\"db\",\"namespace\":\"app\"", spec),
			   "response.status.message");
	cr_assert(str_has_prefix(message, STR("Cluster app/db: ")), "%.*s", STR_ARG(message));
}
