/*
 * The words of an answer, inside the folder only. Both faces of a denial are complete by
 * themselves: kubectl shows the causes of one denied object, but only the message of several, and
 * GitOps tools show only the message (kubectl
 * pkg/cmd/util/helpers.go).
 */
#ifndef REVIEW_INTERNAL_H
#define REVIEW_INTERNAL_H

#include "review/review.h"

struct answer {
	const struct policy *policy;
	struct str api_version; /* of the AdmissionReview: answered in kind */
	const struct object *object;
	struct str notice; /* one more warning; may be empty */
	const struct review_outcome *outcome;
};

void answer_write(const struct answer *a, struct arena *arena, struct buf *out);

/* Where it is, on one line; a key may be as long as the object. */
void words_path(const struct finding *f, struct buf *out);
/* "message; effect. Fix: ... [rule-id]", to stand after the path: without the name of the field at
 * the beginning of the message. */
void words_cause(const struct finding *f, struct buf *out);
/* Kind, namespace and name, then the findings that deny, first one first, below LIMIT_DENIAL_BYTES.
 */
void words_denial(const struct object *o, const struct verdict *v, struct buf *out);
/* "CREATE refused: ", then the same, at most LIMIT_EVENT_BYTES: whoever shows an Event shows whose
 * it is. */
void words_event(struct str operation, const struct verdict *v, struct buf *out);
/* One line of at most LIMIT_WARNING_CHARS characters, without control characters. */
void words_warning(const struct finding *f, struct buf *out);
/* The same of something else to say. */
void words_notice(struct str notice, struct buf *out);

#endif
