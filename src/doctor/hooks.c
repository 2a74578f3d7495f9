/* The webhooks of the configuration, where each leads, and what a user reads when that fails. */
#include "internal.h"

#include "base/base64.h"

#include <stdarg.h>

static struct str without_scheme(struct str url)
{
	size_t scheme = str_find(url, STR("://"));

	return str_slice(url, scheme == STR_NONE ? 0 : scheme + 3, url.len);
}

struct str doctor_sentence(struct doctor *d, const struct hook *h, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct str why = arena_vfmt(d->arena, fmt, args);
	va_end(args);
	struct buf out = BUF_ARENA(d->arena);

	buf_fmt(&out, "%sfailed calling webhook \"%.*s\": failed to call webhook: Post \"https://",
		h->fails ? "Internal error occurred: " : "", STR_ARG(h->name));
	if (h->target && h->target->url.len)
		buf_str(&out, without_scheme(obj_text(h->root, "clientConfig.url")));
	else if (h->target)
		buf_fmt(&out, "%.*s:%lld%.*s", STR_ARG(h->target->host), (long long)h->target->port,
			STR_ARG(h->path));
	buf_fmt(&out, "?timeout=%llds\": %.*s", (long long)h->timeout, STR_ARG(why));
	return buf_slice(&out);
}

/* "https://HOST:PORT/PATH"; an IPv6 address stands in brackets. */
static void read_url(struct str url, struct target *out)
{
	struct str rest = without_scheme(url);
	size_t end;

	rest = str_slice(rest, 0, str_find_byte(rest, '/'));
	end = str_find_byte(rest, ']');
	if (str_has_prefix(rest, STR("[")) && end != STR_NONE) {
		out->host = str_slice(rest, 1, end);
		rest = str_slice(rest, end + 1, rest.len);
	} else {
		end = str_find_byte(rest, ':');
		out->host = str_slice(rest, 0, end);
		rest = str_slice(rest, end, rest.len);
	}
	if (!str_to_i64(str_slice(rest, 1, rest.len), &out->port))
		out->port = 443;
	out->url = url;
}

static bool read_target(struct doctor *d, struct hook *h, struct target *out)
{
	struct obj service = obj_at(h->root, "clientConfig.service");
	struct str url = obj_text(h->root, "clientConfig.url");

	*out = (struct target){.port = 443, .hook = h};
	if (obj_type(service) != OBJ_MAP) {
		read_url(url, out);
		return out->host.len;
	}
	out->name = obj_text(service, "name");
	out->namespace = obj_text(service, "namespace");
	if (obj_int(service, "port", &out->port) != OBJ_SET)
		out->port = 443;
	out->host =
		arena_fmt(d->arena, "%.*s.%.*s.svc", STR_ARG(out->name), STR_ARG(out->namespace));
	return true;
}

static struct target *find_target(struct doctor *d, struct hook *h)
{
	struct target **slot = &d->targets;
	struct target wanted;

	if (!read_target(d, h, &wanted))
		return NULL;
	for (; *slot; slot = &(*slot)->next) {
		struct target *t = *slot;

		if (t->port != wanted.port || !str_eq(t->host, wanted.host) ||
		    !t->url.len != !wanted.url.len)
			continue;
		if (h->fails && !t->hook->fails)
			t->hook = h;
		return t;
	}
	*slot = ARENA_NEW(d->arena, struct target);
	**slot = wanted;
	return *slot;
}

static enum hook_mode mode_of(struct str path)
{
	static const char *const paths[HOOK_MODES] = {"/validate", "/validate/warn",
						      "/validate/audit"};

	for (enum hook_mode m = 0; m < HOOK_MODES; m++)
		if (str_is(path, paths[m]))
			return m;
	return HOOK_NOT_SENT;
}

static struct str path_of(struct obj hook)
{
	struct str url = obj_text(hook, "clientConfig.url");
	struct str path = obj_text(hook, "clientConfig.service.path");
	size_t host;

	if (path.len || !url.len)
		return path.len ? path : STR("/");
	url = without_scheme(url);
	host = str_find_byte(url, '/');
	return host == STR_NONE ? STR("/") : str_slice(url, host, url.len);
}

void doctor_read_hooks(struct doctor *d)
{
	struct obj list = obj_at(d->configuration, "webhooks");

	d->hooks = ARENA_ARRAY(d->arena, struct hook, obj_len(list) + 1);
	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct hook *h = &d->hooks[d->hooks_len++];
		struct str bundle = obj_text(e, "clientConfig.caBundle");

		h->root = e;
		h->name = obj_text(e, "name");
		h->path = path_of(e);
		h->mode = mode_of(h->path);
		h->fails = !str_is(obj_text(e, "failurePolicy"), "Ignore");
		if (obj_int(e, "timeoutSeconds", &h->timeout) != OBJ_SET)
			h->timeout = 10;
		if (!base64_decode(bundle, d->arena, &h->bundle))
			h->bundle = STR_EMPTY;
		h->target = find_target(d, h);
	}
}
