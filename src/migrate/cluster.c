/* What becomes of a Cluster. */
#include "internal.h"

#include "doc/emit.h"

#include <string.h>

/* Who else writes the Cluster, and what of it must not be guessed. */
static bool is_plain(struct migrate *m, struct migration *of)
{
	/* a namespace that the kustomization gives goes to the new ObjectStore, too */
	static const char *const paths[] = {"metadata.name", "spec.plugins", "spec.env",
					    "spec.envFrom", "spec.backup"};
	const struct object *o = &of->held->object;
	const char *closed = texts_closed(texts_find(m, of->held->file->name));

	of->patched = !closed && !o->part && patches_find(m, of);
	if (of->refused.len)
		return false;
	for (size_t i = 0; i < patches_len(of) && of->patched && !closed; i++) {
		patches_take(of, i);
		closed = texts_closed(of->at.text);
	}
	if (closed)
		migration_refuse(m, of, "%s", closed);
	else if (o->part)
		migration_refuse(m, of, "a part of it stands in another file");
	else if (of->held->uses && of->held->uses->object.part)
		migration_refuse(
			m, of,
			"it is of a component, and no kustomization that was given applies that: give one that does, too");
	else if (o->misnamed)
		migration_refuse(m, of, "its apiVersion is none of CloudNativePG's");
	bool other = of->patched || (!closed && leaves_find(m, of, &of->leaves));
	for (size_t i = 0; i < ARRAY_LEN(paths) - other && !of->refused.len; i++)
		migration_need_written(m, of, of->held, paths[i]);
	return !of->refused.len;
}

bool cluster_is_sound(struct migrate *m, struct migration *of)
{
	struct obj spec = obj_at(of->held->object.root, "spec");
	struct obj own = obj_at(of->backup, "barmanObjectStore");
	struct str backup = obj_text(spec, "bootstrap.recovery.backup.name");
	static const char substitute[] = "kustomize.toolkit.fluxcd.io/substitute";
	struct obj labels = obj_at(of->held->object.root, "metadata.labels");

	if (obj_at(of->at.root, "spec.plugins").node && !obj_at(spec, "plugins").node)
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
	if (server.node && lines_above(of->at.text->bytes, server) < obj_key_pos(server).line)
		buf_str(lines,
			lines_moved(m->arena, of->at.text->bytes,
				    (struct pos){.line = lines_above(of->at.text->bytes, server),
						 .end_line = obj_key_pos(server).line - 1},
				    obj_key_pos(server).column - 1, blanks - last));
	buf_str(lines, str_slice(text, last, text.len ? text.len - 1 : 0));
	buf_str(lines, lines_comment_behind(of->at.text->bytes, server));
	buf_byte(lines, '\n');
}

/* The entry of spec.plugins, as a list under this key. */
static struct str plugins(struct migrate *m, const struct migration *of, const struct store *store,
			  const char *key, bool whole)
{
	struct obj own = obj_at(of->backup, "barmanObjectStore");
	struct str name = of->held->object.name, server = archive_in_tree_server(own, name);
	struct buf lines = BUF_ARENA(m->arena), list = BUF_ARENA(m->arena);
	struct emit e = EMIT(&list);

	buf_fmt(&lines, "%s:%.*s\n", key,
		STR_ARG(whole ? lines_comment(of->at.text->bytes, of->backup) : STR_EMPTY));
	emit_list(&e, key);
	emit_item(&e);
	add_parameters(&e, store, server);
	emit_close(&e);
	emit_close(&e);
	add_comments(m, of, own, &list);
	buf_str(&lines, str_slice(buf_slice(&list), strlen(key) + STR(":\n").len, list.len));
	return buf_slice(&lines);
}

static bool remove_archive(struct migrate *m, struct migration *of)
{
	struct obj own = obj_at(of->backup, "barmanObjectStore");
	struct obj retention = obj_at(of->backup, "retentionPolicy");

	return migration_edit_here(m, of,
				   (struct edit){.kind = EDIT_REMOVE, .at = own, .comments = true},
				   STR_EMPTY) &&
	       (!retention.node ||
		migration_edit_here(
			m, of,
			(struct edit){.kind = EDIT_REMOVE, .at = retention, .comments = true},
			STR_EMPTY));
}

static bool is_in_braces(const struct migration *of, struct obj map)
{
	struct pos pos = obj_pos(map);
	struct str line = lines_line(of->at.text->bytes, pos.line);

	return pos.column && pos.column <= line.len && line.ptr[pos.column - 1] == '{';
}

/* What else is in the backup, which is written anew. */
static bool replace_backup(struct migrate *m, struct migration *of, struct str plugins)
{
	struct buf lines = BUF_ARENA(m->arena);
	struct emit e = EMIT(&lines);

	emit_map(&e, "backup");
	for (struct obj b = obj_first(of->backup); b.node; b = obj_next(b))
		if (!str_is(obj_key(b), "barmanObjectStore") &&
		    !str_is(obj_key(b), "retentionPolicy"))
			emit_member(&e, obj_key(b), b);
	emit_close(&e);
	buf_str(&lines, plugins);
	return migration_edit_here(m, of, (struct edit){.kind = EDIT_REPLACE, .at = of->backup},
				   buf_slice(&lines));
}

/* `whole`: of the backup nothing else is left. */
static bool write_plugins(struct migrate *m, struct migration *of, const struct store *store,
			  bool whole)
{
	struct str lines = plugins(m, of, store, of->operation.node ? "value" : "plugins", whole);

	if (of->operation.node && whole)
		return migration_edit_here(m, of,
					   (struct edit){.kind = EDIT_TEXT,
							 .at = obj_at(of->operation, "path"),
							 .text = STR("/spec/plugins")},
					   STR_EMPTY) &&
		       migration_edit_here(
			       m, of, (struct edit){.kind = EDIT_REPLACE, .at = of->backup}, lines);
	if (of->operation.node)
		return migration_edit_here(m, of,
					   (struct edit){.kind = EDIT_ITEM, .at = of->operation},
					   arena_fmt(m->arena, "op: add\npath: /spec/plugins\n%.*s",
						     STR_ARG(lines))) &&
		       remove_archive(m, of);
	if (whole)
		return migration_edit_here(
			m, of, (struct edit){.kind = EDIT_REPLACE, .at = of->backup}, lines);
	if (is_in_braces(of, of->backup) && !lines_has_comment(of->at.text->bytes, of->backup))
		return replace_backup(m, of, lines);
	return migration_edit_here(m, of, (struct edit){.kind = EDIT_BEHIND, .at = of->backup},
				   lines) &&
	       remove_archive(m, of);
}

static bool plan_archive(struct migrate *m, struct migration *of)
{
	struct obj own = obj_at(of->backup, "barmanObjectStore");
	struct obj retention = obj_at(of->backup, "retentionPolicy");
	bool whole = obj_len(of->backup) == 1U + (retention.node != NULL);
	struct str name = of->held->object.name;
	struct store *store = store_for(m, of, own, name, retention, whole);

	if (!store)
		return false;
	migration_tell(of, "archives to it as server %.*s, as before",
		       STR_ARG(archive_in_tree_server(own, name)));
	return write_plugins(m, of, store, whole);
}

static bool plan_source(struct migrate *m, struct migration *of, const struct written *w)
{
	struct str name = obj_text(w->parent, "name"), server = archive_in_tree_server(w->at, name);
	struct buf lines = BUF_ARENA(m->arena);
	struct emit e = EMIT(&lines);

	if (obj_at(w->parent, "plugin").node || !(object_is_name(name) || texts_fill_in(name))) {
		migration_refuse(
			m, of,
			"external cluster %.*s has a plugin, or no name that an ObjectStore may have",
			STR_ARG(name));
		return false;
	}
	of->at = *w;
	struct store *store = store_for(m, of, w->at, name, (struct obj){0}, false);
	if (!store)
		return false;
	emit_map(&e, "plugin");
	add_parameters(&e, store, server);
	emit_close(&e);
	add_comments(m, of, w->at, &lines);
	migration_tell(of, "external cluster %.*s reads server %.*s of ObjectStore %.*s, as before",
		       STR_ARG(name), STR_ARG(server), STR_ARG(store->name));
	if (!str_eq(w->text->path, of->held->file->name))
		migration_tell(of, "it is written in %.*s", STR_ARG(w->text->path));
	return migration_edit_here(m, of, (struct edit){.kind = EDIT_REPLACE, .at = w->at},
				   buf_slice(&lines));
}

/* As it is applied by patches: each once, where it is written. False: one is refused. */
static bool find_sources(struct migrate *m, struct migration *of, struct obj root, struct buf *out)
{
	struct obj list = obj_at(root, "spec.externalClusters");

	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		const struct written *known = (const struct written *)(const void *)out->ptr;
		struct obj in_tree = obj_at(e, "barmanObjectStore");
		struct written w;
		bool is_new = true;

		if (!in_tree.node)
			continue;
		if (!texts_written(m, in_tree, &w) || !str_is(obj_key(w.at), "barmanObjectStore") ||
		    texts_closed(w.text) || !migration_is_written(w.parent, e)) {
			migration_need_written(m, of, of->held, "spec.externalClusters");
			return false;
		}
		for (size_t i = 0; i < out->len / sizeof w && is_new; i++)
			is_new = known[i].at.node != w.at.node;
		if (is_new)
			buf_add(out, &w, sizeof w);
	}
	return true;
}

static bool plan_sources(struct migrate *m, struct migration *of)
{
	struct obj here = obj_at(of->held->object.root, "spec.externalClusters");
	struct written w = {.text = texts_find(m, of->held->file->name),
			    .root = of->held->object.root};
	struct buf found = BUF_ARENA(m->arena);

	for (struct obj e = obj_first(here); e.node; e = obj_next(e)) {
		w.parent = e;
		w.at = obj_at(e, "barmanObjectStore");
		if (w.at.node && !plan_source(m, of, &w))
			return false;
	}
	for (const struct use *u = of->held->uses; u; u = u->next) {
		struct obj there = obj_at(u->object.root, "spec.externalClusters");

		if (!(here.node && migration_is_written(here, there)) &&
		    !find_sources(m, of, u->object.root, &found))
			return false;
	}
	const struct written *sources = (const struct written *)(const void *)found.ptr;
	for (size_t i = 0; i < found.len / sizeof *sources; i++)
		if (!plan_source(m, of, &sources[i]))
			return false;
	return true;
}

/* What is at hand. */
static bool plan_written(struct migrate *m, struct migration *of)
{
	return cluster_is_sound(m, of) && stored_find(m, of) &&
	       (!obj_at(of->backup, "barmanObjectStore").node || plan_archive(m, of));
}

void plan_cluster(struct migrate *m, struct migration *of)
{
	if (!is_plain(m, of))
		return;
	if (of->unplaced.len) {
		migration_refuse(m, of, "%.*s", STR_ARG(of->unplaced));
		return;
	}
	for (size_t i = 0; i < patches_len(of); i++) {
		patches_take(of, i);
		if (!plan_written(m, of))
			return;
	}
	if ((of->patched || plan_written(m, of)) && plan_sources(m, of) &&
	    leaves_change(m, of, &of->leaves))
		migration_commit(m, of);
}
