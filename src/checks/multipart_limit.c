/* How large a base backup may be that goes to a store in parts. */
#include "facts/added.h"
#include "facts/store.h"

#define OPTION "--min-chunk-size"
#define ARGUMENTS "spec.configuration.data.additionalCommandArgs"

struct sought {
	const struct added *a;
	struct obj at; /* of the option; absent when it is not there */
	bool unknown;
};

static void seek(void *ctx, const struct barman_arg *arg)
{
	struct sought *s = ctx;

	if (arg->is == ARG_OPTION && str_is(str_from(arg->option->names[0]), OPTION))
		s->at = s->a->elements[arg->at];
}

/* Barman's parts are of 20 MiB, and Scaleway takes 1,000 (EnterpriseDB/barman#767). */
static void too_few_parts(const struct rule_ctx *c)
{
	struct str host;
	struct finding *f;

	if (!store_foreign_host(store_configuration(c), &host) ||
	    !str_has_suffix_nocase(host, STR(".scw.cloud")))
		return;
	f = finding_add(c, c->root, ARGUMENTS,
			"Scaleway takes 1,000 parts of one upload, and " OPTION " is not set");
	finding_effect(
		c, f,
		"barman-cloud sends parts of 20 MiB: a base backup ends with an error at some 20 GB");
	finding_fix(c, f,
		    "additionalCommandArgs: [\"" OPTION "=104857600\"] - 100 MiB, for 100 GB");
}

static void without_effect(const struct rule_ctx *c, struct obj at)
{
	struct finding *f =
		finding_add(c, at, "", OPTION " changes nothing where the store is Google's");

	finding_effect(c, f,
		       "barman-cloud sends a base backup to Google Cloud Storage as one part");
	finding_fix(c, f, "remove it");
}

static void judge(struct added *a)
{
	struct sought s = {.a = a};

	if (a->line.command != BARMAN_BACKUP)
		return;
	for (size_t i = 0; i < a->line.len; i++)
		s.unknown |= a->line.unknown[i];
	barman_read(&a->line, seek, &s);
	if (s.at.node && store_kind(store_configuration(a->c)) == STORE_GOOGLE)
		without_effect(a->c, s.at);
	else if (!s.at.node && !s.unknown)
		too_few_parts(a->c);
}

static void check_multipart_limit(const struct rule_ctx *c)
{
	if (obj_type(obj_at(c->root, ARGUMENTS)) <= OBJ_NULL_VALUE)
		too_few_parts(c);
	else
		added_each(c, judge);
}

static const struct rule rows[] = {
	{
		.id = "multipart-limit",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_multipart_limit,
		.summary = "A large base backup needs larger parts than barman-cloud sends",
		.reference = "EnterpriseDB/barman#767",
	},
};

RULE_ROWS(multipart_limit);
