#include "bucket_file.h"

#include "base/limits.h"
#include "base/utc.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECTS = 4096, SERVERS = 8, STORES = 8, FOLDERS = 16 };

#define SEGMENT_BYTES 4000000

struct item {
	struct bucket_object object;
	struct str text; /* of a backup.info or a history */
	bool unread;
};

struct reading {
	struct arena *arena;
	struct probe *probes;
	struct probe_answer *answer;  /* of the line before; NULL: it had none */
	struct probe_server *servers; /* of the store */
	struct item *items;	      /* of the server */
	size_t probes_len, servers_len, items_len;
	bool listed; /* the server was */
	bool everywhere;
	bool cold; /* what the line says */
};

static struct probe *store_of(const struct reading *r)
{
	return &r->probes[r->probes_len - 1];
}

static struct probe_server *server_of(const struct reading *r)
{
	return &r->servers[r->servers_len - 1];
}

static struct str take_word(struct str *line)
{
	struct str word = STR_EMPTY;

	(void)str_split(line, ' ', &word);
	return word;
}

static bool take_number(struct str *line, int64_t *out)
{
	return str_to_i64(take_word(line), out);
}

static bool take_time(struct str *line, int64_t *out)
{
	return utc_parse(take_word(line), out);
}

/* ---- what a server's folder holds */

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const struct item *)a)->object.key, ((const struct item *)b)->object.key);
}

static void tell(struct catalogue *c, const struct item *item, const struct object_name *name)
{
	if (name->sort == OBJECT_BACKUP_INFO && item->unread)
		catalogue_backup_unread(c, name->backup, item->text);
	else if (name->sort == OBJECT_BACKUP_INFO)
		catalogue_backup_info(c, name->backup, item->text);
	if (name->sort == OBJECT_HISTORY && item->unread)
		catalogue_history_unread(c, name->timeline, item->text);
	else if (name->sort == OBJECT_HISTORY)
		catalogue_history(c, name->timeline, item->text);
}

/* All of the server was read. */
static bool end_server(struct reading *r)
{
	struct catalogue *c = catalogue_new(r->arena);
	struct probe_server *server;
	struct window *windows;

	if (!r->servers_len || !r->listed)
		return true;
	r->listed = false;
	server = server_of(r);
	server->list.said = PROBE_YES;
	if (r->items_len)
		qsort(r->items, r->items_len, sizeof *r->items, by_key);
	for (size_t i = 0; i < r->items_len; i++) {
		struct object_name name;
		struct err err;

		if (!catalogue_add(c, &r->items[i].object, &name, &err))
			return false;
		tell(c, &r->items[i], &name);
	}
	server->catalogue = c;
	server->timeline = catalogue_timeline(c);
	server->windows_len = catalogue_windows(c, server->timeline, r->arena, &windows);
	server->windows = windows;
	return true;
}

static bool add_item(struct reading *r, struct item item)
{
	if (r->items_len == OBJECTS || !r->listed)
		return false;
	item.object.cold = r->cold && !item.text.len;
	r->items[r->items_len++] = item;
	return true;
}

static bool read_object(struct reading *r, struct str line)
{
	struct item item = {.object.key = take_word(&line)};
	int64_t size;

	if (!take_number(&line, &size) || !take_time(&line, &item.object.modified))
		return false;
	item.object.size = (uint64_t)size;
	return add_item(r, item);
}

static bool read_info(struct reading *r, struct str line, bool unread)
{
	struct str id = take_word(&line);
	struct item item = {
		.object = {.key = arena_fmt(r->arena, "base/%.*s/backup.info", STR_ARG(id)),
			   .size = 1300},
		.text = arena_str(r->arena, line),
		.unread = unread};

	if (!take_time(&line, &item.object.modified))
		return false;
	item.text = arena_str(r->arena, line);
	for (size_t i = 0; i < item.text.len && !unread; i++)
		if (item.text.ptr[i] == ' ')
			((char *)(uintptr_t)item.text.ptr)[i] = '\n';
	return add_item(r, item);
}

/* With its data, if it is done. */
static bool read_backup(struct reading *r, struct str line)
{
	struct item *info = &r->items[r->items_len], data = {0};
	struct str rest = line, id = take_word(&rest);

	if (!read_info(r, line, false))
		return false;
	data.object = (struct bucket_object){arena_fmt(r->arena, "base/%.*s/data.tar", STR_ARG(id)),
					     1, info->object.modified, false};
	return !str_has_prefix(info->text, STR("status=DONE\n")) || add_item(r, data);
}

static bool read_history(struct reading *r, struct str line, bool unread)
{
	struct str id = take_word(&line);
	struct item item = {.object = {.key = arena_fmt(r->arena, "wals/%.*s.history", STR_ARG(id)),
				       .size = 40},
			    .unread = unread};

	if (!take_time(&line, &item.object.modified))
		return false;
	item.text = line;
	return add_item(r, item);
}

static bool read_segment(struct str name, uint32_t *timeline, uint64_t *number)
{
	uint32_t high, low;

	return name.len == SEGMENT_NAME - 1 && hex_read(str_slice(name, 0, 8), timeline) &&
	       hex_read(str_slice(name, 8, 16), &high) && hex_read(str_slice(name, 16, 24), &low) &&
	       segment_number(high, low, SEGMENT_SIZE, number);
}

static bool read_wal(struct reading *r, struct str line)
{
	uint32_t timeline, same;
	uint64_t first, last;
	int64_t at, step;

	if (!read_segment(take_word(&line), &timeline, &first) ||
	    !read_segment(take_word(&line), &same, &last) || same != timeline ||
	    !take_time(&line, &at) || !take_number(&line, &step))
		return false;
	for (uint64_t n = first; n <= last; n++, at += step) {
		char name[SEGMENT_NAME];
		struct item item = {.object = {.size = SEGMENT_BYTES, .modified = at}};

		segment_name(timeline, n, SEGMENT_SIZE, name);
		item.object.key = arena_fmt(r->arena, "wals/%.16s/%s", name, name);
		if (!add_item(r, item))
			return false;
	}
	return true;
}

/* ---- what a store said */

static bool read_cause(struct str word, enum http_cause *out)
{
	static const char *const names[] = {[HTTP_CAUSE_OTHER] = "other",
					    [HTTP_CAUSE_NAME] = "name",
					    [HTTP_CAUSE_REFUSED] = "refused",
					    [HTTP_CAUSE_SILENT] = "silent",
					    [HTTP_CAUSE_DISTRUSTED] = "distrusted",
					    [HTTP_CAUSE_MISNAMED] = "misnamed",
					    [HTTP_CAUSE_TLS] = "tls",
					    [HTTP_CAUSE_UNANSWERED] = "unanswered"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		*out = (enum http_cause)i;
		if (str_is(word, names[i]))
			return true;
	}
	return false;
}

static bool read_failure(struct reading *r, struct str line, struct probe_answer *out)
{
	int64_t status;
	bool number = take_number(&line, &status);
	struct str code = take_word(&line);

	*out = (struct probe_answer){.said = PROBE_NO, .why = {.code = STR_EMPTY, .message = line}};
	if (!number || (!status && !read_cause(code, &out->why.cause)))
		return false;
	out->why.status = (long)status;
	if (status && !str_is(code, "-"))
		out->why.code = code;
	r->answer = out;
	return true;
}

static bool read_call(struct reading *r, size_t call, struct str line)
{
	struct probe_answer *answer = &store_of(r)->calls[call];

	if (str_is(take_word(&line), "no"))
		return read_failure(r, line, answer);
	answer->said = PROBE_YES;
	return true;
}

static bool begin_store(struct reading *r, struct str name, bool in_tree)
{
	struct probe *p;

	if (!end_server(r))
		return false;
	if (r->probes_len == STORES)
		return false;
	p = &r->probes[r->probes_len++];
	p->place = STR("s3://backups/db at https://s3.example.net");
	(void)str_split(&name, '/', &p->namespace);
	*(in_tree ? &p->cluster : &p->store) = name;
	r->servers = ARENA_ARRAY(r->arena, struct probe_server, SERVERS);
	r->servers_len = 0;
	p->servers = r->servers;
	p->folders = ARENA_ARRAY(r->arena, struct str, FOLDERS);
	return true;
}

static bool begin_server(struct reading *r, struct str name)
{
	if (!end_server(r))
		return false;
	if (r->servers_len == SERVERS)
		return false;
	r->servers[r->servers_len++].name = name;
	store_of(r)->servers_len = r->servers_len;
	r->items_len = 0;
	r->listed = true;
	return true;
}

static bool add_folder(struct reading *r, struct str name)
{
	struct probe *p = store_of(r);
	struct str *folders = (struct str *)(uintptr_t)p->folders;

	if (p->folders_len == FOLDERS)
		return false;
	folders[p->folders_len++] = name;
	return true;
}

static bool read_server_line(struct reading *r, struct str key, struct str line)
{
	r->cold = str_is(key, "cold");
	if (r->cold)
		key = take_word(&line);
	if (str_is(key, "object"))
		return read_object(r, line);
	if (str_is(key, "backup"))
		return read_backup(r, line);
	if (str_is(key, "hollow"))
		return read_info(r, line, false);
	if (str_is(key, "unread"))
		return read_info(r, line, true);
	if (str_is(key, "large") && read_info(r, line, true)) {
		r->items[r->items_len - 1].object.size = LIMIT_S3_TEXT_BYTES + 1;
		return true;
	}
	if (str_is(key, "history"))
		return read_history(r, line, false);
	if (str_is(key, "unread-history"))
		return read_history(r, line, true);
	if (str_is(key, "wal"))
		return read_wal(r, line);
	if (!r->servers_len)
		return false;
	if (str_is(key, "refused")) {
		r->listed = false;
		return read_failure(r, line, &server_of(r)->list);
	}
	if (!str_is(key, "problem"))
		return false;
	server_of(r)->problem = line;
	return true;
}

static bool read_store_line(struct reading *r, struct str key, struct str line)
{
	static const char *const calls[PROBE_CALLS] = {
		[PROBE_HEAD] = "head",	 [PROBE_LIST] = "list", [PROBE_READ] = "read",
		[PROBE_WRITE] = "write", [PROBE_FIND] = "find", [PROBE_DELETE] = "delete"};
	struct probe *p = store_of(r);

	for (size_t i = 0; i < PROBE_CALLS; i++)
		if (str_is(key, calls[i]))
			return read_call(r, i, line);
	if (str_is(key, "skew"))
		return r->answer && take_number(&line, &r->answer->why.skew);
	if (str_is(key, "certificate"))
		return take_time(&line, &p->certificate);
	if (str_is(key, "versioning"))
		p->versioning = PROBE_ON;
	if (str_is(key, "lock"))
		return take_number(&line, &p->lock_days);
	if (str_is(key, "folder"))
		return add_folder(r, line);
	if (str_is(key, "server"))
		return begin_server(r, line);
	if (str_is(key, "external"))
		p->external = line;
	else if (str_is(key, "place"))
		p->place = line;
	else if (str_is(key, "unasked"))
		p->unasked = line;
	else if (str_is(key, "left"))
		p->left = line;
	else if (!str_is(key, "versioning"))
		return read_server_line(r, key, line);
	return true;
}

static bool read_line(struct reading *r, struct str line)
{
	struct str key;

	if (!line.len || line.ptr[0] == '#')
		return true;
	key = take_word(&line);
	r->everywhere |= str_is(key, "everywhere");
	if (str_is(key, "everywhere"))
		return true;
	if (str_is(key, "store") || str_is(key, "cluster"))
		return begin_store(r, line, str_is(key, "cluster"));
	return r->probes_len ? read_store_line(r, key, line) : false;
}

bool bucket_file_read(struct str text, struct arena *a, struct probes *out, struct err *err)
{
	struct reading r = {.arena = a,
			    .probes = ARENA_ARRAY(a, struct probe, STORES),
			    .items = ARENA_ARRAY(a, struct item, OBJECTS)};
	struct str line;

	for (uint32_t n = 1; str_split(&text, '\n', &line); n++)
		if (!read_line(&r, line))
			return err_at(err, E_SYNTAX, n, 1, "not understood: %.*s", STR_ARG(line));
	if (!end_server(&r))
		return err_set(err, E_VALUE, "the last server holds a key twice");
	*out = (struct probes){r.probes, r.probes_len, r.everywhere};
	return true;
}
