/* Additional arguments for what CloudNativePG sets itself. */
#include "facts/added.h"
#include "facts/store.h"

enum reserved_by {
	BY_FIELD,	  /* of data or wal */
	BY_CONFIGURATION, /* a field of the configuration, for all commands */
	BY_ITSELF,	  /* CloudNativePG, whatever the configuration says */
};

static const struct reserved {
	const char *option;
	enum reserved_by by;
	const char *field, *fix;
} reserved[] = {
	{"--azure-credential", BY_CONFIGURATION, "azureCredentials", "azureCredentials"},
	{"--bzip2", BY_FIELD, "compression", "compression: bzip2"},
	{"--cloud-provider", BY_ITSELF, NULL,
	 "s3Credentials, googleCredentials or azureCredentials"},
	{"--encryption", BY_FIELD, "encryption", "encryption: AES256"},
	{"--endpoint-url", BY_CONFIGURATION, "endpointURL", "endpointURL: https://HOST:PORT"},
	{"--gzip", BY_FIELD, "compression", "compression: gzip"},
	{"--history-tag", BY_CONFIGURATION, "historyTags", "historyTags: {KEY: VALUE}"},
	{"--history-tags", BY_CONFIGURATION, "historyTags", "historyTags: {KEY: VALUE}"},
	{"--immediate-checkpoint", BY_FIELD, "immediateCheckpoint", "immediateCheckpoint: true"},
	{"--jobs", BY_FIELD, "jobs", "jobs: N"},
	{"--lz4", BY_FIELD, "compression", "compression: lz4"},
	{"--name", BY_ITSELF, NULL, NULL},
	{"--snappy", BY_FIELD, "compression", "compression: snappy"},
	{"--tag", BY_CONFIGURATION, "tags", "tags: {KEY: VALUE}"},
	{"--tags", BY_CONFIGURATION, "tags", "tags: {KEY: VALUE}"},
	{"--user", BY_ITSELF, NULL, NULL},
	{"--xz", BY_FIELD, "compression", "compression: xz"},
	{"--zstd", BY_FIELD, "compression", "compression: zstd"},
};

static const struct reserved *find_reserved(const struct barman_option *option)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (str_is(str_from(reserved[i].option), option->names[0]))
			return &reserved[i];
	return NULL;
}

/* What becomes of an argument that is set otherwise too. */
static const char *which_counts(const struct added *a, const struct barman_arg *arg,
				enum reserved_by by)
{
	bool upload = added_is_upload(a);

	if (arg->is == ARG_DROPPED)
		return "CloudNativePG drops this one";
	if (str_is(str_from(arg->option->names[0]), "--name"))
		return "the backup is stored under this name, and CloudNativePG looks for its own";
	if (str_is(str_from(arg->option->names[0]), "--user"))
		return "this one counts: PostgreSQL lets nobody but postgres in by the Pod's socket";
	if (upload && by != BY_FIELD)
		return "CloudNativePG passes its own behind this one, and the last one counts";
	return arg->option->takes == TAKES_NOTHING
		       ? "both say the same"
		       : "this one counts, as it stands behind the other";
}

static void reserved_option(const struct added *a, const struct barman_arg *arg,
			    const struct reserved *row)
{
	struct obj at = a->elements[arg->at];
	struct obj holder = row->by == BY_FIELD ? a->block : store_configuration(a->c);
	struct str written = added_written(a, arg);
	struct finding *f;

	if (row->by == BY_ITSELF) {
		f = finding_add(a->c, at, "",
				"%.*s is an argument that CloudNativePG passes itself",
				STR_ARG(written));
		finding_effect(a->c, f, "%s", which_counts(a, arg, row->by));
	} else if (obj_type(obj_at(holder, row->field)) > OBJ_NULL_VALUE) {
		f = finding_add(a->c, at, "", "%.*s stands beside the field %s", STR_ARG(written),
				row->field);
		finding_effect(a->c, f, "%s", which_counts(a, arg, row->by));
	} else {
		f = finding_add(a->c, at, "", "%.*s has a field of its own", STR_ARG(written));
		if (str_is(str_from(row->option), "--endpoint-url"))
			finding_effect(
				a->c, f,
				"the commands that check, list and delete backups never see this one");
		else
			finding_at_most(f, SEV_INFO); /* it works */
	}
	if (row->fix)
		finding_fix(a->c, f, "%s - in place of the argument", row->fix);
	else
		finding_fix(a->c, f, "remove it");
}

/* No field, and not what the other commands do. */
static void apart(const struct added *a, const struct barman_arg *arg)
{
	struct str name = str_from(arg->option->names[0]), host;
	struct finding *f;

	if (str_is(name, "--host") || str_is(name, "--port")) {
		f = finding_add(a->c, a->elements[arg->at], "",
				"%.*s leads away from the socket that CloudNativePG connects by",
				STR_ARG(added_written(a, arg)));
		finding_effect(
			a->c, f,
			"it finds no server there, or one that asks for a password which nobody gives");
	} else if (str_is(name, "--snapshot-instance") || str_is(name, "--snapshot-disk")) {
		f = finding_add(a->c, a->elements[arg->at], "", "%.*s asks for snapshots of disks",
				STR_ARG(name));
		finding_effect(
			a->c, f,
			"barman-cloud-backup takes them by the cloud's API, in place of a base backup of files");
	} else if (str_is(name, "--sse-customer-key")) {
		f = finding_add(a->c, a->elements[arg->at], "",
				"%.*s is known to this command alone", STR_ARG(name));
		finding_effect(
			a->c, f,
			"the commands that list and delete backups cannot read what is encrypted with it");
		finding_confidential(f);
	} else if (str_is(name, "--addressing-style") && str_is(arg->value, "virtual") &&
		   store_foreign_host(store_configuration(a->c), &host)) {
		f = finding_add(a->c, a->elements[arg->at], "",
				"--addressing-style virtual stands beside endpointURL");
		finding_effect(
			a->c, f,
			"requests go to BUCKET.%.*s, those that check, list and delete backups to %.*s/BUCKET",
			STR_ARG(host), STR_ARG(host));
	} else {
		return;
	}
	finding_fix(a->c, f, "remove it");
}

/* Said twice in one list. */
static void repeated(const struct added *a, size_t at)
{
	struct finding *f = finding_add(a->c, a->elements[at], "", "%.*s is there already",
					STR_ARG(added_option_name(a->line.words[at])));

	finding_effect(a->c, f, "CloudNativePG drops this one");
	finding_fix(a->c, f, "remove it");
}

static void reserved_in(void *ctx, const struct barman_arg *arg)
{
	const struct added *a = ctx;
	const struct reserved *row;

	if (!arg->option || (arg->is != ARG_OPTION && arg->is != ARG_DROPPED))
		return;
	row = find_reserved(arg->option);
	for (size_t i = 0; arg->is == ARG_DROPPED && i < arg->at; i++)
		if (str_eq(added_option_name(a->line.words[i]),
			   added_option_name(a->line.words[arg->at]))) {
			repeated(a, arg->at);
			return;
		}
	if (row)
		reserved_option(a, arg, row);
	else if (arg->is == ARG_OPTION)
		apart(a, arg);
}

static void reserved_list(struct added *a)
{
	barman_read(&a->line, reserved_in, a);
}

static void check_additional_args_reserved(const struct rule_ctx *c)
{
	added_each(c, reserved_list);
}

static const struct rule rows[] = {
	{
		.id = "additional-args-reserved",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_additional_args_reserved,
		.summary = "An additional argument works against what CloudNativePG sets itself",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},
};

RULE_ROWS(additional_args_reserved);
