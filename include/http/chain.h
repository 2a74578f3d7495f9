/* What an address serves over TLS, without judging it: pki does that. */
#ifndef HTTP_CHAIN_H
#define HTTP_CHAIN_H

#include "base/arena.h"
#include "base/err.h"

enum http_reached {
	HTTP_UNREACHED, /* no connection: nobody there, or no way to it */
	HTTP_REACHED,	/* connected, but it speaks no TLS */
	HTTP_REFUSED,	/* it speaks TLS, but not with us: it wants a client certificate, say */
	HTTP_SERVED,	/* `pem` has its certificates, its own first */
};

/* Dials `address` (an IP address or a name) and `port`, asks for `host` as an API server does
 * (SNI), and leaves. Within LIMIT_HTTP_CONNECT_SECONDS. `err` unless HTTP_SERVED. */
enum http_reached http_served_chain(struct str host, struct str address, int64_t port,
				    struct arena *a, struct str *pem, struct err *err);

#endif
