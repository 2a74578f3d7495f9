/* The replacements of a kustomization: api/filters/replacement of kustomize. */
#include "evaluate_internal.h"

#define PARTS 64 /* of a field path: LIMIT_DEPTH is beyond what objects of ours have */

/* A path of fields in parts: "spec", "0", "*", "[name=x]". */
struct route {
	struct str parts[PARTS];
	size_t len;
};

/* One replacement. */
struct replacing {
	struct evaluation *e;
	const struct kustomization *k;
	struct made *made;
	struct obj source; /* the value that is copied; absent: it is not known */
	struct str text;   /* of it, or the part that is meant */
	bool part;	   /* of it only a part is meant */
	/* of the target at hand */
	struct obj options;
	struct resource *to;
	size_t written;
};

/* The value at the end of a route, and how it is reached. */
struct spot {
	struct obj map; /* absent: it is a member of a list */
	struct str key;
	struct obj at;
};

static void add_part(struct route *r, struct str part)
{
	if (r->len < PARTS)
		r->parts[r->len++] = part;
}

/* "metadata.annotations.[a.b/c]": brackets keep dots together, and are of the part when it says
 * "name=value". A backslash keeps a dot too. */
static struct route split(struct arena *a, struct str path)
{
	struct buf part = BUF_ARENA(a);
	struct route r = {.len = 0};
	bool inside = false;

	for (size_t i = 0; i <= path.len; i++) {
		char c = i < path.len ? path.ptr[i] : '.';

		if (c == '\\' && i + 1 < path.len && path.ptr[i + 1] == '.') {
			buf_byte(&part, '.');
			i++;
			continue;
		}
		inside = (c == '[' && !part.len) || (inside && c != ']');
		if (c != '.' || (inside && i < path.len)) {
			buf_byte(&part, c);
			continue;
		}
		struct str text = buf_slice(&part);
		if (str_has_prefix(text, STR("[")) && str_has_suffix(text, STR("]")) &&
		    str_find_byte(text, '=') == STR_NONE)
			text = str_slice(text, 1, text.len - 1);
		add_part(&r, text);
		part = BUF_ARENA(a);
	}
	return r;
}

static bool is_number(struct str part, int64_t *out)
{
	return str_to_i64(part, out) && *out >= 0;
}

/* "[name=value]": the member has this text in it, as the regular expression that it is. */
static bool takes(struct str part, struct obj element)
{
	size_t equals = str_find_byte(part, '=');
	struct str key = str_slice(part, 1, equals),
		   value = str_slice(part, equals + 1, part.len - 1);
	struct obj found = key.len ? obj_member(element, key) : element;

	return str_contains(obj_text(found, ""), value);
}

static bool is_selector(struct str part)
{
	return str_has_prefix(part, STR("[")) && str_find_byte(part, '=') != STR_NONE;
}

static bool creates(const struct replacing *w)
{
	return obj_true(w->options, "create", false);
}

/* What a plain word means: 3 is a number, "3" would be text. */
static struct obj meaning(struct replacing *w)
{
	struct doc_list docs;
	struct err err;

	if (str_find_byte(w->text, '\n') != STR_NONE ||
	    !doc_read_yaml_within(w->e->arena, arena_str(w->e->arena, w->text), w->e->budget, &docs,
				  &err) ||
	    docs.len != 1)
		return (struct obj){0};
	struct obj root = doc_root(docs.docs[0]);
	return obj_type(root) == OBJ_NUMBER || obj_type(root) == OBJ_BOOL ? root : (struct obj){0};
}

/* The value becomes a part of what is there, when the options say so. */
static struct str joined(struct replacing *w, struct str old)
{
	struct str delimiter = obj_text(w->options, "delimiter"), rest = old;
	struct buf out = BUF_ARENA(w->e->arena);
	int64_t index = 0, i = 0;
	size_t end;

	(void)obj_int(w->options, "index", &index);
	if (!delimiter.len)
		return w->text;
	if (index < 0)
		buf_fmt(&out, "%.*s%.*s", STR_ARG(w->text), STR_ARG(delimiter));
	for (;; i++) {
		end = str_find(rest, delimiter);
		buf_str(&out, i == index ? w->text
					 : str_slice(rest, 0, end == STR_NONE ? rest.len : end));
		if (end == STR_NONE)
			break;
		buf_str(&out, delimiter);
		rest = str_slice(rest, end + delimiter.len, rest.len);
	}
	if (index > i)
		buf_fmt(&out, "%.*s%.*s", STR_ARG(delimiter), STR_ARG(w->text));
	return buf_slice(&out);
}

/* A scalar keeps its type; anything else becomes what the source is. */
static bool fill(struct replacing *w, const struct spot *s)
{
	enum obj_type type = obj_type(s->at);
	struct render *render = w->to->render;
	struct str old = obj_text(s->at, "");
	struct obj typed = type != OBJ_STRING ? meaning(w) : (struct obj){0};
	struct err err;

	if (!w->part && obj_type(w->source) >= OBJ_LIST)
		return s->map.node && render_put(render, s->map, s->key, w->source, &err);
	if (typed.node && type < OBJ_LIST && s->map.node) {
		if (!render_put(render, s->map, s->key, typed, &err))
			return false;
		render_move(render, obj_member(s->map, s->key), w->source);
		return true;
	}
	if (s->map.node)
		return render_put_text(render, s->map, s->key, joined(w, old), w->source, &err);
	render_text(render, s->at, joined(w, old), w->source);
	return true;
}

static bool write(struct replacing *w, const struct spot *s)
{
	w->written++;
	if (!fill(w, s))
		return false;
	if (s->map.node && s->at.node)
		render_filled(obj_member(s->map, s->key), s->at);
	return true;
}

static bool walk(struct replacing *w, const struct route *r, size_t i, struct spot s);

/* An element of a list that kustomize would make is not made here. */
static bool walk_nobody(struct replacing *w, struct str part)
{
	if (!is_selector(part) || !creates(w))
		return true;
	w->written++;
	resource_doubt(w->to);
	return true;
}

static bool walk_list(struct replacing *w, const struct route *r, size_t i, struct obj list)
{
	struct str part = r->parts[i];
	int64_t wanted, index = 0;
	bool numbered = is_number(part, &wanted), taken = false;

	if (obj_type(list) != OBJ_LIST || (!numbered && !is_selector(part) && !str_is(part, "*")))
		return true;
	for (struct obj e = obj_first(list), next; e.node; e = next, index++) {
		next = obj_next(e);
		if (numbered ? index != wanted : is_selector(part) && !takes(part, e))
			continue;
		taken = true;
		if (!walk(w, r, i + 1, (struct spot){.at = e}))
			return false;
	}
	return taken || walk_nobody(w, part);
}

/* A part of the route that is not there is made, when the options say so. */
static bool walk_field(struct replacing *w, const struct route *r, size_t i, struct obj map)
{
	struct spot below = {map, r->parts[i], obj_member(map, r->parts[i])};
	bool last = i + 1 == r->len;
	struct err err;

	if (obj_type(map) != OBJ_MAP)
		return true;
	if (!below.at.node && !creates(w))
		return true;
	if (!below.at.node && !last &&
	    !render_open(w->to->render, map, below.key, w->source, &below.at, &err))
		return false;
	return walk(w, r, i + 1, below);
}

static bool walk(struct replacing *w, const struct route *r, size_t i, struct spot s)
{
	int64_t number;

	if (i == r->len)
		return write(w, &s);
	if (is_selector(r->parts[i]) || str_is(r->parts[i], "*") ||
	    (obj_type(s.at) == OBJ_LIST && is_number(r->parts[i], &number)))
		return walk_list(w, r, i, s.at);
	return walk_field(w, r, i, s.at);
}

static void write_field(struct replacing *w, struct obj field)
{
	struct str path = field.node ? obj_text(field, "") : STR("metadata.name");
	struct route r = split(w->e->scratch, path);
	struct spot root = {.at = w->to->object.root};

	w->written = 0;
	if (!walk(w, &r, 0, root))
		resource_doubt(w->to);
	else if (!w->written)
		evaluate_refuse(
			w->e, w->k, field,
			"%.*s '%.*s' has no field '%.*s' to put this in: kustomize builds nothing",
			STR_ARG(w->to->object.kind_name), STR_ARG(w->to->object.name),
			STR_ARG(path));
}

/* In exact words, unlike the target of a patch; of the names that it has and had. */
static bool is_selected(struct obj selector, const struct resource *r)
{
	struct str group = obj_text(selector, "group"), version = obj_text(selector, "version");
	struct str kind = obj_text(selector, "kind"), name = obj_text(selector, "name");
	struct str namespace = obj_text(selector, "namespace");
	const struct object *o = &r->object;
	bool called = (!name.len || str_eq(name, o->name)) &&
		      (!namespace.len || str_eq(namespace, resource_namespace(o->namespace)));

	for (const struct former *f = r->former; f && !called; f = f->next)
		called = (!name.len || str_eq(name, f->name)) &&
			 (!namespace.len || str_eq(namespace, f->namespace));
	return called && (!kind.len || str_eq(kind, o->kind_name)) &&
	       (!group.len || str_eq(group, resource_group(o->api_version))) &&
	       (!version.len || str_eq(version, resource_version(o->api_version)));
}

static bool is_rejected(struct obj rejects, const struct resource *r)
{
	for (struct obj e = obj_first(rejects); e.node; e = obj_next(e)) {
		bool labelled =
			obj_text(e, "labelSelector").len || obj_text(e, "annotationSelector").len;
		bool named = obj_text(e, "kind").len || obj_text(e, "name").len ||
			     obj_text(e, "namespace").len || obj_text(e, "group").len ||
			     obj_text(e, "version").len;

		if ((labelled && target_labelled(e, r)) || (named && is_selected(e, r)))
			return true;
	}
	return false;
}

static void write_target(struct replacing *w, struct obj target, struct resource *r)
{
	struct obj fields = obj_at(target, "fieldPaths");

	if (!r->object.root.node || !resource_open(w->e, r))
		return;
	if (!w->source.node) {
		resource_doubt(r);
		return;
	}
	w->to = r;
	w->options = obj_at(target, "options");
	if (!obj_len(fields))
		write_field(w, (struct obj){0});
	for (struct obj f = obj_first(fields); f.node; f = obj_next(f))
		write_field(w, f);
	resource_reread(r);
}

static void write_targets(struct replacing *w, struct obj targets)
{
	for (struct obj t = obj_first(targets); t.node; t = obj_next(t)) {
		struct obj select = obj_at(t, "select");

		for (struct resource *r = w->made->first; r; r = r->next)
			if (is_selected(select, r) && target_labelled(select, r) &&
			    !is_rejected(obj_at(t, "reject"), r))
				write_target(w, t, r);
	}
	made_sweep(w->made);
}

static struct obj look_up(struct evaluation *e, struct obj root, struct str path)
{
	struct route r = split(e->scratch, path);
	struct obj at = root;

	for (size_t i = 0; i < r.len && at.node; i++) {
		int64_t number;
		struct obj next = {0};

		if (obj_type(at) != OBJ_LIST) {
			at = obj_member(at, r.parts[i]);
			continue;
		}
		bool numbered = is_number(r.parts[i], &number);
		for (struct obj m = obj_first(at); m.node && !next.node; m = obj_next(m))
			if (numbered ? !number-- : is_selector(r.parts[i]) && takes(r.parts[i], m))
				next = m;
		at = next;
	}
	return at;
}

/* Of the text the part that the options name. */
static bool refine(struct replacing *w, struct obj options)
{
	struct str delimiter = obj_text(options, "delimiter"), rest = w->text;
	int64_t index = 0;

	if (!delimiter.len)
		return true;
	(void)obj_int(options, "index", &index);
	w->part = true;
	for (size_t end; index > 0; index--) {
		end = str_find(rest, delimiter);
		if (end == STR_NONE)
			return false;
		rest = str_slice(rest, end + delimiter.len, rest.len);
	}
	size_t end = str_find(rest, delimiter);
	w->text = str_slice(rest, 0, end == STR_NONE ? rest.len : end);
	return index == 0;
}

static struct str text_of(struct evaluation *e, struct obj value)
{
	struct buf out = BUF_ARENA(e->arena);
	int64_t number;
	bool truth;

	if (obj_int(value, "", &number) == OBJ_SET)
		buf_fmt(&out, "%lld", (long long)number);
	else if (obj_bool(value, "", &truth) == OBJ_SET)
		buf_text(&out, truth ? "true" : "false");
	else
		return obj_text(value, "");
	return buf_slice(&out);
}

/* False: it is told, or cannot be known. */
static bool find_source(struct replacing *w, struct obj selector)
{
	struct obj path = obj_at(selector, "fieldPath");
	struct resource *found = NULL;

	for (struct resource *r = w->made->first; r; r = r->next) {
		if (!is_selected(selector, r))
			continue;
		if (found) {
			evaluate_refuse(
				w->e, w->k, selector,
				"several objects are selected as the source: kustomize builds nothing");
			return false;
		}
		found = r;
	}
	if (!found && !(w->made->doubts & (MADE_PARTIAL | MADE_CHARTS)))
		evaluate_refuse(w->e, w->k, selector,
				"no object is selected as the source: kustomize builds nothing");
	if (!found || !resource_open(w->e, found) || found->object.part)
		return false;
	struct str field = path.node ? obj_text(path, "") : STR("metadata.name");
	w->source = look_up(w->e, found->object.root, field);
	if (!w->source.node && found->held)
		evaluate_refuse(w->e, w->k, path.node ? path : selector,
				"%.*s '%.*s' has no field '%.*s': kustomize builds nothing",
				STR_ARG(found->object.kind_name), STR_ARG(found->object.name),
				STR_ARG(field));
	w->text = text_of(w->e, w->source);
	if (w->source.node && !refine(w, obj_at(selector, "options")))
		w->source = (struct obj){0};
	return w->source.node;
}

static void replace(struct evaluation *e, const struct kustomization *k, struct made *m,
		    struct obj replacement)
{
	struct replacing w = {.e = e, .k = k, .made = m};
	struct obj value = obj_at(replacement, "sourceValue");
	struct obj source = obj_at(replacement, "source");

	if (value.node) {
		w.source = value;
		w.text = obj_text(value, "");
	} else if (!source.node || !find_source(&w, source)) {
		w.source = (struct obj){0};
	}
	write_targets(&w, obj_at(replacement, "targets"));
}

static void replace_of_file(struct evaluation *e, const struct kustomization *k, struct made *m,
			    struct obj at)
{
	struct doc_list docs;
	struct str name;

	if (!evaluate_documents(e, k, at, &docs, &name) || !docs.len)
		return;
	struct obj root = doc_root(docs.docs[0]);
	if (obj_type(root) == OBJ_MAP)
		replace(e, k, m, root);
	for (struct obj r = obj_first(root); obj_type(root) == OBJ_LIST && r.node; r = obj_next(r))
		replace(e, k, m, r);
}

void evaluate_replacements(struct evaluation *e, const struct kustomization *k, struct made *m)
{
	struct obj list = obj_at(k->root, "replacements");

	for (struct obj r = obj_first(list); r.node; r = obj_next(r)) {
		struct obj path = obj_at(r, "path");

		if (obj_text(path, "").len)
			replace_of_file(e, k, m, path);
		else
			replace(e, k, m, r);
	}
}
