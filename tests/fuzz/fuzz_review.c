/* Any bytes as the body of a review: the answer is JSON, bears the uid, and each text in it fits.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "review/review.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one_line(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i],
			      next = i + 1 < s.len ? (unsigned char)s.ptr[i + 1] : 0;

		BUG_IF(c < 0x20 || c == 0x7f || (c == 0xc2 && next < 0xa0));
	}
}

static void check_warning(struct str s)
{
	size_t chars = 0;

	for (size_t i = 0; i < s.len; i++)
		chars += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	BUG_IF(chars > LIMIT_WARNING_CHARS || !utf8_valid(s));
	one_line(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy *policy;
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf text = BUF_ARENA(a);
	struct review_outcome outcome;
	const struct doc *doc;
	struct err err;

	BUG_IF(!policy && !policy_from_profile(STR("homelab"), &policy, &err));
	struct review_input input = {.body = {(const char *)data, size}, .now = 1787998830};
	review_answer(policy, &input, a, &text, &outcome);
	BUG_IF(outcome.http_status != 200 && outcome.http_status != 400);
	BUG_IF(!doc_read_json(a, buf_slice(&text), &doc, &err));
	if (outcome.http_status != 200)
		return 0;
	struct obj response = obj_at(doc_root(doc), "response");
	BUG_IF(!str_eq(obj_text(response, "uid"), outcome.uid) || !outcome.uid.len);
	BUG_IF(obj_true(response, "allowed", false) != outcome.allowed);
	for (struct obj w = obj_first(obj_at(response, "warnings")); w.node; w = obj_next(w))
		check_warning(obj_text(w, ""));
	BUG_IF(obj_text(response, "status.message").len >= LIMIT_DENIAL_BYTES);
	one_line(obj_text(response, "status.message"));
	return 0;
}
