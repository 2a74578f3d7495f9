/* What list and watch share with single calls. */
#ifndef KUBE_CLIENT_H
#define KUBE_CLIENT_H

#include "kube/kube.h"

#include <curl/curl.h>

struct kube_sink {
	curl_write_callback write;
	curl_write_callback header; /* may be NULL */
	void *ctx;
	long seconds;	/* the whole call may take */
	long status;	/* out: of HTTP; 0: there was no answer */
	bool too_large; /* set by `write` when it takes no more of LIMIT_KUBE_BYTES */
};

/* One request; the body of the answer goes to the sink as it comes. True when there was an answer,
 * whatever its status. */
bool kube_transfer(struct kube *k, const struct kube_call *call, struct kube_sink *sink,
		   struct arena *a, struct err *err);

/* Of the answer that is being read. */
long kube_status(const struct kube *k);

/* Says what the API server said. Returns false. */
bool kube_refused(const struct kube_call *call, const struct kube_answer *answer, struct arena *a,
		  struct err *err);

bool kube_stopped(const struct kube *k);
/* Tenths of a second, or until it is stopped. */
void kube_pause(const struct kube *k, unsigned tenths);

#endif
