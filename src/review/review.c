#include "review/review.h"

#include "base/arena.h"
#include "internal.h"
#include "rules/rule.h"

#include <stdio.h>

struct envelope {
	struct str api_version;
	struct obj request;
	enum operation operation;
	struct object object, old;
	bool has_old;
	bool known_version;
};

static bool bad(struct review_outcome *outcome, struct buf *out, const char *message)
{
	outcome->http_status = 400;
	outcome->decision = "error";
	review_status(400, "BadRequest", message, out);
	return false;
}

static bool read_operation(struct str word, enum operation *out)
{
	static const char *const words[] = {"CREATE", "UPDATE", "DELETE"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(word, words[i])) {
			*out = (enum operation)i;
			return true;
		}
	}
	return false;
}

/* The kind is that of the request: with matchPolicy Equivalent the object was converted to it. */
static bool read_object(const struct envelope *e, const char *path, struct arena *arena,
			struct object *out)
{
	struct obj root, kind = obj_at(e->request, "kind");
	struct str group = obj_text(kind, "group"), version = obj_text(kind, "version");
	bool known;

	if (obj_map(e->request, path, &root) != OBJ_SET)
		return false;
	object_read(root, out);
	out->root = root;
	out->kind_name = obj_text(kind, "kind");
	out->api_version = arena_fmt(arena, "%.*s%s%.*s", STR_ARG(group), group.len ? "/" : "",
				     STR_ARG(version));
	out->kind = kind_of(out->api_version, out->kind_name, &known);
	out->name = obj_text(root, "metadata.name");
	if (!out->name.len)
		out->name = obj_text(e->request, "name");
	out->namespace = obj_text(root, "metadata.namespace");
	if (!out->namespace.len)
		out->namespace = obj_text(e->request, "namespace");
	return true;
}

static bool read_envelope(struct str body, struct arena *arena, struct envelope *e,
			  struct review_outcome *outcome, struct buf *out)
{
	const struct doc *doc;
	struct err err;
	char text[sizeof err.msg + 80];

	if (!object_read_json(arena, body, LIMIT_BODY_NODES, &doc, &err)) {
		snprintf(text, sizeof text, "the body is no JSON: line %u, column %u: %s", err.line,
			 err.column, err.msg);
		return bad(outcome, out, text);
	}
	struct obj root = doc_root(doc);
	e->api_version = obj_text(root, "apiVersion");
	if (!str_is(obj_text(root, "kind"), "AdmissionReview"))
		return bad(outcome, out, "the body is no AdmissionReview");
	if (!str_is(e->api_version, "admission.k8s.io/v1") &&
	    !str_is(e->api_version, "admission.k8s.io/v1beta1"))
		return bad(
			outcome, out,
			"apiVersion is neither admission.k8s.io/v1 nor admission.k8s.io/v1beta1");
	if (obj_map(root, "request", &e->request) != OBJ_SET)
		return bad(outcome, out, "the AdmissionReview has no request");
	if (obj_str(e->request, "uid", &outcome->uid) != OBJ_SET || !outcome->uid.len)
		return bad(outcome, out, "request.uid is missing");
	if (outcome->uid.len > LIMIT_NAME_BYTES) {
		outcome->uid = STR_EMPTY;
		return bad(outcome, out, "request.uid is too long to be one");
	}
	return true;
}

static bool read_objects(struct arena *arena, struct envelope *e, struct review_outcome *outcome,
			 struct buf *out)
{
	const char *path = e->operation == OP_DELETE ? "oldObject" : "object";

	if (!read_object(e, path, arena, &e->object))
		return bad(outcome, out,
			   e->operation == OP_DELETE ? "request.oldObject is missing"
						     : "request.object is missing");
	e->has_old = e->operation == OP_UPDATE && read_object(e, "oldObject", arena, &e->old);
	return true;
}

static const char *decision_of(const struct verdict *v)
{
	if (v->reason == VERDICT_EXEMPT)
		return "exempt";
	if (v->reason != VERDICT_JUDGED)
		return "skip";
	if (v->audit_only)
		return verdict_count(v, SEV_DENY) ? "would-deny" : "allow";
	if (!v->allowed)
		return "deny";
	return verdict_count(v, SEV_WARN) ? "warn" : "allow";
}

static void judge(const struct policy *policy, const struct envelope *e,
		  const struct review_input *input, struct arena *arena,
		  struct review_outcome *outcome)
{
	struct judge_request request = {
		.operation = e->operation,
		.object = &e->object,
		.old = e->has_old ? &e->old : NULL,
		.user = obj_text(e->request, "userInfo.username"),
		.now = input->now,
		.admission = true,
		.dry_run = outcome->dry_run,
		.softened = input->softened,
		.inventory = input->inventory,
	};
	struct obj groups = obj_at(e->request, "userInfo.groups");
	struct str *names = ARENA_ARRAY(arena, struct str, obj_len(groups) + 1);

	for (struct obj g = obj_first(groups); g.node; g = obj_next(g))
		names[request.groups_len++] = obj_text(g, "");
	request.groups = names;
	engine_judge(policy, &request, arena, &outcome->verdict);
}

/* Why an object is allowed unseen; empty when it must be judged. */
static struct str unseen(const struct envelope *e, struct arena *arena)
{
	bool known;
	struct obj kind = obj_at(e->request, "kind");

	if (e->object.kind == KIND_OTHER)
		return arena_fmt(arena,
				 "backup-guard has no rules for kind %.*s: nothing was checked",
				 STR_ARG(obj_text(kind, "kind")));
	kind_of(e->object.api_version, e->object.kind_name, &known);
	if (!known)
		return arena_fmt(arena,
				 "backup-guard does not know %.*s of %.*s: nothing was checked",
				 STR_ARG(e->object.api_version), STR_ARG(e->object.kind_name));
	return STR_EMPTY;
}

void review_answer(const struct policy *policy, const struct review_input *input,
		   struct arena *arena, struct buf *answer, struct review_outcome *outcome)
{
	struct envelope e = {0};
	struct answer a = {.policy = policy, .outcome = outcome};
	*outcome =
		(struct review_outcome){.http_status = 200,
					.allowed = true,
					.kind = STR("other"),
					.operation = STR("other"),
					.decision = "skip",
					.verdict = {.allowed = true, .reason = VERDICT_OTHER_KIND}};
	if (!read_envelope(input->body, arena, &e, outcome, answer))
		return;
	a.api_version = e.api_version;
	a.object = &e.object;
	outcome->dry_run = obj_true(e.request, "dryRun", false);
	bool whole = !obj_text(e.request, "subResource").len;
	struct str operation = obj_text(e.request, "operation");
	if (whole && read_operation(operation, &e.operation)) {
		if (!read_objects(arena, &e, outcome, answer))
			return;
		outcome->operation = operation;
		outcome->object = e.object;
		if (e.operation != OP_CREATE)
			outcome->live_uid =
				obj_text(e.has_old ? e.old.root : e.object.root, "metadata.uid");
		a.notice = unseen(&e, arena);
		if (e.object.kind != KIND_OTHER)
			outcome->kind = e.object.kind_name;
		if (!a.notice.len) {
			judge(policy, &e, input, arena, outcome);
			outcome->allowed = outcome->verdict.allowed;
			outcome->decision = decision_of(&outcome->verdict);
		}
	}
	answer_write(&a, arena, answer);
}

void review_denial(const struct review_outcome *outcome, struct arena *arena,
		   struct review_denial *out)
{
	const struct object *o = &outcome->object;
	const struct findings *all = &outcome->verdict.findings;
	struct buf message = BUF_ARENA(arena);

	words_event(outcome->operation, &outcome->verdict, &message);
	*out = (struct review_denial){.api_version = o->api_version,
				      .kind = o->kind_name,
				      .namespace = o->namespace,
				      .name = o->name,
				      .uid = outcome->live_uid,
				      .operation = outcome->operation,
				      .message = buf_slice(&message),
				      .fingerprint = STR_HASH};
	const struct str parts[] = {out->api_version, out->kind, out->namespace,
				    out->name,	      out->uid,	 out->operation};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		out->fingerprint = str_hash(str_hash(out->fingerprint, parts[i]), STR("\n"));
	for (size_t i = 0; i < all->len; i++)
		if (all->items[i].severity == SEV_DENY)
			out->fingerprint = str_hash(
				str_hash(out->fingerprint, str_from(all->items[i].rule->id)),
				STR(","));
}
