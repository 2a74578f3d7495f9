#include "facts/added.h"

#include "base/arena.h"
#include "facts/store.h"

#include <inttypes.h>

const struct added_list added_lists[ADDED_LISTS] = {
	{"data", "additionalCommandArgs", BARMAN_BACKUP, "every base backup fails"},
	{"data", "restoreAdditionalCommandArgs", BARMAN_RESTORE, "no recovery begins"},
	{"wal", "archiveAdditionalCommandArgs", BARMAN_WAL_ARCHIVE, "no WAL file is archived"},
	{"wal", "restoreAdditionalCommandArgs", BARMAN_WAL_RESTORE, "recovery gets no WAL file"},
};

bool added_is_upload(const struct added *a)
{
	return a->line.command == BARMAN_BACKUP || a->line.command == BARMAN_WAL_ARCHIVE;
}

struct str added_option_name(struct str argument)
{
	size_t end = 0;

	while (end < argument.len && argument.ptr[end] != '=' &&
	       (unsigned char)argument.ptr[end] > ' ')
		end++;
	return str_slice(argument, 0, end);
}

struct str added_written(const struct added *a, const struct barman_arg *arg)
{
	struct str name = added_option_name(a->line.words[arg->at]);

	for (size_t i = 0; i < ARRAY_LEN(arg->option->names) && arg->option->names[i]; i++)
		if (str_is(name, arg->option->names[i]))
			return name;
	return str_from(arg->option->names[0]);
}

static void add_fixed(struct added *a, const char *option, struct str value)
{
	struct barman_line *line = &a->line;

	BUG_IF(line->fixed_len + 2 > BARMAN_FIXED_MOST);
	line->fixed[line->fixed_len++] = str_from(option);
	if (value.len)
		line->fixed[line->fixed_len++] = value;
}

static struct str compression_option(const struct added *a)
{
	struct str name = obj_text(a->block, "compression");

	return name.len ? arena_fmt(a->c->arena, "--%.*s", STR_ARG(name)) : STR_EMPTY;
}

static void fix_upload(struct added *a, struct obj configuration)
{
	static const char *const tags[][2] = {{"tags", "--tags"},
					      {"historyTags", "--history-tags"}};
	struct str compression = compression_option(a);
	struct str cipher = obj_text(a->block, "encryption");
	int64_t jobs;
	size_t later = 0;

	if (a->line.command == BARMAN_BACKUP) {
		add_fixed(a, "--user", STR("postgres"));
		add_fixed(a, "--name", STR_EMPTY);
	}
	if (compression.len)
		a->line.fixed[a->line.fixed_len++] = compression;
	if (cipher.len)
		add_fixed(a, a->line.command == BARMAN_BACKUP ? "--encryption" : "-e", cipher);
	if (a->line.command == BARMAN_BACKUP) {
		if (obj_true(a->block, "immediateCheckpoint", false))
			add_fixed(a, "--immediate-checkpoint", STR_EMPTY);
		if (obj_int(a->block, "jobs", &jobs) == OBJ_SET)
			add_fixed(a, "--jobs", arena_fmt(a->c->arena, "%" PRId64, jobs));
	}
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (obj_len(obj_at(configuration, tags[i][0])))
			a->line.later[later++] = tags[i][1];
}

static void fix_restore(struct added *a, struct obj configuration)
{
	static const char *const providers[] = {
		[STORE_NONE] = "",
		[STORE_S3] = "aws-s3",
		[STORE_GOOGLE] = "google-cloud-storage",
		[STORE_AZURE] = "azure-blob-storage",
	};
	struct str endpoint = obj_text(configuration, "endpointURL");

	add_fixed(a, "--cloud-provider", str_from(providers[store_kind(configuration)]));
	if (endpoint.len)
		add_fixed(a, "--endpoint-url", endpoint);
	if (a->line.command == BARMAN_WAL_RESTORE)
		a->line.fixed[a->line.fixed_len++] = obj_text(configuration, "destinationPath");
}

static void read_list(const struct rule_ctx *c, const struct added_list *list, added_fn *each)
{
	struct obj configuration = obj_at(c->root, "spec.configuration");
	struct obj block = obj_at(configuration, list->block);
	struct obj words = obj_at(block, list->list);
	struct added a = {.c = c,
			  .list = list,
			  .command = barman_command_name(list->command),
			  .block = block,
			  .line.command = list->command};

	if (obj_type(words) != OBJ_LIST)
		return;
	if (added_is_upload(&a))
		fix_upload(&a, configuration);
	else
		fix_restore(&a, configuration);
	for (struct obj e = obj_first(words); e.node && a.line.len < BARMAN_WORDS_MOST;
	     e = obj_next(e)) {
		size_t at = a.line.len++;

		a.elements[at] = e;
		a.line.unknown[at] = obj_str(e, "", &a.line.words[at]) != OBJ_SET ||
				     value_is_placeholder(a.line.words[at], NULL);
	}
	each(&a);
}

void added_each(const struct rule_ctx *c, added_fn *each)
{
	for (size_t i = 0; i < ARRAY_LEN(added_lists); i++)
		read_list(c, &added_lists[i], each);
}
