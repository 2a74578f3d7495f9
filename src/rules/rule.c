#include "rules/rule.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct finding *findings_append(struct findings *all, struct arena *a)
{
	if (all->len == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 8;
		struct finding *grown = ARENA_ARRAY(a, struct finding, cap);

		if (all->len)
			memcpy(grown, all->items, all->len * sizeof *grown);
		all->items = grown;
		all->cap = cap;
	}
	return &all->items[all->len++];
}

/* The deepest part of `path` below `at` that is there, and the next one, that is not. */
static struct obj deepest(struct obj at, struct str path, struct str *missing)
{
	struct str rest = path;

	*missing = STR_EMPTY;
	while (path.len && str_split(&rest, '.', missing)) {
		struct obj next = obj_member(at, *missing);

		if (!next.node)
			break;
		at = next;
	}
	return at;
}

/* Where a person looks: at the value; at its key when the value is a block that begins below it. */
static struct pos place(struct obj value)
{
	struct pos at = obj_pos(value), key = obj_key_pos(value);

	return key.line && key.line != at.line ? key : at;
}

/* What is absent can only be shown by what should hold it: by its key, if it has one. */
static struct pos place_of_absent(struct obj parent)
{
	struct pos key = obj_key_pos(parent);

	return key.line ? key : obj_pos(parent);
}

/* A prefix of a name, say, is another value than the name. */
static bool is_written_whole(struct obj at)
{
	struct str line = doc_line(obj_source(at), obj_pos(at).line);

	return obj_type(at) != OBJ_STRING || str_contains(line, obj_text(at, ""));
}

/* A value that was filled in from elsewhere has two places. Of a reference, and where a replacement
 * takes the name of an object, the one that uses it is wrong: the value is right by itself. */
static struct obj choose_place(struct finding *f, struct obj at)
{
	struct obj use = obj_filled(at);

	if (!use.node || !obj_pos(use).line)
		return at;
	f->by_reference = (f->rule && f->rule->scope == SCOPE_REFERENCE) ||
			  str_is(obj_key_written(at), "name");
	f->other = f->by_reference ? at : use;
	return f->by_reference ? use : at;
}

/* Whoever wrote it: the object's own file, or a patch. */
static void set_place(struct finding *f, struct obj value)
{
	struct obj at = choose_place(f, value);

	f->pos = place(at);
	f->source = obj_source(at);
	if (f->source != at.doc && is_written_whole(at) &&
	    !str_eq(obj_key_written(at), obj_key(at)))
		f->written = obj_key_written(at);
}

/* Where a patch took it away, or else what should hold it. */
static void set_place_of_absent(struct finding *f, struct obj parent, struct str missing)
{
	struct obj by = obj_removed_by(parent, missing);

	f->pos = by.node ? place(by) : place_of_absent(parent);
	f->source = obj_source(by.node ? by : parent);
	if (by.node)
		f->removed = missing;
}

/* What is said of a list as a whole is said of what it has lost, too. */
static void set_place_of_list(struct finding *f, struct obj list)
{
	struct obj by = obj_removed_by(list, STR_EMPTY);

	set_place(f, by.node ? by : list);
	f->written = by.node ? STR_EMPTY : f->written;
}

static void find_place(struct finding *f, struct obj at, const char *path)
{
	struct obj value = obj_at(at, path);
	struct str missing;

	if (obj_type(value) == OBJ_LIST)
		set_place_of_list(f, value);
	else if (value.node)
		set_place(f, value);
	else
		set_place_of_absent(f, deepest(at, str_from(path), &missing), missing);
}

/* "schedule: x" under the key where it stands: "value: x". A quoted key is the same key. */
static struct str under_written_key(struct arena *a, const struct finding *f, struct str fix)
{
	size_t colon = str_find(fix, STR(": "));
	struct str key = str_slice(fix, 0, colon), own = f->written;

	if (own.len > 1 && strchr("'\"", own.ptr[0]))
		own = str_slice(own, 1, own.len - 1);
	if (colon == STR_NONE || !str_has_suffix(f->path, key) || str_eq(own, key))
		return fix;
	struct str value = str_slice(fix, colon + 2, fix.len);
	bool is_word = str_is(value, "true") || str_is(value, "false");
	/* variables of Flux are texts; the value of a JSON patch has its type */
	const char *quote = is_word && !str_is(own, "value") ? "\"" : "";
	return arena_fmt(a, "%.*s: %s%.*s%s", STR_ARG(f->written), quote, STR_ARG(value), quote);
}

/* The limit is a rule's own, so that no rule can silence another. */
static bool is_full(const struct findings *all, const struct rule *rule)
{
	size_t from = all->len;

	while (from && all->items[from - 1].rule == rule)
		from--;
	return all->len - from >= LIMIT_FINDINGS;
}

/* What is not kept costs nothing: no path, no text. */
static struct finding *drop(const struct rule_ctx *c)
{
	c->out->dropped++;
	if (!c->out->beyond)
		c->out->beyond = ARENA_NEW(c->arena, struct finding);
	return c->out->beyond;
}

/* What a value makes longer is cut, and never there as a whole. */
PRINTF(2, 0)
static struct str sentence(struct arena *a, const char *fmt, va_list args)
{
	char text[LIMIT_SENTENCE_BYTES + 2];
	int len = vsnprintf(text, sizeof text, fmt, args);

	BUG_IF(len < 0);
	if ((size_t)len <= LIMIT_SENTENCE_BYTES)
		return arena_str(a, (struct str){text, (size_t)len});
	struct str cut = utf8_cut((struct str){text, sizeof text - 1}, LIMIT_SENTENCE_BYTES);
	return arena_fmt(a, "%.*s…", STR_ARG(cut));
}

struct finding *finding_add(const struct rule_ctx *c, struct obj at, const char *path,
			    const char *fmt, ...)
{
	struct finding *f;
	struct buf text = BUF_ARENA(c->arena);
	struct obj value = obj_at(at, path);
	va_list args;

	if (is_full(c->out, c->rule))
		return drop(c);
	f = findings_append(c->out, c->arena);
	*f = (struct finding){.rule = c->rule,
			      .severity = c->rule->severity,
			      .scope = c->rule->scope,
			      .most = SEV_DENY};
	obj_path(c->root, at, &text);
	if (*path)
		buf_fmt(&text, "%s%s", text.len ? "." : "", path);
	f->path = buf_slice(&text);
	find_place(f, at, path);
	if (obj_type(value) == OBJ_STRING)
		f->subject = obj_text(value, "");
	va_start(args, fmt);
	f->message = sentence(c->arena, fmt, args);
	va_end(args);
	return f;
}

/* The file of the object itself, of which a patch changes a part. */
static const struct doc *own_file(struct obj o)
{
	return obj_source(doc_root(o.doc));
}

void finding_because(const struct rule_ctx *c, struct finding *f, struct obj at, const char *path)
{
	struct finding cause = {.removed = STR_EMPTY};

	if (!at.node || f == c->out->beyond || f->source != own_file(c->root))
		return;
	find_place(&cause, at, path);
	if (cause.source == own_file(at))
		return;
	f->pos = cause.pos;
	f->source = cause.source;
	f->removed = cause.removed;
	f->written = STR_EMPTY;
	f->other = (struct obj){0};
}

void finding_effect(const struct rule_ctx *c, struct finding *f, const char *fmt, ...)
{
	va_list args;

	if (f == c->out->beyond)
		return;
	va_start(args, fmt);
	f->effect = sentence(c->arena, fmt, args);
	va_end(args);
}

/* A file that is JSON, or begins as such: a JSON value is YAML in any case. */
static bool is_json(const struct doc *doc)
{
	return str_has_prefix(str_trim(doc_line(doc, 1)), STR("{"));
}

/* "key: value" as a member of a JSON object; false for what is no such line but words. */
static bool member_as_json(struct arena *a, struct str line, struct buf *out)
{
	size_t colon = str_find(line, STR(": "));
	struct str key = str_slice(line, 0, colon);
	struct doc_list docs;
	struct err err;

	if (colon == STR_NONE || colon + 2 >= line.len || str_find_byte(key, ' ') != STR_NONE)
		return false;
	bool plain = !strchr("'\"{[", line.ptr[colon + 2]);
	if (plain && str_find_byte(str_slice(line, colon + 2, line.len), ' ') != STR_NONE)
		return false;
	if (!doc_read_yaml(a, line, &docs, &err) || docs.len != 1 ||
	    obj_len(doc_root(docs.docs[0])) != 1)
		return false;
	struct json j = JSON(out);
	json_str(&j, key);
	buf_text(out, ": ");
	j.comma = false;
	obj_json(obj_first(doc_root(docs.docs[0])), &j);
	return true;
}

/* "key: value - words", "key: value - and other: value"; else `fix` as it is. */
static struct str fix_as_json(struct arena *a, struct str fix)
{
	const struct str and = STR(" - and ");
	size_t dash = str_find(fix, STR(" - "));
	struct str words = str_slice(fix, dash == STR_NONE ? fix.len : dash, fix.len);
	struct buf out = BUF_ARENA(a);

	if (!member_as_json(a, str_slice(fix, 0, fix.len - words.len), &out))
		return fix;
	size_t end = out.len;
	buf_str(&out, and);
	if (!str_has_prefix(words, and) ||
	    !member_as_json(a, str_slice(words, and.len, words.len), &out)) {
		out.len = end;
		buf_str(&out, words);
	}
	return buf_slice(&out);
}

/* The other place of a value that was filled in. */
static struct str name_other(struct arena *a, const struct finding *f)
{
	const char *dash = str_find(f->fix, STR(" - ")) == STR_NONE ? " - " : "; ";

	return arena_fmt(a, "%.*s%s%s %.*s:%u", STR_ARG(f->fix), dash,
			 f->by_reference ? "the value comes from" : "this value is used at",
			 STR_ARG(doc_name(obj_source(f->other))), obj_pos(f->other).line);
}

void finding_fix(const struct rule_ctx *c, struct finding *f, const char *fmt, ...)
{
	va_list args;

	if (f == c->out->beyond)
		return;
	va_start(args, fmt);
	f->fix = sentence(c->arena, fmt, args);
	va_end(args);
	if (f->written.len)
		f->fix = under_written_key(c->arena, f, f->fix);
	if (c->object->manifest && f->source && is_json(f->source))
		f->fix = fix_as_json(c->arena, f->fix);
	if (f->other.node)
		f->fix = name_other(c->arena, f);
	if (f->removed.len)
		f->fix = arena_fmt(c->arena, "do not remove %.*s here - or %.*s",
				   STR_ARG(f->removed), STR_ARG(f->fix));
}

void finding_edit(const struct rule_ctx *c, struct finding *f, struct edit edit)
{
	struct edit **link = &f->edits;

	if (f == c->out->beyond)
		return;
	while (*link)
		link = &(*link)->next;
	*link = ARENA_NEW(c->arena, struct edit);
	**link = edit;
	(*link)->root = c->root;
}

void finding_at_most(struct finding *f, enum severity s)
{
	if (s < f->most)
		f->most = s;
}

void finding_unsure(struct finding *f, enum severity s)
{
	finding_at_most(f, s);
	f->unsure = true;
}

void finding_at_least(struct finding *f, enum severity s)
{
	if (s > f->least)
		f->least = s;
}

void finding_confidential(struct finding *f)
{
	f->confidential = true;
	f->subject = STR_EMPTY;
}

void finding_subject(const struct rule_ctx *c, struct finding *f, struct str subject)
{
	f->subject = arena_str(c->arena, subject);
}

void finding_scope(struct finding *f, enum scope s)
{
	BUG_IF(f->rule->scope == SCOPE_OBJECT && !f->rule->helped);
	f->scope = s;
}

void finding_absent(const struct rule_ctx *c, struct finding *f, enum kind kind,
		    struct str namespace)
{
	f->scope = SCOPE_REFERENCE;
	if (view_knows(c->view, kind, namespace) == KNOWN_NOTHING)
		finding_unsure(f, kind == KIND_SECRET ? SEV_INFO : SEV_WARN);
}
