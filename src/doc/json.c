#include "doc/doc.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "base/limits.h"
#include "scan.h"
#include "tree.h"

/* cJSON's hooks belong to the process and get no context: the arena of the thread's parse. */
static _Thread_local struct arena *current;
static pthread_once_t hooks_set = PTHREAD_ONCE_INIT;

static void *allocate(size_t size)
{
	return arena_alloc_raw(current, size);
}

static void release(void *piece)
{
	(void)piece;
}

static void set_hooks(void)
{
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = allocate, .free_fn = release});
}

static struct cJSON *parse(struct arena *a, struct str bytes)
{
	pthread_once(&hooks_set, set_hooks);
	current = a;
	struct cJSON *root = cJSON_ParseWithLengthOpts(bytes.ptr, bytes.len, NULL, 0);
	current = NULL;
	return root;
}

/* The node after `node` in the order of the text; `trail` holds the nodes around it. */
static struct cJSON *next_node(struct cJSON *node, struct cJSON **trail, size_t *depth)
{
	if (node->child) {
		trail[(*depth)++] = node;
		return node->child;
	}
	while (*depth && !node->next)
		node = trail[--*depth];
	return *depth ? node->next : NULL;
}

/* Gives the strings that hold an escaped NUL their whole content. */
static void restore_nul(struct arena *a, struct str rest, struct cJSON *root)
{
	struct cJSON *trail[LIMIT_DEPTH];
	size_t depth = 0;
	struct str inside;

	for (struct cJSON *n = root; n; n = next_node(n, trail, &depth)) {
		if (n->string && scan_next_string(&rest, &inside) && scan_has_nul(inside)) {
			n->string = arena_alloc_raw(a, inside.len + 1);
			n->string[scan_unescape(inside, true, n->string)] = '\0';
		}
		if (NODE_TYPE(n) == cJSON_String && scan_next_string(&rest, &inside) &&
		    scan_has_nul(inside)) {
			n->valuestring = arena_alloc_raw(a, inside.len + 1);
			n->valueint = (int)scan_unescape(inside, false, n->valuestring);
			n->valuestring[n->valueint] = '\0';
			n->type |= NODE_NUL;
		}
	}
}

/* Where the key of `node` starts in the text. */
static size_t key_offset(struct str text, struct cJSON *root, const struct cJSON *node)
{
	struct cJSON *trail[LIMIT_DEPTH];
	size_t depth = 0;
	struct str rest = text, inside = STR_EMPTY;

	for (struct cJSON *n = root; n; n = next_node(n, trail, &depth)) {
		if (n->string)
			(void)scan_next_string(&rest, &inside);
		if (n == node)
			break;
		if (NODE_TYPE(n) == cJSON_String)
			(void)scan_next_string(&rest, &inside);
	}
	return (size_t)(inside.ptr - text.ptr) - 1;
}

static bool keys_differ(struct str text, struct cJSON *root, struct err *err)
{
	struct cJSON *trail[LIMIT_DEPTH];
	size_t depth = 0;
	char excerpt[EXCERPT];

	for (struct cJSON *n = root; n; n = next_node(n, trail, &depth)) {
		const struct cJSON *twice =
			NODE_TYPE(n) == cJSON_Object ? members_duplicate(n) : NULL;

		if (twice)
			return text_err(err, E_SYNTAX, text, key_offset(text, root, twice),
					"key '%s' stands twice in the same map",
					text_excerpt(str_from(twice->string), excerpt));
	}
	return true;
}

#define MANAGED_FIELDS "\"managedFields\":["

/* The end of the list that begins at `from`, in a text that scan_json has passed. */
static size_t list_end(struct str text, size_t from)
{
	size_t depth = 0, at = from;

	for (;; at++) {
		char c = text.ptr[at];

		if (c == '"') {
			while (text.ptr[++at] != '"')
				at += text.ptr[at] == '\\';
		} else if (c == '[' || c == '{') {
			depth++;
		} else if ((c == ']' || c == '}') && !--depth) {
			return at + 1;
		}
	}
}

/*
 * Every object that an API server sends has metadata.managedFields: a fifth of its bytes, a third
 * of its nodes, and nobody reads it. Each such list becomes 0. The name cannot stand so inside a
 * string, where its quotes would be escaped.
 */
static struct str drop_managed_fields(struct arena *a, struct str bytes)
{
	size_t at = str_find(bytes, STR(MANAGED_FIELDS)), len = 0, from = 0;
	char *copy;

	if (at == STR_NONE)
		return bytes;
	copy = arena_alloc_raw(a, bytes.len);
	while (at != STR_NONE) {
		size_t list = from + at + sizeof MANAGED_FIELDS - 2;

		memcpy(copy + len, bytes.ptr + from, list - from);
		len += list - from;
		copy[len++] = '0';
		from = list_end(bytes, list);
		at = str_find(str_slice(bytes, from, bytes.len), STR(MANAGED_FIELDS));
	}
	memcpy(copy + len, bytes.ptr + from, bytes.len - from);
	return (struct str){copy, len + bytes.len - from};
}

static bool read_tree(struct doc *d, struct arena *a, struct str bytes, struct err *err)
{
	struct cJSON *root = parse(a, bytes);

	if (!root)
		return err_set(err, E_SYNTAX, "not a JSON text");
	if (d->nul)
		restore_nul(a, bytes, root);
	d->root = root;
	return keys_differ(bytes, root, err);
}

bool doc_read_json(struct arena *a, struct str bytes, const struct doc **out, struct err *err)
{
	struct doc *d = ARENA_NEW(a, struct doc);

	if (bytes.len > LIMIT_FILE_BYTES)
		return err_set(err, E_LIMIT, "more than %u bytes", LIMIT_FILE_BYTES);
	if (!scan_json(bytes, NULL, &d->nul, err))
		return false;
	/* a second time, when it fails, for the place in the whole text */
	if (!read_tree(d, a, drop_managed_fields(a, bytes), err)) {
		(void)read_tree(d, a, bytes, err);
		return false;
	}
	*out = d;
	return true;
}
