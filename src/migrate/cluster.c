/* What becomes of a Cluster. */
#include "internal.h"

#include "doc/emit.h"

/* Who else writes the Cluster, and what of it must not be guessed. */
static bool is_plain(struct migrate *m, struct migration *of)
{
	/* a namespace that the kustomization gives goes to the new ObjectStore, too */
	static const char *const paths[] = {"metadata.name",	     "spec.plugins",
					    "spec.externalClusters", "spec.env",
					    "spec.envFrom",	     "spec.backup"};
	const struct object *o = &of->held->object;
	const char *closed = texts_closed(texts_find(m, of->held->file->name));

	of->patched = !closed && !o->part && patches_find(m, of);
	if (of->refused.len)
		return false;
	if (of->patched && !closed)
		closed = texts_closed(of->text);
	if (closed)
		migration_refuse(m, of, "%s", closed);
	else if (o->part)
		migration_refuse(m, of, "a part of it stands in another file");
	else if (o->misnamed)
		migration_refuse(m, of, "its apiVersion is none of CloudNativePG's");
	for (size_t i = 0; i < ARRAY_LEN(paths) - of->patched && !of->refused.len; i++)
		migration_need_written(m, of, of->held, paths[i]);
	return !of->refused.len;
}

bool cluster_is_sound(struct migrate *m, struct migration *of)
{
	struct obj spec = obj_at(of->held->object.root, "spec");
	struct obj own = obj_at(of->root, "spec.backup.barmanObjectStore");
	struct str backup = obj_text(spec, "bootstrap.recovery.backup.name");
	static const char substitute[] = "kustomize.toolkit.fluxcd.io/substitute";
	struct obj labels = obj_at(of->held->object.root, "metadata.labels");

	if (obj_at(of->root, "spec.plugins").node && !obj_at(spec, "plugins").node)
		migration_refuse(m, of, "the patch that writes its archive writes plugins, too");
	else if (own.node && obj_len(obj_at(spec, "plugins")))
		migration_refuse(
			m, of,
			"spec.plugins is there already: which of the two archives counts is yours to say");
	else if (own.node && obj_at(spec, "plugins").node)
		migration_refuse(m, of, "spec.plugins is there already, and empty: remove it");
	else if (object_annotation(&of->held->object, substitute).len ||
		 obj_member(labels, str_from(substitute)).node)
		migration_refuse(
			m, of, "%s is for this object alone, and the ObjectStore would be another",
			substitute);
	else if (backup.len)
		migration_refuse(
			m, of,
			"it is restored from Backup %.*s, which the plugin cannot do: write bootstrap.recovery.source, or remove bootstrap.recovery.backup if the Cluster runs",
			STR_ARG(backup));
	else if (obj_len(obj_at(spec, "envFrom")))
		migration_refuse(
			m, of,
			"spec.envFrom may give the in-tree store variables, and the plugin's sidecar has no envFrom: write them in spec.env");
	else if (obj_at(own, "data.restoreAdditionalCommandArgs").node)
		migration_refuse(
			m, of,
			"the plugin has no place for data.restoreAdditionalCommandArgs: remove it, or stay until it has one");
	return !of->refused.len;
}

/* The last line is that of the server name. */
static void add_parameters(struct emit *e, const struct store *store, struct str server)
{
	emit_text(e, "name", STR(PLUGIN_NAME));
	if (e->open[e->depth - 1] == '-')
		emit_bool(e, "isWALArchiver", true);
	emit_map(e, "parameters");
	emit_text(e, "barmanObjectName", store->name);
	emit_text(e, "serverName", server);
	emit_close(e);
}

/* Those of the server name, above the last line and behind it. */
static void add_comments(struct migrate *m, const struct migration *of, struct obj in_tree,
			 struct buf *lines)
{
	struct obj server = obj_at(in_tree, "serverName");
	struct str text = arena_str(m->arena, buf_slice(lines));
	size_t last = text.len ? text.len - 1 : 0, blanks;

	while (last && text.ptr[last - 1] != '\n')
		last--;
	for (blanks = last; blanks < text.len && text.ptr[blanks] == ' ';)
		blanks++;
	lines->len = last;
	if (server.node && lines_above(of->text->bytes, server) < obj_key_pos(server).line)
		buf_str(lines,
			lines_moved(m->arena, of->text->bytes,
				    (struct pos){.line = lines_above(of->text->bytes, server),
						 .end_line = obj_key_pos(server).line - 1},
				    obj_key_pos(server).column - 1, blanks - last));
	buf_str(lines, str_slice(text, last, text.len ? text.len - 1 : 0));
	buf_str(lines, lines_comment_behind(of->text->bytes, server));
	buf_byte(lines, '\n');
}

static bool edit(struct migrate *m, struct migration *of, struct edit e, struct str lines)
{
	e.root = of->root;
	if (migration_edit(m, &of->edits, e, lines))
		return true;
	migration_refuse(m, of, "what it would become cannot be read again");
	return false;
}

static bool plan_archive(struct migrate *m, struct migration *of, struct obj backup)
{
	struct obj own = obj_at(backup, "barmanObjectStore");
	struct obj retention = obj_at(backup, "retentionPolicy");
	bool whole = obj_len(backup) == 1U + (retention.node != NULL);
	struct str name = of->held->object.name, server = archive_in_tree_server(own, name);
	struct store *store = store_for(m, of, own, name, retention, whole);
	struct buf lines = BUF_ARENA(m->arena);

	if (!store)
		return false;
	buf_fmt(&lines, "plugins:%.*s\n",
		STR_ARG(whole ? lines_comment(of->text->bytes, backup) : STR_EMPTY));
	/* the list below that key */
	struct buf list = BUF_ARENA(m->arena);
	struct emit e = EMIT(&list);
	emit_list(&e, "plugins");
	emit_item(&e);
	add_parameters(&e, store, server);
	emit_close(&e);
	emit_close(&e);
	add_comments(m, of, own, &list);
	buf_str(&lines, str_slice(buf_slice(&list), STR("plugins:\n").len, list.len));
	migration_tell(of, "archives to it as server %.*s, as before", STR_ARG(server));
	if (whole)
		return edit(m, of, (struct edit){.kind = EDIT_REPLACE, .at = backup},
			    buf_slice(&lines));
	return edit(m, of, (struct edit){.kind = EDIT_BEHIND, .at = backup}, buf_slice(&lines)) &&
	       edit(m, of, (struct edit){.kind = EDIT_REMOVE, .at = own, .comments = true},
		    STR_EMPTY) &&
	       (!retention.node ||
		edit(m, of, (struct edit){.kind = EDIT_REMOVE, .at = retention, .comments = true},
		     STR_EMPTY));
}

static bool plan_source(struct migrate *m, struct migration *of, struct obj external)
{
	struct obj in_tree = obj_at(external, "barmanObjectStore");
	struct str name = obj_text(external, "name"),
		   server = archive_in_tree_server(in_tree, name);
	struct buf lines = BUF_ARENA(m->arena);
	struct emit e = EMIT(&lines);

	if (of->patched) {
		migration_refuse(
			m, of,
			"its archive is written in %.*s, and external cluster %.*s is not: they are to be migrated by hand",
			STR_ARG(of->text->path), STR_ARG(name));
		return false;
	}
	if (obj_at(external, "plugin").node || !(object_is_name(name) || texts_fill_in(name))) {
		migration_refuse(
			m, of,
			"external cluster %.*s has a plugin, or no name that an ObjectStore may have",
			STR_ARG(name));
		return false;
	}
	struct store *store = store_for(m, of, in_tree, name, (struct obj){0}, false);
	if (!store)
		return false;
	emit_map(&e, "plugin");
	add_parameters(&e, store, server);
	emit_close(&e);
	add_comments(m, of, in_tree, &lines);
	migration_tell(of, "external cluster %.*s reads server %.*s of ObjectStore %.*s, as before",
		       STR_ARG(name), STR_ARG(server), STR_ARG(store->name));
	return edit(m, of, (struct edit){.kind = EDIT_REPLACE, .at = in_tree}, buf_slice(&lines));
}

void plan_cluster(struct migrate *m, struct migration *of)
{
	struct obj spec = obj_at(of->held->object.root, "spec");

	if (!is_plain(m, of) || !cluster_is_sound(m, of) || !stored_find(m, of))
		return;
	if (of->unplaced.len) {
		migration_refuse(m, of, "%.*s", STR_ARG(of->unplaced));
		return;
	}
	struct obj backup = obj_at(of->root, "spec.backup");
	if (obj_at(backup, "barmanObjectStore").node && !plan_archive(m, of, backup))
		return;
	for (struct obj e = obj_first(obj_at(spec, "externalClusters")); e.node; e = obj_next(e))
		if (obj_at(e, "barmanObjectStore").node && !plan_source(m, of, e))
			return;
	migration_change(m, of, of->text, of->edits);
	if (of->stored != of->text)
		migration_change(m, of, of->stored, NULL);
}
