/* The rules as YAML: a PrometheusRule for each namespace, or groups alone. */
#include "internal.h"

#include <string.h>

#define OBJECT_NAME "backup-guard-alerts"

/* Where the page of a rule lies in this repository, unless the policy knows a better place. */
static void write_runbook(struct arena *a, const struct policy_alerts *policy, const char *rule,
			  struct emit *e)
{
	struct str url = policy->runbook_url;
	size_t at = str_find(url, STR("{rule}"));

	if (!url.len)
		emit_text(e, "runbook", arena_fmt(a, "src/checks/pages/%s.md", rule));
	else if (at == STR_NONE)
		emit_text(e, "runbook_url", url);
	else
		emit_text(e, "runbook_url",
			  arena_fmt(a, "%.*s%s%.*s", STR_ARG(str_slice(url, 0, at)), rule,
				    STR_ARG(str_slice(url, at + strlen("{rule}"), url.len))));
}

static void write_pair(struct arena *a, struct emit *e, const struct str_pair *pair)
{
	emit_text(e, arena_cstr(a, pair->key), pair->value);
}

static void write_labels(struct arena *a, const struct watched *w, const struct alert *alert,
			 struct emit *e)
{
	const struct str_pairs *more = &w->policy->labels;

	emit_map(e, "labels");
	emit_text(e, "severity", alert_severity(w, alert));
	emit_text(e, "namespace", w->namespace);
	emit_text(e, "cluster", w->name);
	if (alert->exporter)
		emit_text(e, "exporter", str_from(alert->exporter));
	for (size_t i = 0; i < more->len; i++)
		if (!str_is(more->items[i].key, "severity"))
			write_pair(a, e, &more->items[i]);
	emit_close(e);
}

static void write_alert(struct arena *a, const struct watched *w, const struct alert *alert,
			struct emit *e)
{
	emit_item(e);
	emit_text(e, "alert", alert->name);
	emit_text(e, "expr", alert->expr);
	emit_text(e, "for", alert_duration(a, alert->hold));
	write_labels(a, w, alert, e);
	emit_map(e, "annotations");
	emit_text(e, "summary", alert->summary);
	emit_text(e, "description", alert->description);
	write_runbook(a, w->policy, alert_rule(alert->kind), e);
	emit_close(e);
	emit_close(e);
}

static void write_group(struct arena *a, const struct watched *w, struct emit *e)
{
	struct alert alerts[ALERTS_MOST];
	size_t len = alerts_of(a, w, alerts);

	if (!len)
		return;
	emit_item(e);
	emit_text(e, "name",
		  arena_fmt(a, "backups %.*s/%.*s", STR_ARG(w->namespace), STR_ARG(w->name)));
	emit_list(e, "rules");
	for (size_t i = 0; i < len; i++)
		write_alert(a, w, &alerts[i], e);
	emit_close(e);
	emit_close(e);
}

/* From the first of a namespace to the one that is not of it any more. */
static size_t end_of_namespace(const struct watched_list *l, size_t first)
{
	size_t end = first;

	while (end < l->len && str_eq(l->items[end]->namespace, l->items[first]->namespace))
		end++;
	return end;
}

static bool has_alerts(struct arena *a, const struct watched *w)
{
	struct alert alerts[ALERTS_MOST];

	return alerts_of(a, w, alerts) != 0;
}

static void begin_object(struct arena *a, const struct watched *w, struct emit *e)
{
	const struct str_pairs *labels = &w->policy->object_labels;

	emit_text(e, "apiVersion", STR("monitoring.coreos.com/v1"));
	emit_text(e, "kind", STR("PrometheusRule"));
	emit_map(e, "metadata");
	emit_text(e, "name", STR(OBJECT_NAME));
	emit_text(e, "namespace", w->namespace);
	if (labels->len) {
		emit_map(e, "labels");
		for (size_t i = 0; i < labels->len; i++)
			write_pair(a, e, &labels->items[i]);
		emit_close(e);
	}
	emit_close(e);
	emit_map(e, "spec");
}

static void write_groups(struct arena *a, const struct watched_list *l, size_t first, size_t end,
			 struct emit *e)
{
	emit_list(e, "groups");
	for (size_t i = first; i < end; i++)
		write_group(a, l->items[i], e);
	emit_close(e);
}

void alerts_write(struct arena *a, const struct watched_list *l, bool plain, struct buf *out)
{
	struct emit e = EMIT(out);
	bool any = false;

	buf_text(out,
		 "# Written by `backup-guard alerts`: run it again when a schedule changes.\n");
	if (plain) {
		write_groups(a, l, 0, l->len, &e);
		return;
	}
	for (size_t first = 0, end; first < l->len; first = end) {
		size_t with = first;

		end = end_of_namespace(l, first);
		while (with < end && !has_alerts(a, l->items[with]))
			with++;
		if (with == end)
			continue;
		if (any)
			emit_document(&e);
		any = true;
		begin_object(a, l->items[with], &e);
		write_groups(a, l, first, end, &e);
		emit_close(&e);
	}
}
