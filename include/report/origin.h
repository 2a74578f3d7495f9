/*
 * Where an object stood before a tool rendered it into the text at hand.
 */
#ifndef REPORT_ORIGIN_H
#define REPORT_ORIGIN_H

#include "cnpg/object.h"

/* What `helm template` writes above each document ("# Source: chart/templates/x.yaml"), or what
 * kustomize writes into an annotation when buildMetadata has originAnnotations; of a remote base
 * "https://host/repository//path?ref=tag", as kustomize would take it. Empty: neither. */
struct str origin_of(struct arena *a, const struct object *o);

#endif
