/*
 * What GnuTLS tells about a handshake, in plain types: its header and our rules/params.h cannot
 * stand in one file (both have a `params`).
 */
#ifndef SERVE_TLS_H
#define SERVE_TLS_H

#include "base/str.h"

struct tls_watch {
	void (*finished)(void *ctx);		   /* after the client's last message */
	void (*client)(void *ctx, struct str der); /* its certificate, which the CA has signed */
	void *ctx;
};

/* Before the handshake. With `ask` a client must show a certificate that the trusted CA has signed
 * for clients, else the handshake fails. `session` is a gnutls_session_t; the watch outlives it. */
void tls_prepare(void *session, struct tls_watch *watch, bool ask);

#endif
