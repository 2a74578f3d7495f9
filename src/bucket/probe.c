#include "bucket/probe.h"

const struct probe *probes_find(const struct probes *p, struct str namespace, struct str store,
				struct str cluster)
{
	for (size_t i = 0; i < p->len; i++) {
		const struct probe *e = &p->items[i];

		if (str_eq(e->namespace, namespace) && str_eq(e->store, store) &&
		    (store.len || str_eq(e->cluster, cluster)))
			return e;
	}
	return NULL;
}

const struct probe_server *probe_server_find(const struct probe *p, struct str name)
{
	for (size_t i = 0; i < p->servers_len; i++)
		if (str_eq(p->servers[i].name, name))
			return &p->servers[i];
	return NULL;
}
