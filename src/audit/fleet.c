/* Several clusters in one report. */
#include "audit/audit.h"

/* A cluster that was looked at, and what of it. */
struct seen {
	struct kube_config config;
	struct str namespace, context;
	bool whole;
};

/* Another name of a cluster that was read whole; NULL: it is none. */
static const struct seen *find_same(const struct seen *seen, size_t len, const struct seen *one)
{
	for (size_t i = 0; i < len; i++)
		if (seen[i].whole && str_eq(seen[i].config.server, one->config.server) &&
		    str_eq(seen[i].config.proxy, one->config.proxy) &&
		    str_eq(seen[i].config.ca, one->config.ca) &&
		    str_eq(seen[i].namespace, one->namespace))
			return &seen[i];
	return NULL;
}

static void audit_one(const struct audit_fleet *in, struct seen *seen, struct report *out)
{
	struct kube *kube CLEANUP(kube) = NULL;
	struct audit_input one = in->like;
	struct err err;

	if (!kube_open(&seen->config, &kube, &err)) {
		report_add_error(out, STR_EMPTY, &err, STR_EMPTY);
		return;
	}
	one.kube = kube;
	one.namespace = seen->namespace;
	audit_run(&one, out);
	seen->whole = !out->errors.len;
	if (in->publish)
		audit_publish(&one, out);
}

/* What it leads to; false: the report says why that is not known. */
static bool look_up(const struct audit_fleet *in, struct seen *one, struct report *out)
{
	struct err err;

	if (!kube_config_load(in->kubeconfig, one->context, out->arena, &one->config, &err)) {
		report_add_error(out, STR_EMPTY, &err, STR_EMPTY);
		return false;
	}
	one->namespace = in->like.namespace;
	if (!one->namespace.len && !in->all)
		one->namespace = one->config.namespace;
	return true;
}

void audit_fleet(const struct audit_fleet *in, struct report *out)
{
	struct seen *seen = ARENA_ARRAY(out->arena, struct seen, in->contexts_len + 1);

	for (size_t i = 0; i < in->contexts_len; i++) {
		struct report one = {.arena = out->arena,
				     .version = out->version,
				     .profile = out->profile,
				     .policy = out->policy,
				     .framework = out->framework,
				     .keep_objects = out->keep_objects,
				     .now = out->now};

		seen[i] = (struct seen){.context = in->contexts[i]};
		if (in->same)
			in->same[i] = STR_EMPTY;
		if (look_up(in, &seen[i], &one)) {
			const struct seen *same = find_same(seen, i, &seen[i]);

			if (same && in->same)
				in->same[i] = same->context;
			if (same) {
				out->where =
					arena_fmt(out->arena, "%.*s (%.*s is the server of %.*s)",
						  STR_ARG(out->where), STR_ARG(in->contexts[i]),
						  STR_ARG(same->context));
				continue;
			}
			audit_one(in, &seen[i], &one);
		}
		report_merge(out, &one, in->contexts[i]);
	}
	report_sort(out);
}
