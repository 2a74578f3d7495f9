/* The chart folders of a run: which of them are rendered, and what is left out. */
#include "input/charts.h"
#include "report/report.h"
#include "internal.h"

#include <string.h>
#include <unistd.h>

void charts_skip(struct report *report, struct input_file *file)
{
	report->count.helm_templates++;
	report_skip(report, file->name, 0, "template of a Helm chart");
	file->unknown = true;
}

/* Charts of which something was rendered, or is to be as somebody installs them. */
struct rendered {
	const char *chart;
	const struct rendered *next;
};

/* With charts in it that are archives it may hold what no file names. */
static bool may_be_ours(const struct charts *c, const char *chart, bool ours)
{
	return ours || access(files_join(c->arena, str_from(chart), STR("charts")).ptr, F_OK) == 0;
}

static bool render(const struct charts *c, struct input_file *file, const char *chart)
{
	bool ours = charts_are_ours(c->catalog, chart);
	const struct helm_run run = {.chart = chart, .namespace = c->namespace};
	struct doc_list docs;
	struct err err;

	if (!may_be_ours(c, chart, ours))
		return false;
	if (!charts_render(c->catalog, c->arena, c->budget, &run, &docs, &err)) {
		if (ours)
			report_add_error(c->report, file->name, &err, STR_EMPTY);
		else
			report_skip(c->report, file->name, 0, err.msg);
		file->unknown |= ours;
		return false;
	}
	for (size_t i = 0; i < docs.len; i++)
		c->take(c->ctx, file, doc_root(docs.docs[i]));
	return true;
}

static bool is_in(const struct rendered *all, const char *chart)
{
	for (; all; all = all->next) {
		size_t len = strlen(all->chart);

		if (strncmp(all->chart, chart, len) == 0 && (!chart[len] || chart[len] == '/'))
			return true;
	}
	return false;
}

void charts_take(const struct charts *c)
{
	const struct rendered *all = NULL;

	for (size_t i = 0; i < c->catalog->len; i++) {
		struct input_file *file = &c->catalog->files[i];
		const char *chart = file->folder ? file->folder->path : "";

		if (!charts_stand_alone(file) ||
		    (!bundles_install(c->bundles, chart) && !render(c, file, chart)))
			continue;
		struct rendered *new = ARENA_NEW(c->arena, struct rendered);
		*new = (struct rendered){chart, all};
		all = new;
	}
	for (size_t i = 0; i < c->catalog->len; i++) {
		const char *chart = charts_of(&c->catalog->files[i]);

		if (chart && !is_in(all, chart))
			charts_skip(c->report, &c->catalog->files[i]);
	}
}
