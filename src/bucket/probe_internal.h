/* What a call of a probe has said. */
#ifndef BUCKET_PROBE_INTERNAL_H
#define BUCKET_PROBE_INTERNAL_H

#include "bucket/probe.h"

struct probe_answer probe_answer_none(void); /* nobody asked */
/* `why` is read where it failed, and copied. */
struct probe_answer probe_answer_of(bool ok, const struct s3_failure *why, struct arena *a);

#endif
