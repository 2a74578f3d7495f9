/* The Service that is called, and the pods behind it. */
#include "internal.h"

#include <inttypes.h>

static void look_at_port(struct doctor *d, struct target *t)
{
	struct obj ports = obj_at(t->service, "spec.ports");
	struct buf there = BUF_ARENA(d->arena);

	for (struct obj p = obj_first(ports); p.node; p = obj_next(p)) {
		int64_t port = 0;

		if (obj_int(p, "port", &port) == OBJ_SET && port == t->port) {
			t->serves_port = true;
			t->port_name = obj_text(p, "name");
			return;
		}
		buf_fmt(&there, "%s%" PRId64, there.len ? ", " : "", port);
	}
	struct doctor_finding *f = doctor_add(d, DOCTOR_ERROR, t->hook->name,
					      "Service %.*s/%.*s has no port %" PRId64 ", but %.*s",
					      STR_ARG(t->namespace), STR_ARG(t->name), t->port,
					      STR_ARG(there.len ? buf_slice(&there) : STR("none")));
	doctor_add_fix(f, d,
		       "clientConfig.service.port: one of these, or this port in the Service");
	f->says = doctor_sentence(d, t->hook,
				  "no service port %" PRId64 " found for service \"%.*s\"", t->port,
				  STR_ARG(t->name));
}

static void look_at_service(struct doctor *d, struct target *t)
{
	struct str what =
		arena_fmt(d->arena, "Service %.*s/%.*s", STR_ARG(t->namespace), STR_ARG(t->name));
	struct str path = doctor_path(d, "/api/v1", t->namespace, "services", t->name);
	long status;

	t->is_asked = doctor_get(d, path, what.ptr, DOCTOR_UNKNOWN, &t->service, &status) ||
		      status == 404;
	t->is_there = t->service.node;
	if (t->is_there) {
		look_at_port(d, t);
		if (!obj_len(obj_at(t->service, "spec.selector")) &&
		    !str_is(obj_text(t->service, "spec.type"), "ExternalName"))
			doctor_add_fix(doctor_add(d, DOCTOR_WARN, NOWHERE,
						  "Service %.*s/%.*s selects no pods",
						  STR_ARG(t->namespace), STR_ARG(t->name)),
				       d, "spec.selector: {app.kubernetes.io/name: backup-guard}");
	} else if (t->is_asked) {
		struct doctor_finding *f = doctor_add(d, DOCTOR_ERROR, t->hook->name,
						      "%.*s does not exist", STR_ARG(what));

		doctor_add_fix(
			f, d,
			"install the webhook there, or name its Service in clientConfig.service");
		f->says =
			doctor_sentence(d, t->hook, "service \"%.*s\" not found", STR_ARG(t->name));
	}
}

void doctor_service(struct doctor *d)
{
	for (struct target *t = d->targets; t; t = t->next)
		if (t->url.len)
			doctor_add(d, DOCTOR_INFO, t->hook->name,
				   "is called at %.*s, not at a Service", STR_ARG(t->url));
		else
			look_at_service(d, t);
}

struct counting {
	struct doctor *d;
	struct target *target;
	size_t addresses, ready, other_port;
};

static void begin_slices(void *ctx)
{
	struct counting *c = ctx;

	c->addresses = c->ready = c->other_port = 0;
}

static bool slice_has_port(struct obj slice, struct str name)
{
	struct obj ports = obj_at(slice, "ports");

	for (struct obj p = obj_first(ports); p.node; p = obj_next(p))
		if (str_eq(obj_text(p, "name"), name))
			return true;
	return false;
}

static void count_slice(void *ctx, struct obj slice)
{
	struct counting *c = ctx;
	struct obj endpoints = obj_at(slice, "endpoints");
	bool port = slice_has_port(slice, c->target->port_name);

	for (struct obj e = obj_first(endpoints); e.node; e = obj_next(e)) {
		size_t len = obj_len(obj_at(e, "addresses"));

		c->addresses += len;
		if (!port)
			c->other_port += len;
		else if (obj_true(e, "conditions.ready", true))
			c->ready += len;
	}
}

static void tell_endpoints(struct doctor *d, struct target *t, const struct counting *c)
{
	struct doctor_finding *f;

	t->ready = c->ready;
	t->has_endpoints = true;
	if (c->ready)
		return;
	f = doctor_add(d, DOCTOR_ERROR, t->hook->name,
		       "Service %.*s/%.*s has no address that is ready%s", STR_ARG(t->namespace),
		       STR_ARG(t->name),
		       c->other_port  ? "; its pods have no port of the name of targetPort"
		       : c->addresses ? "; none of its pods is"
				      : "; no pod has the labels of its selector");
	doctor_add_fix(f, d,
		       "kubectl -n %.*s get pods,endpointslices -o wide - and the log of the pods",
		       STR_ARG(t->namespace));
	f->says = doctor_sentence(d, t->hook, "no endpoints available for service \"%.*s\"",
				  STR_ARG(t->name));
	doctor_tell_outage(d);
}

static void look_at_endpoints(struct doctor *d, struct target *t)
{
	struct counting c = {.d = d, .target = t};
	const struct kube_reader reader = {.begin = begin_slices, .each = count_slice, .ctx = &c};
	struct kube_listed listed = {.arena = d->arena};
	struct buf path = BUF_ARENA(d->arena);
	struct err err;

	buf_str(&path, doctor_path(d, "/apis/discovery.k8s.io/v1", t->namespace, "endpointslices",
				   STR_EMPTY));
	buf_text(&path, "?labelSelector=");
	kube_encode(&path,
		    arena_fmt(d->arena, "kubernetes.io/service-name=%.*s", STR_ARG(t->name)));
	if (kube_list(d->in->kube, buf_slice(&path), &reader, &listed, &err))
		tell_endpoints(d, t, &c);
	else if (listed.status == 404)
		doctor_add(d, DOCTOR_INFO, NOWHERE,
			   "the API server knows no EndpointSlices (Kubernetes 1.21 does)");
	else
		doctor_add(d, DOCTOR_UNKNOWN, NOWHERE, "%s", err.msg);
}

void doctor_endpoints(struct doctor *d)
{
	for (struct target *t = d->targets; t; t = t->next)
		if (t->is_there && t->serves_port &&
		    !str_is(obj_text(t->service, "spec.type"), "ExternalName"))
			look_at_endpoints(d, t);
}
