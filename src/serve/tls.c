#include "tls_internal.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int finished(gnutls_session_t session, unsigned int type, unsigned int when,
		    unsigned int incoming, const gnutls_datum_t *message)
{
	const struct tls_watch *watch = gnutls_session_get_ptr(session);

	(void)type, (void)when, (void)message;
	if (incoming)
		watch->finished(watch->ctx);
	return 0;
}

static int verify_client(gnutls_session_t session)
{
	const struct tls_watch *watch = gnutls_session_get_ptr(session);
	unsigned char purpose_oid[] = GNUTLS_KP_TLS_WWW_CLIENT;
	gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = purpose_oid};
	unsigned int status, len = 0;

	if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) != 0 || status != 0)
		return GNUTLS_E_CERTIFICATE_ERROR;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &len);
	if (!chain || !len)
		return GNUTLS_E_CERTIFICATE_ERROR;
	watch->client(watch->ctx, (struct str){(const char *)chain[0].data, chain[0].size});
	return 0;
}

/* At most this many parts of GnuTLS at once; it then comes again with the rest. */
#define PARTS_MAX 16

/* Sends what is held and then the parts; the number of bytes of the parts, or -1 and errno. */
static ssize_t send_all(struct tls_out *o, const giovec_t *parts, int count)
{
	struct iovec all[PARTS_MAX + 1] = {{o->bytes, o->held}};

	count = count < PARTS_MAX ? count : PARTS_MAX;
	for (int i = 0; i < count; i++)
		all[i + 1] = (struct iovec){parts[i].iov_base, parts[i].iov_len};
	struct msghdr message = {.msg_iov = all, .msg_iovlen = (size_t)count + 1};
	ssize_t sent = sendmsg(o->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		return -1;
	if ((size_t)sent < o->held) {
		o->held -= (size_t)sent;
		memmove(o->bytes, o->bytes + sent, o->held);
		errno = EAGAIN;
		return -1;
	}
	sent -= (ssize_t)o->held;
	o->held = 0;
	if (sent || !count)
		return sent;
	errno = EAGAIN;
	return -1;
}

static ssize_t push(gnutls_transport_ptr_t ptr, const giovec_t *parts, int count)
{
	struct tls_out *o = ptr;
	size_t len = 0;

	for (int i = 0; i < count; i++)
		len += parts[i].iov_len;
	if (!o->join || o->held || len > sizeof o->bytes) {
		o->join = false;
		return send_all(o, parts, count);
	}
	o->join = false;
	for (int i = 0; i < count; i++) {
		memcpy(o->bytes + o->held, parts[i].iov_base, parts[i].iov_len);
		o->held += parts[i].iov_len;
	}
	return (ssize_t)len;
}

void tls_write_through(void *session, struct tls_out *out)
{
	gnutls_transport_set_ptr2(session, (gnutls_transport_ptr_t)(intptr_t)out->fd, out);
	gnutls_transport_set_vec_push_function(session, push);
}

void tls_flush(struct tls_out *out)
{
	out->join = false;
	if (out->held && send_all(out, NULL, 0) < 0)
		shutdown(out->fd, SHUT_RDWR); /* a client that waits for ever is worse off */
}

void tls_prepare(void *session, struct tls_watch *watch, bool ask)
{
	/* libmicrohttpd itself uses this pointer for pre-shared keys only, which we do not have. */
	gnutls_session_set_ptr(session, watch);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
					   finished);
	if (ask) {
		gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
		gnutls_session_set_verify_function(session, verify_client);
	}
}
