/* A Cluster that the chart `cluster` of CloudNativePG makes: the values are what is migrated. */
#include "internal.h"

#include "input/argo.h"
#include "input/files.h"
#include "input/release.h"

/* From this release on the chart knows method: plugin, and makes the ObjectStores for it. */
#define MINOR_OF_PLUGIN 8

struct chart {
	struct migrate *m;
	struct migration *of;
};

static void refuse_version(struct chart *c, struct str version)
{
	if (versions_are_below(version, MINOR_OF_PLUGIN))
		migration_refuse(
			c->m, c->of,
			"its chart is of version %.*s, and takes method: plugin from 0.%d.0 on: raise that first",
			STR_ARG(version), MINOR_OF_PLUGIN);
}

/* Of the source of a HelmRelease, which is in the files: a digest may be any. */
static void refuse_source(struct chart *c, struct obj reference)
{
	const struct catalog *all = c->m->placed->catalog;
	struct str in = obj_text(reference, "namespace");

	for (size_t i = 0; i < all->len; i++)
		for (const struct held *h = all->files[i].first; h; h = h->next) {
			struct obj ref = obj_at(h->object.root, "spec.ref");
			struct str range = obj_text(ref, "semver");

			if (!release_is_source(&h->object) || obj_text(ref, "digest").len ||
			    !str_eq(h->object.name, obj_text(reference, "name")) ||
			    (in.len && h->object.namespace.len && !str_eq(in, h->object.namespace)))
				continue;
			refuse_version(c, range.len ? range : obj_text(ref, "tag"));
		}
}

/* Of the chart beside the values, which depends on it. */
static void refuse_dependency(struct chart *c, struct str values)
{
	struct str folder = str_slice(values, 0, values.len - files_name(values).len);
	const struct text *chart =
		texts_open(c->m, arena_fmt(c->m->arena, "%.*sChart.yaml", STR_ARG(folder)));
	struct obj all = chart && chart->docs.len
				 ? obj_at(doc_root(chart->docs.docs[0]), "dependencies")
				 : (struct obj){0};

	for (struct obj d = obj_first(all); d.node; d = obj_next(d))
		if (str_is(obj_text(d, "name"), "cluster"))
			refuse_version(c, obj_text(d, "version"));
}

static void look_at_version(struct chart *c, const struct held *release)
{
	struct obj spec = obj_at(release->object.root, "spec");

	if (argo_is(&release->object))
		spec = argo_spec(&release->object);
	if (str_is(release->object.kind_name, "helmCharts"))
		refuse_version(c, obj_text(release->object.root, "version"));
	refuse_version(c, obj_text(spec, "chart.spec.version"));
	if (str_is(release->object.kind_name, "values"))
		refuse_dependency(c, release->file->name);
	if (str_is(obj_text(spec, "chartRef.kind"), "OCIRepository"))
		refuse_source(c, obj_at(spec, "chartRef"));
	refuse_version(c, obj_text(spec, "source.targetRevision"));
	for (struct obj s = obj_first(obj_at(spec, "sources")); s.node; s = obj_next(s))
		if (str_is(obj_text(s, "chart"), "cluster"))
			refuse_version(c, obj_text(s, "targetRevision"));
}

static bool add(struct chart *c, const struct written *w, struct edit e, struct str lines)
{
	c->of->at = *w;
	return migration_edit_here(c->m, c->of, e, lines);
}

/* The method of `w`, a part of the values, becomes the plugin's. Where there is none it comes
 * behind the member `behind`. */
static bool to_plugin(struct chart *c, const struct written *w, struct obj behind)
{
	struct obj method = obj_at(w->at, "method");
	struct edit name = {.kind = EDIT_INSERT,
			    .at = method.node ? method : behind,
			    .key = STR("pluginConfiguration.name"),
			    .text = STR(PLUGIN_NAME)};
	struct edit e = {.kind = method.node ? EDIT_TEXT : EDIT_INSERT,
			 .at = name.at,
			 .key = method.node ? STR_EMPTY : STR("method"),
			 .text = STR("plugin")};

	if (obj_at(w->at, "pluginConfiguration").node)
		migration_refuse(
			c->m, c->of,
			"its values have a pluginConfiguration, and not the method of one (%.*s:%u)",
			STR_ARG(w->text->path), obj_pos(w->at).line);
	if (!name.at.node)
		migration_refuse(c->m, c->of, "where %.*s:%u gets its method is not known",
				 STR_ARG(w->text->path), obj_pos(w->at).line);
	return !c->of->refused.len && add(c, w, name, STR_EMPTY) && add(c, w, e, STR_EMPTY);
}

static bool find(struct chart *c, struct obj applied, struct written *out)
{
	const char *closed;

	if (!texts_written(c->m, applied, out)) {
		migration_refuse(
			c->m, c->of,
			"what its chart makes it of (%.*s:%u) stands in no file that was given, or not in lines of its own",
			STR_ARG(doc_name(obj_source(applied))), obj_pos(applied).line);
		return false;
	}
	closed = texts_closed(out->text);
	if (closed)
		migration_refuse(c->m, c->of, "%.*s: %s", STR_ARG(out->text->path), closed);
	return !closed;
}

/* What of its values says where it archives; else whence it is recovered. In every use it is made
 * of the same. */
static bool find_part(struct chart *c, struct written *out)
{
	struct written w;

	*out = (struct written){0};
	for (const struct use *u = c->of->held->uses; u; u = u->next) {
		struct obj backup = obj_at(u->object.root, "spec.backup");
		struct obj sources = obj_at(u->object.root, "spec.externalClusters");

		if (!find(c, backup.node ? backup : obj_first(sources), &w))
			return false;
		if (!out->at.node)
			*out = w;
		if (out->at.node != w.at.node) {
			migration_refuse(c->m, c->of, "its values stand in several places");
			return false;
		}
	}
	return out->at.node != NULL;
}

/* What some of its releases pass over. */
static bool is_known(struct chart *c, const struct held *release, struct obj values)
{
	static const char *const arguments[] = {"backups.wal.additionalCommandArgs",
						"backups.data.additionalCommandArgs"};
	struct str mode = obj_text(values, "mode");
	struct obj env = obj_at(c->of->held->object.root, "spec.env");
	bool part = c->of->held->object.part && !str_is(release->object.kind_name, "values");

	if (part || !(!mode.len || str_is(mode, "standalone") || str_is(mode, "recovery")))
		migration_refuse(
			c->m, c->of,
			"not all that its chart makes it of is known: its values are to be migrated by hand, with method: plugin and pluginConfiguration: {name: " PLUGIN_NAME
			"} below backups and below each of scheduledBackups");
	for (size_t i = 0; i < ARRAY_LEN(arguments); i++)
		if (obj_len(obj_at(values, arguments[i])))
			migration_refuse(
				c->m, c->of,
				"its chart may not give %s to the ObjectStore that it makes",
				arguments[i]);
	for (struct obj e = obj_first(env); e.node; e = obj_next(e))
		if (store_reads(obj_text(e, "name")))
			migration_refuse(
				c->m, c->of,
				"%.*s of cluster.env is to be written in backups.instanceSidecarConfiguration.env, too, for the plugin's sidecar",
				STR_ARG(obj_text(e, "name")));
	return !c->of->refused.len;
}

static const char daily[] = "scheduledBackups:\n"
			    "- name: daily-backup\n"
			    "  schedule: 0 0 0 * * *\n"
			    "  backupOwnerReference: self\n"
			    "  method: plugin\n"
			    "  pluginConfiguration:\n"
			    "    name: " PLUGIN_NAME "\n";

/* The one that the chart has by itself is written with its method. */
static bool change_schedule(struct chart *c, const struct held *made, const struct written *backups,
			    struct obj behind)
{
	struct written item;
	enum method method = method_of(made->object.root);

	if (method == METHOD_OTHER)
		return true;
	if (!find(c, obj_at(made->object.root, "spec"), &item))
		return false;
	if (method == METHOD_UNKNOWN)
		migration_refuse(c->m, c->of, "the method at %.*s:%u is filled in later",
				 STR_ARG(item.text->path), obj_pos(item.at).line);
	migration_tell(c->of, "ScheduledBackup %.*s uses the plugin", STR_ARG(made->object.name));
	if (item.at.node == backups->at.node)
		return add(c, backups, (struct edit){.kind = EDIT_BEHIND, .at = behind},
			   str_from(daily));
	return to_plugin(c, &item, obj_at(item.at, "schedule"));
}

/* It may be all that there is. */
static bool change_recovery(struct chart *c)
{
	struct obj list = obj_at(c->of->held->object.root, "spec.externalClusters");
	struct obj source = obj_first(list);
	struct written recovery;

	if (!obj_at(source, "barmanObjectStore").node)
		return true;
	if (!find(c, source, &recovery))
		return false;
	migration_tell(c->of, "is recovered from ObjectStore %.*s-recovery, which its chart makes",
		       STR_ARG(c->of->name));
	return to_plugin(c, &recovery, (struct obj){0});
}

static bool change_backups(struct chart *c, const struct held *release,
			   const struct written *backups)
{
	struct obj method = obj_at(backups->at, "method");
	struct obj behind = method.node ? method : obj_at(backups->at, "enabled");

	if (!str_is(obj_key(backups->at), "backups"))
		return true;
	migration_tell(c->of, "archives to ObjectStore %.*s-backups, which its chart makes",
		       STR_ARG(c->of->name));
	/* what is added last comes first */
	for (const struct held *h = release->made; h; h = h->next)
		if (h->object.kind == KIND_SCHEDULED_BACKUP &&
		    !change_schedule(c, h, backups, behind))
			return false;
	return to_plugin(c, backups, behind);
}

void plan_chart(struct migrate *m, struct migration *of, const struct held *release)
{
	struct chart c = {m, of};
	struct written part;

	look_at_version(&c, release);
	if (of->refused.len || !cluster_is_sound(m, of) || !find_part(&c, &part) ||
	    !is_known(&c, release, part.parent))
		return;
	migration_tell(of, "is of the values of its chart (%.*s:%u), which must be 0.%d.0 or newer",
		       STR_ARG(part.text->path), obj_pos(part.at).line, MINOR_OF_PLUGIN);
	of->stored = part.text;
	if (change_backups(&c, release, &part) && change_recovery(&c))
		migration_commit(m, of);
}
