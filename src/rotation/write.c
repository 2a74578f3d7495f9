/* The one write that is the next step. */
#include "internal.h"

#include "base/base64.h"
#include "base/json.h"

enum { NOT_FOUND = 404, CONFLICT = 409 };

/* The four of the Secret. */
struct content {
	struct str ca_cert, ca_key, cert, key;
};

/* CAs that are there; `fewer`: only those that are kept. */
static void add_cas(const struct self_target *t, const struct look *l, bool fewer, struct buf *out)
{
	for (size_t i = 0; i < l->cas_len; i++)
		if (!fewer || rotation_keeps(&l->view, &t->terms, i))
			buf_str(out, l->cas[i].pem);
}

/* tls.crt and tls.key anew. Another version of us may want other names for a while: both are in it.
 */
static bool issue(const struct self_target *t, const struct look *l, struct str ca_cert,
		  struct content *c, struct err *err)
{
	bool add = l->view.issuer != ROTATION_NONE && !l->view.named;
	size_t len = t->names_len, more = add ? l->leaf.names_len : 0;
	struct str *names = ARENA_ARRAY(l->arena, struct str, len + more);
	struct buf cert = BUF_ARENA(l->arena), key = BUF_ARENA(l->arena);

	for (size_t i = 0; i < len + more; i++)
		names[i] = i < len ? t->names[i] : l->leaf.names[i - len];
	struct pki_order order = {.ca_cert = ca_cert,
				  .ca_key = c->ca_key,
				  .names = names,
				  .names_len = len + more,
				  .now = l->view.now,
				  .seconds = t->terms.cert};
	if (!pki_issue(&order, &cert, &key, err))
		return false;
	c->cert = buf_slice(&cert);
	c->key = buf_slice(&key);
	return true;
}

/* A new CA in front of those that are there. */
static bool new_ca(const struct self_target *t, const struct look *l, struct buf *bundle,
		   struct str *key, struct err *err)
{
	struct buf made = BUF_ARENA(l->arena);

	if (!pki_make_ca(l->view.now, t->terms.ca, bundle, &made, err))
		return false;
	*key = buf_slice(&made);
	return true;
}

static bool compose(const struct self_target *t, const struct look *l, enum rotation_step step,
		    struct content *c, struct err *err)
{
	struct buf bundle = BUF_ARENA(l->arena);
	struct str current = l->view.usable ? l->cas[l->view.current].pem : STR_EMPTY;
	bool ok = true;

	*c = (struct content){.ca_key = l->ca_key, .cert = l->cert, .key = l->key};
	if (step == ROTATION_MAKE)
		ok = new_ca(t, l, &bundle, &c->ca_key, err) &&
		     issue(t, l, buf_slice(&bundle), c, err);
	else if (step == ROTATION_BEGIN)
		ok = issue(t, l, current, c, err) && new_ca(t, l, &bundle, &c->ca_key, err);
	else if (step == ROTATION_RENEW || step == ROTATION_SWITCH ||
		 (step == ROTATION_ADOPT && l->view.issuer == l->view.current))
		ok = issue(t, l, current, c, err);
	add_cas(t, l, step == ROTATION_DROP || step == ROTATION_BEGIN, &bundle);
	if (step == ROTATION_MAKE || step == ROTATION_ADOPT)
		for (size_t i = 0; i < l->lost_len; i++)
			buf_str(&bundle, l->lost[i]);
	c->ca_cert = buf_slice(&bundle);
	return ok;
}

static void member(struct json *j, const char *key, struct str bytes, struct arena *a)
{
	struct buf text = BUF_ARENA(a);

	base64_encode(bytes, &text);
	json_key_str(j, key, buf_slice(&text));
}

static bool is_ours(struct str key)
{
	return str_is(key, "ca.crt") || str_is(key, "ca.key") || str_is(key, "tls.crt") ||
	       str_is(key, "tls.key");
}

static void write_data(const struct look *l, const struct content *c, struct json *j)
{
	json_key(j, "data");
	json_open(j, '{');
	for (struct obj e = obj_first(obj_at(l->secret, "data")); e.node; e = obj_next(e)) {
		if (is_ours(obj_key(e)))
			continue;
		json_key(j, arena_cstr(l->arena, obj_key(e)));
		obj_json(e, j);
	}
	member(j, "ca.crt", c->ca_cert, l->arena);
	member(j, "ca.key", c->ca_key, l->arena);
	member(j, "tls.crt", c->cert, l->arena);
	member(j, "tls.key", c->key, l->arena);
	json_close(j, '}');
}

/* What others have written there stays, and the resourceVersion makes the write conditional. */
static void write_metadata(const struct self_target *t, const struct look *l, struct json *j)
{
	json_key(j, "metadata");
	json_open(j, '{');
	if (!l->secret.node) {
		json_key_str(j, "name", t->secret);
		json_key_str(j, "namespace", t->namespace);
	}
	for (struct obj e = obj_first(obj_at(l->secret, "metadata")); e.node; e = obj_next(e)) {
		json_name(j, obj_key(e));
		obj_json(e, j);
	}
	json_close(j, '}');
}

static struct str secret_body(const struct self_target *t, const struct look *l,
			      const struct content *c)
{
	struct buf out = BUF_ARENA(l->arena);
	struct json j = JSON(&out);
	struct str type = obj_text(l->secret, "type");

	json_open(&j, '{');
	json_key_str(&j, "apiVersion", STR("v1"));
	json_key_str(&j, "kind", STR("Secret"));
	json_key_str(&j, "type", type.len ? type : STR("Opaque")); /* it cannot be changed */
	write_metadata(t, l, &j);
	write_data(l, c, &j);
	json_close(&j, '}');
	return buf_slice(&out);
}

/* A resourceVersion that is no longer that of the object makes the API server answer 409. */
static struct str configuration_patch(const struct look *l)
{
	struct buf out = BUF_ARENA(l->arena);
	struct json j = JSON(&out);
	struct obj webhooks = obj_at(l->configuration, "webhooks");
	size_t i = 0;

	json_open(&j, '[');
	json_open(&j, '{');
	json_key_str(&j, "op", STR("replace"));
	json_key_str(&j, "path", STR("/metadata/resourceVersion"));
	json_key_str(&j, "value", obj_text(l->configuration, "metadata.resourceVersion"));
	json_close(&j, '}');
	for (struct obj w = obj_first(webhooks); w.node; w = obj_next(w), i++) {
		struct buf bundle = BUF_ARENA(l->arena);

		base64_encode(l->wanted[i], &bundle);
		if (str_eq(obj_text(w, "clientConfig.caBundle"), buf_slice(&bundle)))
			continue;
		json_open(&j, '{');
		json_key_str(&j, "op", STR("add")); /* replaces one that is there */
		json_key_str(&j, "path",
			     arena_fmt(l->arena, "/webhooks/%zu/clientConfig/caBundle", i));
		json_key_str(&j, "value", buf_slice(&bundle));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	return buf_slice(&out);
}

static enum written send(const struct self_target *t, const struct look *l,
			 const struct kube_call *call, struct err *err)
{
	struct kube_answer answer;

	if (kube_do(t->kube, call, l->arena, &answer, err))
		return WRITTEN;
	/* 404: gone since it was read */
	bool other = answer.status == CONFLICT ||
		     (answer.status == NOT_FOUND && !str_is(str_from(call->method), "POST"));
	return other ? WRITTEN_BY_ANOTHER : WRITE_FAILED;
}

enum written self_write(const struct self_target *t, const struct look *l, enum rotation_step step,
			struct err *err)
{
	struct content content;

	if (step == ROTATION_PUBLISH) {
		struct kube_call patch = {.method = "PATCH",
					  .path = t->configuration_path,
					  .body = configuration_patch(l),
					  .content_type = "application/json-patch+json"};

		return send(t, l, &patch, err);
	}
	if (!compose(t, l, step, &content, err))
		return WRITE_FAILED;
	struct kube_call write = {.method = l->secret.node ? "PUT" : "POST",
				  .path = l->secret.node ? t->secret_path : t->secrets_path,
				  .body = secret_body(t, l, &content),
				  .content_type = KUBE_JSON};
	return send(t, l, &write, err);
}
