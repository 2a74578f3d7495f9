#include "cure.h"

#include "base/arena.h"
#include "rules/rule.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 5 /* one remedy may make another possible, as in src/check/fix.c */

struct seen {
	size_t object; /* the how-manieth that was judged */
	struct obj root;
	struct finding finding;
};

struct seeing {
	size_t objects;
	struct seen items[2000];
	size_t len;
};

static void see(void *ctx, const struct object *object, const struct verdict *verdict)
{
	struct seeing *s = ctx;

	for (size_t i = 0; i < verdict->findings.len && s->len < ARRAY_LEN(s->items); i++)
		s->items[s->len++] =
			(struct seen){s->objects, object->root, verdict->findings.items[i]};
	s->objects++;
}

/* NULL when it is no longer YAML. */
static struct seeing *judge(const struct scene *scene, struct str text, struct doc_list *docs)
{
	struct seeing *s = ARENA_NEW(scene->arena, struct seeing);
	struct err err;

	if (!doc_read_yaml(scene->arena, text, docs, &err))
		return NULL;
	scene_judge(scene, docs, see, s);
	return s;
}

static bool holds(const struct seeing *s, const struct seen *like, bool denied)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->items[i].object == like->object &&
		    s->items[i].finding.rule == like->finding.rule &&
		    (!denied || s->items[i].finding.severity == SEV_DENY) &&
		    str_eq(s->items[i].finding.path, like->finding.path))
			return true;
	return false;
}

/* ---- a printed remedy, done by hand */

/* The member of `o` that a path as findings have it names next; the rest of the path stays. */
static struct obj step(struct obj o, struct str *path)
{
	bool index = str_has_prefix(*path, STR("["));
	size_t end = index;
	int64_t n;

	while (end < path->len && path->ptr[end] != '[' && (index || path->ptr[end] != '.') &&
	       path->ptr[end] != ']')
		end++;
	struct str name = str_slice(*path, index, end);
	end += index;
	end += end < path->len && path->ptr[end] == '.';
	*path = str_slice(*path, end, path->len);
	if (obj_type(o) != OBJ_LIST || !str_to_i64(name, &n))
		return obj_member(o, name);
	struct obj e = obj_first(o);
	for (; e.node && n > 0; n--)
		e = obj_next(e);
	return e;
}

static size_t offset_of(struct str text, struct pos pos)
{
	size_t at = 0;

	for (unsigned line = 1; line < pos.line; line++) {
		while (at < text.len && text.ptr[at] != '\n')
			at++;
		at++;
	}
	return at + pos.column - 1;
}

/* Behind the scalar that begins at `at`. */
static size_t end_of(struct str text, size_t at, bool flow)
{
	char quote = text.ptr[at];

	if (quote == '"' || quote == '\'') {
		for (at++; at < text.len && text.ptr[at] != quote;)
			at += quote == '"' && text.ptr[at] == '\\' ? 2 : 1;
		return at + 1;
	}
	while (at < text.len && text.ptr[at] != '\n' &&
	       !(text.ptr[at] == '#' && text.ptr[at - 1] == ' ') &&
	       !(flow && strchr(",}]", text.ptr[at])))
		at++;
	return at;
}

static bool is_in_flow(struct str text, size_t at)
{
	int depth = 0;

	while (at > 0 && text.ptr[at - 1] != '\n') {
		at--;
		depth += (text.ptr[at] == '{') - (text.ptr[at] == '}');
	}
	return depth > 0;
}

/* "key: value", with nothing but a word before the colon. */
static bool read_line(struct str line, struct str *key, struct str *value)
{
	size_t at = str_find(line, STR(": "));

	if (at == STR_NONE || at == 0)
		return false;
	*key = str_slice(line, 0, at);
	*value = str_slice(line, at + 2, line.len);
	for (size_t i = 0; i < key->len; i++)
		if (strchr(" {[<'\"", key->ptr[i]))
			return false;
	return value->len != 0;
}

/* What a remedy cannot know, and what it says of another place. */
static bool is_open(struct str fix)
{
	static const char *const signs[] = {
		"<", "HOST", "BUCKET", "${", " - directly below ", " - in spec of "};

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (str_contains(fix, str_from(signs[i])))
			return true;
	return false;
}

static bool is_last_of(struct str path, struct str key)
{
	return str_has_suffix(path, key) &&
	       (path.len == key.len || path.ptr[path.len - key.len - 1] == '.');
}

static struct str splice(struct arena *a, struct str text, size_t from, size_t to, struct str new)
{
	return arena_fmt(a, "%.*s%.*s%.*s", (int)from, text.ptr, STR_ARG(new), (int)(text.len - to),
			 text.ptr + to);
}

/* The scalar member of `map` gets the value; one that is absent becomes the first. */
static bool set_member(struct arena *a, struct obj map, struct str key, struct str value,
		       struct str *text)
{
	struct obj at = obj_member(map, key), first = obj_first(map);
	size_t from;

	if (!first.node || obj_type(map) != OBJ_MAP || !obj_key_pos(first).line)
		return false;
	if (obj_type(at) == OBJ_NULL_VALUE) {
		from = offset_of(*text, obj_key_pos(at)) + key.len + 1;
		*text = splice(a, *text, from, end_of(*text, from, is_in_flow(*text, from)),
			       arena_fmt(a, " %.*s", STR_ARG(value)));
		return true;
	}
	if (at.node) {
		from = offset_of(*text, obj_pos(at));
		if (obj_type(at) == OBJ_LIST || obj_type(at) == OBJ_MAP || from >= text->len ||
		    strchr("|>*&!", text->ptr[from]))
			return false;
		*text = splice(a, *text, from, end_of(*text, from, is_in_flow(*text, from)), value);
		return true;
	}
	from = offset_of(*text, obj_key_pos(first));
	struct str line = arena_fmt(a, "%.*s: %.*s", STR_ARG(key), STR_ARG(value));
	if (is_in_flow(*text, from))
		line = arena_fmt(a, "%.*s, ", STR_ARG(line));
	else
		line = arena_fmt(a, "%.*s\n%*s", STR_ARG(line), (int)obj_key_pos(first).column - 1,
				 "");
	*text = splice(a, *text, from, from, line);
	return true;
}

/* The map in which the finding's path ends; no node where that is not there. */
static struct obj parent_of(const struct seen *seen)
{
	struct str rest = seen->finding.path;
	struct obj parent = {0}, at = seen->root;

	while (rest.len && at.node) {
		parent = at;
		at = step(at, &rest);
	}
	return rest.len ? (struct obj){0} : parent;
}

/* "key: value - and other: value". False where it cannot be done at this place by these alone. What
 * stands further down is written first, so that the places of the other stay true. */
static bool by_hand(const struct scene *scene, struct str text, const struct seen *seen,
		    struct str *out)
{
	struct str fix = seen->finding.fix, key, value, other, then;
	size_t dash = str_find(fix, STR(" - "));
	struct str line = str_slice(fix, 0, dash == STR_NONE ? fix.len : dash);
	struct str more = str_slice(fix, dash == STR_NONE ? fix.len : dash, fix.len);
	struct obj parent = parent_of(seen);
	const struct str and = STR(" - and ");

	if (is_open(fix) || !read_line(line, &key, &value) ||
	    !is_last_of(seen->finding.path, key) || !parent.node)
		return false;
	*out = text;
	if (!str_has_prefix(more, and) ||
	    !read_line(str_slice(more, and.len, more.len), &other, &then))
		return set_member(scene->arena, parent, key, value, out);
	struct obj at = obj_member(parent, key), beside = obj_member(parent, other);
	bool is_after = beside.node && (!at.node || obj_pos(beside).line > obj_pos(at).line);
	if (is_after)
		return set_member(scene->arena, parent, other, then, out) &&
		       set_member(scene->arena, parent, key, value, out);
	return set_member(scene->arena, parent, key, value, out) &&
	       set_member(scene->arena, parent, other, then, out);
}

/* ---- the property */

struct trial {
	struct cure *cure;
	const struct scene *scene;
	struct str name, text;
	const struct seeing *before;
};

static void compare(const struct trial *t, const struct seen *seen, struct str text,
		    const char *how)
{
	struct doc_list docs;
	const struct seeing *after = judge(t->scene, text, &docs);
	struct buf *out = &t->cure->complaint;
	const struct finding *f = &seen->finding;

	if (!after) {
		buf_fmt(out, "%.*s: %s [%s] %.*s: is no YAML then\n", STR_ARG(t->name), how,
			f->rule->id, STR_ARG(f->fix));
		return;
	}
	if (holds(after, seen, false))
		buf_fmt(out, "%.*s: %s [%s] %.*s: does not cure\n", STR_ARG(t->name), how,
			f->rule->id, STR_ARG(f->fix));
	for (size_t i = 0; i < after->len; i++)
		if (after->items[i].finding.severity == SEV_DENY &&
		    !holds(t->before, &after->items[i], true))
			buf_fmt(out, "%.*s: %s [%s] %.*s: gives [%s] %.*s\n", STR_ARG(t->name), how,
				f->rule->id, STR_ARG(f->fix), after->items[i].finding.rule->id,
				STR_ARG(after->items[i].finding.message));
}

static struct str edited(struct arena *a, struct str text, const struct doc_list *docs,
			 const struct seen *seen)
{
	struct edit_group group = {.edits = seen->finding.edits};

	return edit_apply(a, text, docs, &group, 1);
}

/* All at once, again and again: at the end nothing is left to change. */
static void settle(const struct trial *t)
{
	struct str text = t->text;

	for (size_t round = 0; round < ROUNDS; round++) {
		struct doc_list docs;
		const struct seeing *s = judge(t->scene, text, &docs);
		struct edit_group groups[100] = {{0}};
		size_t len = 0;

		for (size_t i = 0; s && i < s->len && len < ARRAY_LEN(groups); i++)
			if (s->items[i].finding.edits)
				groups[len++].edits = s->items[i].finding.edits;
		struct str next = s ? edit_apply(t->scene->arena, text, &docs, groups, len) : text;
		if (str_eq(next, text))
			return;
		text = next;
	}
	buf_fmt(&t->cure->complaint, "%.*s: --fix does not come to an end\n", STR_ARG(t->name));
}

void cure_try(struct cure *cure, const struct scene *scene, struct str name, struct str text,
	      const char *rule)
{
	struct doc_list docs;
	const struct seeing *before = judge(scene, text, &docs);
	struct trial t = {cure, scene, name, text, before};
	struct str then;

	for (size_t i = 0; before && i < before->len; i++) {
		const struct seen *seen = &before->items[i];

		if (strcmp(seen->finding.rule->id, rule) != 0)
			continue;
		if (seen->finding.edits) {
			then = edited(scene->arena, text, &docs, seen);
			if (str_eq(then, text))
				continue; /* the way it is written does not allow it */
			cure->edited++;
			compare(&t, seen, then, "--fix");
		} else if (by_hand(scene, text, seen, &then)) {
			cure->printed++;
			compare(&t, seen, then, "by hand");
		}
	}
	settle(&t);
}
