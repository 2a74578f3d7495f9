/* The AdmissionReview that goes back: decision, causes, warnings, audit annotations. */
#include "review/review.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "internal.h"
#include "rules/rule.h"

static void causes(struct json *j, const struct verdict *v, const char *reason, struct arena *arena)
{
	size_t problems = verdict_count(v, SEV_DENY), said = 0;

	json_key(j, "causes");
	json_open(j, '[');
	for (size_t i = 0; i < v->findings.len && said < LIMIT_CAUSES; i++) {
		const struct finding *f = &v->findings.items[i];
		struct buf text = BUF_ARENA(arena), path = BUF_ARENA(arena);

		if (f->severity != SEV_DENY)
			continue;
		words_cause(f, &text);
		if (++said == LIMIT_CAUSES && problems > said)
			buf_fmt(&text, "; and %zu more", problems - said);
		json_open(j, '{');
		json_key_str(j, "reason", str_from(reason));
		words_path(f, &path);
		json_key_str(j, "field", buf_slice(&path));
		json_key_str(j, "message", buf_slice(&text));
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* Of what is to be deleted nothing is invalid: kubectl prints the message of a Forbidden, and not
 * its causes. */
static void status(struct json *j, const struct answer *a, struct arena *arena)
{
	const struct object *o = a->object;
	const struct verdict *v = &a->outcome->verdict;
	bool deleting = str_is(a->outcome->operation, "DELETE");
	size_t slash = str_find_byte(o->api_version, '/');
	struct buf message = BUF_ARENA(arena);

	words_denial(o, v, &message);
	json_key(j, "status");
	json_open(j, '{');
	json_key_str(j, "status", STR("Failure"));
	json_key_str(j, "message", buf_slice(&message));
	json_key_str(j, "reason", str_from(deleting ? "Forbidden" : "Invalid"));
	json_key(j, "details");
	json_open(j, '{');
	json_key_str(j, "name", utf8_cut(o->name, LIMIT_NAME_BYTES));
	json_key_str(j, "group", str_slice(o->api_version, 0, slash == STR_NONE ? 0 : slash));
	json_key_str(j, "kind", o->kind_name);
	causes(j, v, deleting ? "FieldValueForbidden" : "FieldValueInvalid", arena);
	json_close(j, '}');
	json_key_int(j, "code", deleting ? 403 : 422);
	json_close(j, '}');
}

static void warnings(struct json *j, const struct answer *a, struct arena *arena)
{
	const struct findings *all = &a->outcome->verdict.findings;
	size_t room = LIMIT_WARNINGS_CHARS;
	bool open = false;

	if (a->outcome->verdict.audit_only)
		return;
	for (size_t i = 0; i < all->len + 1; i++) {
		struct buf text = BUF_ARENA(arena);

		if (i == 0 && a->notice.len)
			words_notice(a->notice, &text);
		else if (i > 0 && all->items[i - 1].severity == SEV_WARN)
			words_warning(&all->items[i - 1], &text);
		size_t chars = utf8_count(buf_slice(&text)); /* as the API server counts them */
		if (!chars || chars > room)
			continue;
		room -= chars;
		if (!open) {
			json_key(j, "warnings");
			json_open(j, '[');
		}
		open = true;
		json_str(j, buf_slice(&text));
	}
	if (open)
		json_close(j, ']');
}

static bool said_before(const struct findings *all, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (all->items[i].rule == all->items[at].rule &&
		    all->items[i].severity == all->items[at].severity)
			return true;
	return false;
}

static void ids(struct json *j, const char *key, const struct findings *all, struct arena *arena)
{
	struct buf text = BUF_ARENA(arena);

	for (size_t i = 0; i < all->len; i++)
		if (!said_before(all, i))
			buf_fmt(&text, "%s%s:%s", i ? "," : "", all->items[i].rule->id,
				severity_name(all->items[i].severity));
	if (text.len)
		json_key_str(j, key, buf_slice(&text));
}

static void audit_annotations(struct json *j, const struct answer *a, struct arena *arena)
{
	const struct verdict *v = &a->outcome->verdict;
	struct buf policy = BUF_ARENA(arena), exempted = BUF_ARENA(arena);

	json_key(j, "auditAnnotations");
	json_open(j, '{');
	json_key_str(j, "decision", str_from(a->outcome->decision));
	ids(j, "rules", &v->findings, arena);
	if (v->exempted_by.len)
		buf_fmt(&exempted, "policy: %.*s", STR_ARG(v->exempted_by));
	for (size_t i = 0; i < v->exempted.len && exempted.len < LIMIT_SENTENCE_BYTES; i++)
		buf_fmt(&exempted, "%sannotation: %s: %.*s", exempted.len ? "; " : "",
			v->exempted.items[i].rule->id,
			STR_ARG(utf8_cut(v->exempted.items[i].exempted_by, LIMIT_SENTENCE_BYTES)));
	if (exempted.len)
		json_key_str(j, "exempted-by", buf_slice(&exempted));
	buf_fmt(&policy, "%.*s %.*s", STR_ARG(policy_name(a->policy)),
		STR_ARG(policy_hash(a->policy)));
	json_key_str(j, "policy", buf_slice(&policy));
	json_close(j, '}');
}

void answer_write(const struct answer *a, struct arena *arena, struct buf *out)
{
	struct json j = JSON(out);

	json_open(&j, '{');
	json_key_str(&j, "kind", STR("AdmissionReview"));
	json_key_str(&j, "apiVersion", a->api_version);
	json_key(&j, "response");
	json_open(&j, '{');
	json_key_str(&j, "uid", a->outcome->uid);
	json_key(&j, "allowed");
	json_bool(&j, a->outcome->allowed);
	if (!a->outcome->allowed)
		status(&j, a, arena);
	warnings(&j, a, arena);
	audit_annotations(&j, a, arena);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_byte(out, '\n');
}

void review_status(int code, const char *reason, const char *message, struct buf *out)
{
	struct json j = JSON(out);

	json_open(&j, '{');
	json_key_str(&j, "kind", STR("Status"));
	json_key_str(&j, "apiVersion", STR("v1"));
	json_key(&j, "metadata");
	json_open(&j, '{');
	json_close(&j, '}');
	json_key_str(&j, "status", STR("Failure"));
	json_key_str(&j, "message", str_from(message));
	json_key_str(&j, "reason", str_from(reason));
	json_key_int(&j, "code", code);
	json_close(&j, '}');
	buf_byte(out, '\n');
}
