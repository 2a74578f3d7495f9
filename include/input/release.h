/*
 * A release of a Helm chart: a HelmRelease of Flux, or an Application of Argo CD with a chart as
 * its source. Of the chart `cluster` of CloudNativePG it is known what it makes (see
 * input/cluster_chart.h).
 */
#ifndef INPUT_RELEASE_H
#define INPUT_RELEASE_H

#include "input/catalog.h"
#include "input/cluster_chart.h"

struct releases; /* keeps what it is told in the arena */

struct releases *releases_new(struct arena *a);

/* A HelmRelease that may install that chart: its tree must be held. */
bool release_is(const struct object *object);

/* A repository of charts, as it is read; anything else is passed over. When all were noted it is
 * known which releases are of that chart. */
void releases_note(struct releases *r, const struct object *object);

/* What the release makes: a HelmRelease or an Application, as it is applied, in a file of this
 * folder. Nothing when it is of another chart. */
void releases_make(struct releases *r, const struct catalog *catalog, const struct folder *from,
		   struct doc_budget *budget, const struct object *object,
		   const struct chart_sink *out);

#endif
