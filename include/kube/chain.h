/* What an address serves over TLS, without judging it: pki does that. */
#ifndef KUBE_CHAIN_H
#define KUBE_CHAIN_H

#include "base/arena.h"
#include "base/err.h"

enum kube_reached {
	KUBE_UNREACHED, /* no connection: nobody there, or no way to it */
	KUBE_REACHED,	/* connected, but it speaks no TLS */
	KUBE_REFUSED,	/* it speaks TLS, but not with us: it wants a client certificate, say */
	KUBE_SERVED,	/* `pem` has its certificates, its own first */
};

/* Dials `address` (an IP address or a name) and `port`, asks for `host` as an API server does
 * (SNI), and leaves. Within LIMIT_KUBE_CONNECT_SECONDS. `err` unless KUBE_SERVED. */
enum kube_reached kube_served_chain(struct str host, struct str address, int64_t port,
				    struct arena *a, struct str *pem, struct err *err);

#endif
