/*
 * What GnuTLS tells about a handshake, in plain types: its header and our rules/params.h cannot
 * stand in one file (both have a `params`).
 */
#ifndef SERVE_TLS_INTERNAL_H
#define SERVE_TLS_INTERNAL_H

#include "base/str.h"

struct tls_watch {
	void (*finished)(void *ctx);		   /* after the client's last message */
	void (*client)(void *ctx, struct str der); /* its certificate, which the CA has signed */
	void *ctx;
};

/*
 * libmicrohttpd hands GnuTLS the head of an answer and its body apart: two packets, of which the
 * second costs as much as the first. With `join` the next record waits for the one after it, so
 * only for an answer with a body; tls_flush is for the case that none came.
 */
#define TLS_HELD 1024 /* the head of an answer as a record: a quarter of that */

struct tls_out {
	int fd;
	bool join;
	size_t held;
	char bytes[TLS_HELD];
};

void tls_write_through(void *session, struct tls_out *out); /* before the handshake */
void tls_flush(struct tls_out *out);			    /* what still waits goes now */

/* Before the handshake. With `ask` a client must show a certificate that the trusted CA has signed
 * for clients, else the handshake fails. `session` is a gnutls_session_t; the watch outlives it. */
void tls_prepare(void *session, struct tls_watch *watch, bool ask);

#endif
