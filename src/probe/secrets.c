#include "probe/secrets.h"

#include "cnpg/kinds.h"

bool probe_live_open(struct probe_live *live, struct err *err)
{
	return live->kube ||
	       (kube_config_load(live->file, live->context, live->arena, &live->config, err) &&
		kube_open(&live->config, &live->kube, err));
}

bool probe_live_read(void *ctx, struct str namespace, struct str name, struct arena *a,
		     struct obj *out, struct err *err)
{
	struct probe_live *live = ctx;
	struct buf path = BUF_ARENA(a);
	struct kube_answer answer = {0};

	if (!probe_live_open(live, err))
		return err_within(err, "Secret %.*s: ", STR_ARG(name));
	kind_object_path(KIND_SECRET, namespace.len ? namespace : live->config.namespace, name,
			 &path);
	if (!kube_get(live->kube, buf_slice(&path), a, &answer, err))
		return false;
	*out = answer.root;
	return true;
}
