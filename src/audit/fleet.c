/* Several clusters in one report. */
#include "audit/audit.h"

static void audit_one(const struct audit_fleet *in, struct str context, struct report *out)
{
	struct kube *kube CLEANUP(kube) = NULL;
	struct audit_input one = in->like;
	struct kube_config config;
	struct err err;

	if (!kube_config_load(in->kubeconfig, context, out->arena, &config, &err) ||
	    !kube_open(&config, &kube, &err)) {
		report_add_error(out, STR_EMPTY, &err, STR_EMPTY);
		return;
	}
	one.kube = kube;
	if (!one.namespace.len && !in->all)
		one.namespace = config.namespace;
	audit_run(&one, out);
	if (in->publish)
		audit_publish(&one, out);
}

void audit_fleet(const struct audit_fleet *in, struct report *out)
{
	for (size_t i = 0; i < in->contexts_len; i++) {
		struct report one = {.arena = out->arena,
				     .version = out->version,
				     .profile = out->profile,
				     .policy = out->policy,
				     .keep_objects = out->keep_objects,
				     .now = out->now};

		audit_one(in, in->contexts[i], &one);
		report_merge(out, &one, in->contexts[i]);
	}
	report_sort(out);
}
