/*
 * The chart folders of a repository, as `helm template` renders them (input/helm.h). The documents
 * are text that stands in no file: each is called by its template, and chart_place (check/) finds
 * what can be found of it there.
 */
#ifndef INPUT_CHARTS_H
#define INPUT_CHARTS_H

#include "doc/doc.h"
#include "input/catalog.h"
#include "input/helm.h"

/* The chart (absolute) whose template this file is; NULL: it is none. */
const char *charts_of(const struct input_file *file);

/* A file of the chart, or of one in it, names an API group of CloudNativePG or of the plugin. Only
 * then an error of it is told. */
bool charts_are_ours(const struct catalog *c, const char *chart);

/* The file is the Chart.yaml of a chart of its own, not of one that only others use. */
bool charts_stand_alone(const struct input_file *chart_yaml);

/* What it renders, in its order; a document that cannot be read is left out. */
MUST_CHECK bool charts_render(const struct catalog *c, struct arena *a, struct doc_budget *budget,
			      const struct helm_run *run, struct doc_list *out, struct err *err);

#endif
