/*
 * A release of a Helm chart: a HelmRelease of Flux, an Application of Argo CD with a chart as its
 * source, or an entry of helmCharts in a kustomization. Of the chart `cluster` of CloudNativePG it
 * is known what it makes (see input/cluster_chart.h); a chart of this repository is rendered by
 * Helm (input/charts.h) when the catalog says so.
 */
#ifndef INPUT_RELEASE_H
#define INPUT_RELEASE_H

#include "input/evaluate.h"
#include "input/cluster_chart.h"

struct releases; /* keeps what it is told in the arena */

struct releases *releases_new(struct arena *a);

/* A HelmRelease, or a HelmChart of k3s, that may install such a chart: its tree must be held. */
bool release_is(const struct object *object);

/* An OCIRepository of Flux with that chart: it says which version, and its tree must be held, too.
 */
bool release_is_source(const struct object *object);

/* The values of that chart in a file of their own, as an object without names: values.yaml,
 * values-prod.yaml with its `backups` and `cluster`, or with those below the name of a dependency.
 * Where the release is not known, neither are names, nor what other files add. */
bool release_read_values(struct str file, struct obj root, struct object *out);

/* An entry of helmCharts of a kustomization, as an object without names. */
bool release_read_chart(struct obj entry, struct object *out);
bool release_is_chart(const struct object *object);
/* What it makes is known, or will be. */
bool release_makes_chart(const struct catalog *c, const struct kustomization *k, struct obj entry);

/* What is read in a file of this folder: repositories of charts, and releases; anything else is
 * passed over. When all were noted it is known which releases are of which chart. */
void releases_note(struct releases *r, const struct folder *from, const struct object *object);

/* Some release installs the chart in this folder, or has this values file (absolute). */
bool releases_install(const struct releases *r, const char *path);

/* What the release makes: a HelmRelease, an Application or an entry of helmCharts, as it is
 * applied, in this file. Nothing when it is of another chart. What Helm refuses is an error of `e`.
 */
void releases_make(struct releases *r, struct evaluation *e, const struct input_file *file,
		   const struct object *object, const struct chart_sink *out);

#endif
