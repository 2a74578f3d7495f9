/*
 * A client of one HTTP server: one connection that is kept, one thread at a time. It sends what it
 * is told: the path as it is, the caller's headers, and follows no redirect. The only home of
 * libcurl (with http/chain.h).
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/arena.h"
#include "base/err.h"

struct http;

struct http_server {
	struct str url;	      /* http(s)://host:port, with a path at times; no slash at its end */
	struct str name;      /* what the certificate must say; empty: the host */
	struct str ca;	      /* PEM; empty: the system's */
	struct str cert, key; /* PEM, of the client; empty: none */
	bool insecure;	      /* whoever answers is believed */
	struct str proxy;     /* URL; empty: as the environment says (HTTPS_PROXY, NO_PROXY) */
};

/* The server must live as long as the client. The first of a program is opened before it has
 * threads. */
MUST_CHECK bool http_open(const struct http_server *server, struct http **out, struct err *err);
void http_close(struct http *h); /* NULL is fine */

/* Others from the next connection on; both may be empty. Copied. */
void http_set_certificate(struct http *h, struct str cert, struct str key);

/* Calls and pauses end at once when it returns true. Asked about every second. */
void http_stop_when(struct http *h, bool (*stop)(const void *ctx), const void *ctx);
bool http_stopped(const struct http *h);
/* Tenths of a second, or until it is stopped. */
void http_pause(const struct http *h, unsigned tenths);

struct http_header {
	const char *name;
	struct str value; /* empty: not even what libcurl would send by itself */
};

struct http_call {
	const char *method; /* "GET" */
	struct str path;    /* behind the server's URL, with its query, encoded */
	const struct http_header *headers;
	size_t headers_len;
	struct str body; /* empty: none */
	bool packed;	 /* the answer may come compressed; `take` gets what it was */
	long seconds;	 /* the whole call may take */
	size_t most;	 /* bytes of the answer's body; more of them is E_LIMIT */
	/* The status line has come; what follows may take minutes. NULL: nobody asks. */
	void (*answered)(void *ctx, long status);
	/* The answer's body as it comes, whatever the status. False ends the call, which fails; why
	 * is the caller's to know. */
	bool (*take)(void *ctx, struct str bytes);
	void *ctx;
};

/* True when there was an answer, whatever its status. The error names the server. What is needed on
 * the way lives in the arena. */
MUST_CHECK bool http_do(struct http *h, const struct http_call *call, struct arena *a,
			struct err *err);

/* Of the answer that is being read, or was last: 0 when there was none. */
long http_status(const struct http *h);
/* The header called so of it, the first one is 0; false: there are not so many. Valid until the
 * next call. */
bool http_find_header(const struct http *h, const char *name, size_t which, struct str *value);
/* What it says of the time (Date), in seconds; false: nothing. */
bool http_date(const struct http *h, int64_t *out);

/* Why the last call failed, as far as it can be told. */
enum http_cause {
	HTTP_CAUSE_OTHER,      /* or it did not */
	HTTP_CAUSE_NAME,       /* the host's name is not known */
	HTTP_CAUSE_REFUSED,    /* nobody listens there */
	HTTP_CAUSE_SILENT,     /* nothing comes back, or there is no way to it */
	HTTP_CAUSE_DISTRUSTED, /* its certificate is of a CA that is not ours, or not of this time
				*/
	HTTP_CAUSE_MISNAMED,   /* its certificate is good, and of another name */
	HTTP_CAUSE_TLS,	       /* the handshake failed otherwise */
	HTTP_CAUSE_UNANSWERED, /* connected, and not answered in time */
};
enum http_cause http_cause(const struct http *h);

/* The last call failed before there was a connection: nobody listens there, or nothing comes back.
 */
bool http_unreached(const struct http *h);

/* The last call failed without a byte of an answer, on a connection that was kept from a call
 * before: it may have died meanwhile. */
bool http_was_kept(const struct http *h);

/* The server is too busy or not ready (429, 5xx) and says when to come again (Retry-After): waits
 * until then, some times. False: it says nothing of the sort, and means what it says. `attempts`
 * begins with 0. */
bool http_comes_again(struct http *h, unsigned *attempts);

#endif
