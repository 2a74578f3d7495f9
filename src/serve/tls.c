#include "tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

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
