/*
 * Every Cluster of our own cases and demo, and of $SHARED/corpus, is restored: beside the old one,
 * in its place, in another namespace, and as a drill. Nothing is found in what is written that is
 * not found in what is there. With GUARD_RESTORED=FOLDER each Cluster and what is written of it are
 * put there, as N.json and N-WAY.yaml, for the operator to look at (tests/e2e).
 */
#include "base/file.h"
#include "base/json.h"
#include "base/utc.h"
#include "cnpg/object.h"
#include "input/files.h"
#include "policy/policy.h"
#include "restore/restore.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLOCK "2026-08-26T10:20:30Z"

/* What is new in what is written and true all the same. */
static const struct {
	const char *file, *words;
} known[] = {
	/* the status of its store says that it archived nothing yet */
	{".yaml", "none of server db"},
	/* a store that is nowhere, in a namespace that is not known */
	{"schedule-cluster-missing/pass-namespace-filled-in.yaml",
	 "ObjectStore minio does not exist in namespace elsewhere"},
};

static bool is_known(struct str file, struct str summary)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_has_suffix(file, str_from(known[i].file)) &&
		    str_contains(summary, str_from(known[i].words)))
			return true;
	return false;
}

struct all {
	struct arena *arena; /* of one file */
	struct policy *policy;
	struct str file;
	size_t clusters, written;
};

static void put(const char *name, struct str text)
{
	const char *folder = getenv("GUARD_RESTORED");
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err;

	if (folder)
		cr_assert(file_replace(a, arena_fmt(a, "%s/%s", folder, name), NULL, text, &err),
			  "%s", err.msg);
}

static void put_cluster(struct obj root, size_t number)
{
	struct buf text CLEANUP(buf) = {0};
	struct json j = JSON(&text);
	char name[32];

	obj_json(root, &j);
	snprintf(name, sizeof name, "%d-%zu.json", (int)getpid(), number);
	put(name, buf_slice(&text));
}

static void restore_one(struct all *all, const struct object *o, struct str as, struct str in,
			bool drill)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report report = {.arena = a};
	struct restore_input input = {.policy = all->policy,
				      .paths = &all->file,
				      .paths_len = 1,
				      .cluster = o->name,
				      .namespace = o->namespace,
				      .as = as,
				      .in_namespace = in,
				      .drill = drill};
	struct restore_output out;
	struct err err;

	cr_assert(utc_parse(STR(CLOCK), &input.now));
	input.wish = (struct restore_wish){RESTORE_TIME, input.now - UTC_DAY};
	if (!restore_run(&input, &report, &out, &err)) {
		cr_expect(str_contains(str_from(err.msg), STR(" Clusters are called ")) ||
				  str_contains(str_from(err.msg), STR("archives nowhere")) ||
				  str_contains(str_from(err.msg), STR("no Cluster is ")) ||
				  str_contains(str_from(err.msg), STR("is no name of a Cluster")) ||
				  str_contains(str_from(err.msg), STR("an empty serverName")) ||
				  str_contains(str_from(err.msg), STR("a shorter one by --as")) ||
				  str_contains(str_from(err.msg), STR(" of its own, which ")) ||
				  str_contains(str_from(err.msg), STR(" already, in ")),
			  "%.*s: %s", STR_ARG(all->file), err.msg);
		return;
	}
	cr_expect(out.worst_new < SEV_WARN || is_known(all->file, out.summary), "%.*s\n%.*s%.*s",
		  STR_ARG(all->file), STR_ARG(out.manifest), STR_ARG(out.summary));
	char name[32];
	snprintf(name, sizeof name, "%d-%zu-%zu.yaml", (int)getpid(), all->clusters,
		 all->written++);
	if (!as.len && !in.len) /* what it looks like elsewhere is no other matter to them */
		put(name, out.manifest);
}

static void restore_each(void *ctx, struct obj root)
{
	struct all *all = ctx;
	struct object o;

	if (!object_read(root, &o) || o.kind != KIND_CLUSTER || !o.name.len)
		return;
	put_cluster(root, ++all->clusters);
	restore_one(all, &o, STR_EMPTY, STR_EMPTY, false);
	restore_one(all, &o, o.name, STR_EMPTY, false);
	restore_one(all, &o, STR_EMPTY, STR("elsewhere"), false);
	restore_one(all, &o, STR_EMPTY, STR_EMPTY, true);
	restore_one(all, &o, o.name, STR("elsewhere"), true);
}

static size_t restore_folder(const char *folder)
{
	CLEANUP(arena) struct arena *names = arena_new();
	CLEANUP(arena) struct arena *a = arena_new();
	struct all all = {.arena = a};
	struct str path = str_from(folder), bytes;
	struct file_list files;
	struct doc_list docs;
	struct err err;

	cr_assert(policy_from_profile(STR("generic"), &all.policy, &err), "%s", err.msg);
	files_find(names, &(struct files_wanted){.paths = &path, .paths_len = 1}, &files);
	for (size_t i = 0; i < files.len; i++) {
		all.file = files.items[i].path;
		if (!str_has_suffix(all.file, STR(".md")) && !files.items[i].error &&
		    file_read(a, all.file, LIMIT_FILE_BYTES, &bytes, &err) &&
		    doc_read_yaml(a, bytes, &docs, &err))
			for (size_t d = 0; d < docs.len; d++)
				object_each(doc_root(docs.docs[d]), restore_each, &all);
		arena_reset(a);
	}
	policy_drop(all.policy);
	return all.written;
}

Test(restore_all, of_our_own_examples)
{
	cr_expect_gt(restore_folder("tests/cases"), 500u);
	cr_expect_gt(restore_folder("tests/demo"), 8u);
}

Test(restore_all, of_strangers)
{
	const char *shared = getenv("SHARED");
	CLEANUP(arena) struct arena *a = arena_new();
	struct str folder = arena_fmt(a, "%s/corpus", shared ? shared : "../shared");

	if (!restore_folder(folder.ptr))
		cr_skip_test("no manifests in %s", folder.ptr);
}
