/* The ObjectStore that takes a configuration as it is written, comments too. */
#include "internal.h"

#include "cnpg/view.h"
#include "doc/emit.h"

bool store_reads(struct str variable)
{
	static const char *const prefixes[] = {"AWS_", "AZURE_", "GOOGLE_", "BOTO_"};
	static const char *const names[] = {"HTTP_PROXY",    "HTTPS_PROXY",
					    "NO_PROXY",	     "REQUESTS_CA_BUNDLE",
					    "SSL_CERT_FILE", "CURL_CA_BUNDLE"};

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_has_prefix(variable, str_from(prefixes[i])))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(variable, str_from(names[i])))
			return true;
	return false;
}

bool store_takes(struct obj from, struct obj into)
{
	size_t len = obj_len(from) - (obj_at(from, "serverName").node != NULL);

	for (struct obj m = obj_first(from); m.node; m = obj_next(m))
		if (!str_is(obj_key(m), "serverName") &&
		    !obj_equal(m, obj_member(into, obj_key(m))))
			return false;
	return obj_len(into) - (obj_at(into, "serverName").node != NULL) == len;
}

static bool is_planned(const struct migrate *m, struct str name)
{
	for (const struct migration *o = m->first; o; o = o->next)
		for (const struct store *s = o->stores; s; s = s->next)
			if (str_eq(s->name, name))
				return true;
	return false;
}

static bool is_taken(const struct migrate *m, const struct migration *of, struct str name)
{
	bool taken = is_planned(m, name);

	for (const struct use *u = of->held->uses; u && !taken; u = u->next) {
		struct view view = {.inventory = m->placed->inventory, .bundle = u->bundle};
		struct view_iter it =
			view_each(&view, REL_NAME, KIND_OBJECT_STORE, STR_EMPTY, name);

		taken = view_next(&it) != NULL;
	}
	return taken;
}

static struct str free_name(const struct migrate *m, const struct migration *of, struct str base)
{
	struct str name = arena_fmt(m->arena, "%.*s-store", STR_ARG(base));

	for (unsigned n = 2; is_taken(m, of, name); n++)
		name = arena_fmt(m->arena, "%.*s-store-%u", STR_ARG(base), n);
	return name;
}

/* A member in its lines; with `whole` those of the comments above it, in the same map, too. */
static struct pos lines_of_member(const struct migration *of, struct obj member, bool whole,
				  uint32_t above)
{
	struct pos lines = {.line = lines_above(of->at.text->bytes, member),
			    .end_line = obj_pos(member).end_line};

	for (uint32_t n = lines.line - 1; whole && n > above; n--) {
		struct str line = lines_line(of->at.text->bytes, n);

		if (lines_is_comment(line))
			lines.line = n;
		else if (str_trim(line).len)
			break;
	}
	return lines;
}

static void add_member(struct migrate *m, const struct migration *of, struct obj member,
		       struct pos lines, size_t to, struct buf *out)
{
	buf_str(out, lines_moved(m->arena, of->at.text->bytes, lines,
				 obj_key_pos(member).column - 1, to));
}

/* The comments above it; those above a source stay above that. */
static void add_above(struct migrate *m, const struct migration *of, struct obj configuration,
		      struct pos lines, struct buf *out)
{
	struct obj own = obj_at(of->backup, "barmanObjectStore");
	uint32_t key = obj_key_pos(configuration).line;

	if (lines.line >= key || configuration.node != own.node)
		return;
	lines.end_line = key - 1;
	add_member(m, of, configuration, lines, 2, out);
}

/* The members as they are written, from the line below the key to the last. False: they are not
 * written as lines of their own. */
static bool add_configuration(struct migrate *m, struct migration *of, struct obj configuration,
			      struct buf *out)
{
	struct obj first = obj_first(configuration);
	uint32_t key = obj_key_pos(configuration).line, last = obj_pos(configuration).end_line;
	struct pos lines;

	if (!first.node || obj_key_pos(first).line <= key ||
	    obj_key_pos(first).column <= obj_key_pos(configuration).column)
		return false;
	buf_fmt(out, "  configuration:%.*s\n",
		STR_ARG(lines_comment(of->at.text->bytes, configuration)));
	lines = (struct pos){.line = key + 1, .end_line = last};
	return members_write(m->arena, of->at.text->bytes, configuration, lines, 4, out);
}

/* It is read again as it was, and in a document of its own: what an alias stands for may be
 * written in other lines. */
static bool is_meant(const struct migrate *m, struct str document, struct obj configuration)
{
	struct doc_list docs;
	struct err err;

	return doc_read_yaml(m->arena, document, &docs, &err) && docs.len == 1 &&
	       store_takes(configuration, obj_at(doc_root(docs.docs[0]), "spec.configuration"));
}

/* Each value where an alias stood for it, or in braces. */
static bool add_resolved(struct migrate *m, struct migration *of, struct obj configuration,
			 struct buf *out)
{
	struct buf map = BUF_ARENA(m->arena);
	struct emit e = EMIT(&map);

	if (lines_has_comment(of->at.text->bytes, configuration)) {
		migration_refuse(
			m, of,
			"a comment in %.*s stands in braces, or beside an alias, and would be lost: write it above the key",
			STR_ARG(obj_key(configuration)));
		return false;
	}
	emit_map(&e, "configuration");
	for (struct obj c = obj_first(configuration); c.node; c = obj_next(c))
		if (!str_is(obj_key(c), "serverName"))
			emit_member(&e, obj_key(c), c);
	emit_close(&e);
	struct str lines = buf_slice(&map), line;
	while (str_split(&lines, '\n', &line) && line.len)
		buf_fmt(out, "  %.*s\n", STR_ARG(line));
	return true;
}

static void begin_env(struct buf *out, bool *begun)
{
	if (!*begun)
		buf_text(out, "  instanceSidecarConfiguration:\n    env:\n");
	*begun = true;
}

/* In its lines where those are all of it; else by its values, unless it has a comment. */
static bool add_entry(struct migrate *m, const struct migration *of, struct obj entry,
		      struct buf *out)
{
	struct str text = of->at.text->bytes, line = lines_line(text, obj_pos(entry).line);
	size_t dash = str_find_byte(line, '-');
	bool begins = dash != STR_NONE && !str_trim(str_slice(line, 0, dash)).len;
	struct str own = lines_moved(m->arena, text, obj_pos(entry), begins ? dash : 0, 0);
	struct buf value = BUF_ARENA(m->arena);
	struct emit e = EMIT(&value);
	struct doc_list docs;
	struct err err;

	if (begins && doc_read_yaml(m->arena, own, &docs, &err) && docs.len == 1 &&
	    obj_equal(obj_first(doc_root(docs.docs[0])), entry)) {
		buf_str(out, lines_moved(m->arena, text, obj_pos(entry), dash, 6));
		return true;
	}
	if (str_find_byte(own, '#') != STR_NONE)
		return false;
	emit_list(&e, "env");
	emit_value(&e, entry);
	emit_close(&e);
	struct str rest = buf_slice(&value);
	for (bool head = true; str_split(&rest, '\n', &line) && line.len; head = false)
		if (!head)
			buf_fmt(out, "    %.*s\n", STR_ARG(line));
	return true;
}

static bool add_env(struct migrate *m, struct migration *of, struct buf *out, bool *begun)
{
	struct obj env = obj_at(of->held->object.root, "spec.env");

	for (struct obj e = obj_first(env); e.node; e = obj_next(e)) {
		if (!store_reads(obj_text(e, "name")))
			continue;
		if (of->at.inside.node || !str_eq(doc_name(obj_source(e)), of->at.text->path)) {
			migration_refuse(
				m, of,
				"its archive is written in %.*s, and %.*s of spec.env, which the plugin's sidecar needs, is not: they are to be migrated by hand",
				STR_ARG(of->at.text->path), STR_ARG(obj_text(e, "name")));
			return false;
		}
		begin_env(out, begun);
		if (!add_entry(m, of, e, out)) {
			migration_refuse(
				m, of,
				"a comment stands in %.*s of spec.env, which is not written with an entry a line, and the plugin's sidecar needs its own copy: write it above the key",
				STR_ARG(obj_text(e, "name")));
			return false;
		}
		migration_tell(of, "copied to the sidecar: %.*s of spec.env",
			       STR_ARG(obj_text(e, "name")));
	}
	return true;
}

static bool has_env(const struct migration *of, const char *name)
{
	struct obj env = obj_at(of->held->object.root, "spec.env");

	for (struct obj e = obj_first(env); e.node; e = obj_next(e))
		if (str_is(obj_text(e, "name"), name))
			return true;
	return false;
}

static void add_checksums(struct migration *of, bool first, struct buf *out, bool *begun)
{
	static const char *const names[] = {"AWS_REQUEST_CHECKSUM_CALCULATION",
					    "AWS_RESPONSE_CHECKSUM_VALIDATION"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (first && has_env(of, names[i]))
			continue;
		begin_env(out, begun);
		buf_fmt(out, "      - name: %s\n        value: when_required\n", names[i]);
	}
	migration_tell(
		of,
		"%s and %s are when_required for it, since newer boto3 sends checksums that its endpoint may refuse",
		names[0], names[1]);
}

/* Of the sidecar, which has that of its own archive. */
static bool add_sidecar(struct migrate *m, struct migration *of, bool first, struct buf *out)
{
	bool begun = false;

	if (first && !add_env(m, of, out, &begun))
		return false;
	if (of->checksums)
		add_checksums(of, first, out, &begun);
	return true;
}

/* Of Argo CD and Flux: what says when it is applied, whether it is pruned, and whose it is. */
static bool is_of_gitops(struct str key)
{
	static const char *const keys[] = {
		"argocd.argoproj.io/sync-wave",	      "argocd.argoproj.io/sync-options",
		"argocd.argoproj.io/compare-options", "argocd.argoproj.io/hook",
		"argocd.argoproj.io/instance",	      "app.kubernetes.io/instance",
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(key, keys[i]))
			return true;
	return str_has_prefix(key, STR("kustomize.toolkit.fluxcd.io/"));
}

static void add_gitops(struct obj root, const char *field, struct emit *e)
{
	struct obj map = obj_at(obj_at(root, "metadata"), field);
	bool any = false;

	for (struct obj a = obj_first(map); a.node; a = obj_next(a)) {
		if (!is_of_gitops(obj_key(a)) || obj_type(a) != OBJ_STRING)
			continue;
		if (!any)
			emit_map(e, field);
		any = true;
		emit_member(e, obj_key(a), a);
	}
	if (any)
		emit_close(e);
}

static void begin_document(struct str name, struct obj root, struct buf *out)
{
	struct emit e = EMIT(out);
	struct str namespace = obj_text(root, "metadata.namespace");

	emit_text(&e, "apiVersion", STR("barmancloud.cnpg.io/v1"));
	emit_text(&e, "kind", STR("ObjectStore"));
	emit_map(&e, "metadata");
	emit_text(&e, "name", name);
	if (namespace.len)
		emit_text(&e, "namespace", namespace);
	add_gitops(root, "labels", &e);
	add_gitops(root, "annotations", &e);
	emit_close(&e);
	buf_text(out, "spec:\n");
}

static bool keeps_retention(const struct migrate *m, struct str document, struct obj retention)
{
	struct doc_list docs;
	struct err err;

	return doc_read_yaml(m->arena, document, &docs, &err) && docs.len == 1 &&
	       obj_equal(obj_at(doc_root(docs.docs[0]), "spec.retentionPolicy"), retention);
}

/* As it is written, unless that is an alias, or in braces. */
static void add_retention(struct migrate *m, const struct migration *of, struct obj retention,
			  struct pos lines, struct buf *out)
{
	struct buf value = BUF_ARENA(m->arena);
	struct emit e = EMIT(&value);
	size_t begin = out->len;

	add_member(m, of, retention, lines, 2, out);
	if (keeps_retention(m, buf_slice(out), retention))
		return;
	out->len = begin;
	emit_member(&e, obj_key(retention), retention);
	buf_fmt(out, "  %.*s", STR_ARG(buf_slice(&value)));
}

struct store *store_for(struct migrate *m, struct migration *of, struct obj configuration,
			struct str name, struct obj retention, bool whole)
{
	uint32_t above = obj_key_pos(of->backup).line;
	struct buf document = BUF_ARENA(m->arena);
	struct store **link = &of->stores;
	bool first = true; /* of its file */

	for (; *link; link = &(*link)->next) {
		if ((*link)->text != of->stored)
			continue;
		/* what patches make of the first is its own */
		if (!of->leaves.len && store_takes(configuration, (*link)->configuration) &&
		    !lines_has_comment(of->at.text->bytes, configuration))
			return *link;
		first = false;
	}
	struct store *s = ARENA_NEW(m->arena, struct store);
	*s = (struct store){.name = free_name(m, of, name),
			    .configuration = configuration,
			    .text = of->stored,
			    .like = of->at.text};
	begin_document(s->name, of->held->object.root, &document);
	add_above(m, of, configuration, lines_of_member(of, configuration, whole, above),
		  &document);
	size_t begin = document.len;
	if (!add_configuration(m, of, configuration, &document) ||
	    !is_meant(m, buf_slice(&document), configuration)) {
		document.len = begin;
		if (!add_resolved(m, of, configuration, &document))
			return NULL;
	}
	if (retention.node)
		add_retention(m, of, retention, lines_of_member(of, retention, whole, above),
			      &document);
	migration_tell(of, "new: ObjectStore %.*s", STR_ARG(s->name));
	if (!add_sidecar(m, of, first, &document))
		return NULL;
	s->document = buf_slice(&document);
	*link = s;
	return s;
}
