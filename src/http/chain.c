#include "http/chain.h"

#include "base/buf.h"
#include "base/limits.h"

#include <curl/curl.h>

#include <inttypes.h>

static struct str collect(const struct curl_certinfo *info, struct arena *a)
{
	static const struct str label = STR_INIT("Cert:");
	struct buf pem = BUF_ARENA(a);

	for (int i = 0; i < info->num_of_certs; i++) {
		for (const struct curl_slist *s = info->certinfo[i]; s; s = s->next) {
			struct str line = str_from(s->data);

			if (!str_has_prefix(line, label))
				continue;
			buf_str(&pem, str_slice(line, label.len, line.len));
			buf_byte(&pem, '\n');
		}
	}
	return buf_slice(&pem);
}

/* Whether the certificate is good is asked of each caBundle afterwards, so nothing is verified
 * here; and nothing is sent. */
static CURLcode dial(CURL *easy, const char *url, struct curl_slist *way, char *why)
{
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, way);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)LIMIT_HTTP_CONNECT_SECONDS);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why);
	return curl_easy_perform(easy);
}

static struct str in_url(struct arena *a, struct str host)
{
	bool v6 = str_find_byte(host, ':') != STR_NONE;

	return v6 ? arena_fmt(a, "[%.*s]", STR_ARG(host)) : host;
}

enum http_reached http_served_chain(struct str host, struct str address, int64_t port,
				    struct arena *a, struct str *pem, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	struct str url = arena_fmt(a, "https://%.*s:%" PRId64, STR_ARG(in_url(a, host)), port);
	struct str way = arena_fmt(a, "::%.*s:%" PRId64, STR_ARG(in_url(a, address)), port);
	struct curl_slist *list = curl_slist_append(NULL, way.ptr);
	struct curl_certinfo *info = NULL;
	CURL *easy = curl_easy_init();

	if (!list || !easy)
		out_of_memory(0);
	CURLcode code = dial(easy, url.ptr, list, why);
	*pem = STR_EMPTY;
	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) == CURLE_OK && info)
		*pem = collect(info, a);
	curl_easy_cleanup(easy);
	curl_slist_free_all(list);
	if (pem->len)
		return HTTP_SERVED;
	err_set(err, E_IO, "%s", *why ? why : curl_easy_strerror(code));
	if (code != CURLE_SSL_CONNECT_ERROR)
		return HTTP_UNREACHED;
	/* an alert is a record of TLS, in the words of libcurl's library */
	return str_contains(str_from(err->msg), STR(" alert ")) ? HTTP_REFUSED : HTTP_REACHED;
}
