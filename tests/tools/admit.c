/*
 * admit FILE.yaml: the objects of a file as AdmissionReview requests (CREATE), one a line, as
 * kube-apiserver would send them. For the demo and the tests.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "cmd/cmd.h"
#include "engine/engine.h"

#include <stdlib.h>

static void kind_and_resource(struct json *j, const struct object *o)
{
	size_t slash = str_find_byte(o->api_version, '/');
	struct str group = slash == STR_NONE ? STR_EMPTY : str_slice(o->api_version, 0, slash);
	struct str version = slash == STR_NONE
				     ? o->api_version
				     : str_slice(o->api_version, slash + 1, o->api_version.len);

	json_key(j, "kind");
	json_open(j, '{');
	json_key_str(j, "group", group);
	json_key_str(j, "version", version);
	json_key_str(j, "kind", o->kind_name);
	json_close(j, '}');
}

static void print_review(void *ctx, struct obj root)
{
	struct buf out CLEANUP(buf) = {0};
	struct json j = JSON(&out);
	struct object o;

	(void)ctx;
	if (!object_read(root, &o))
		return;
	json_open(&j, '{');
	json_key_str(&j, "kind", STR("AdmissionReview"));
	json_key_str(&j, "apiVersion", STR("admission.k8s.io/v1"));
	json_key(&j, "request");
	json_open(&j, '{');
	json_key_str(&j, "uid", STR("705ab4f5-6393-11e8-b7cc-42010a800002"));
	kind_and_resource(&j, &o);
	json_key_str(&j, "name", o.name);
	json_key_str(&j, "namespace", o.namespace);
	json_key_str(&j, "operation", STR("CREATE"));
	json_key(&j, "userInfo");
	json_open(&j, '{');
	json_key_str(&j, "username", STR("kubernetes-admin"));
	json_close(&j, '}');
	json_key(&j, "object");
	obj_json(root, &j);
	json_key(&j, "oldObject");
	json_null(&j);
	json_key(&j, "dryRun");
	json_bool(&j, false);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_byte(&out, '\n');
	if (!cmd_print(buf_slice(&out)))
		exit(EXIT_INTERNAL);
}

int main(int argc, char **argv)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct doc_list list;
	struct str bytes;
	struct err err;

	if (argc != 2 || !file_read(arena, str_from(argv[1]), LIMIT_FILE_BYTES, &bytes, &err) ||
	    !doc_read_yaml(arena, bytes, &list, &err)) {
		fprintf(stderr, "usage: admit FILE.yaml (one that can be read)\n");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < list.len; i++)
		object_each(doc_root(list.docs[i]), print_review, NULL);
	return EXIT_CLEAN;
}
