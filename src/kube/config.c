#include "kube/config.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/obj.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define POD_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount/"

enum { MOST_FILES = 32 };

/* A part of a kubeconfig, with the folder that its relative paths start from. */
struct part {
	struct obj node;
	struct str folder;
};

struct files {
	struct arena *arena;
	struct part roots[MOST_FILES];
	size_t len;
	bool regular; /* nothing else is read */
};

static struct str folder_of(struct str path)
{
	while (path.len && path.ptr[path.len - 1] != '/')
		path.len--;
	return path;
}

static bool read_file(struct files *f, struct str path, bool must, struct err *err)
{
	struct str bytes;
	struct doc_list docs;

	if (f->len == MOST_FILES)
		return err_set(err, E_LIMIT, "KUBECONFIG names more than %d files", MOST_FILES);
	if (!must && access(arena_cstr(f->arena, path), F_OK) != 0 && errno == ENOENT)
		return true;
	if (!(f->regular ? file_read_regular : file_read)(f->arena, path, LIMIT_FILE_BYTES, &bytes,
							  err))
		return err_within(err, "%.*s: ", STR_ARG(path));
	if (!doc_read_yaml(f->arena, bytes, &docs, err))
		return err_within(err, "%.*s:%u:%u: ", STR_ARG(path), err->line, err->column);
	if (docs.len && obj_type(doc_root(docs.docs[0])) != OBJ_MAP)
		return err_set(err, E_SYNTAX, "%.*s: no kubeconfig", STR_ARG(path));
	if (docs.len)
		f->roots[f->len++] = (struct part){doc_root(docs.docs[0]), folder_of(path)};
	return true;
}

/* The files in the order in which they count: the first that says a thing wins. */
static bool read_files(struct files *f, struct str file, struct err *err)
{
	const char *list = getenv("KUBECONFIG"), *home = getenv("HOME");
	struct str rest = str_from(list ? list : ""), path;

	if (file.len)
		return read_file(f, file, true, err);
	if (!rest.len)
		return !home ||
		       read_file(f, arena_fmt(f->arena, "%s/.kube/config", home), false, err);
	while (str_split(&rest, ':', &path))
		if (path.len && !read_file(f, path, false, err))
			return false;
	return true;
}

/* The member `body` of the entry of `list` called `name`. */
static bool find(const struct files *f, const char *list, const char *body, struct str name,
		 struct part *out)
{
	for (size_t i = 0; i < f->len; i++) {
		struct obj e = obj_first(obj_at(f->roots[i].node, list));

		while (e.node && !str_eq(obj_text(e, "name"), name))
			e = obj_next(e);
		if (!e.node)
			continue;
		*out = (struct part){obj_at(e, body), f->roots[i].folder};
		return true;
	}
	return false;
}

static struct str place(struct arena *a, const struct part *part, const char *key)
{
	struct str path = obj_text(part->node, key);

	if (!path.len || path.ptr[0] == '/')
		return path;
	return arena_fmt(a, "%.*s%.*s", STR_ARG(part->folder), STR_ARG(path));
}

/* `KEY-data` in base64, else the content of the file `KEY`. */
static bool read_pem(struct arena *a, const struct part *part, const char *key, struct str *out,
		     struct err *err)
{
	struct str data = obj_text(part->node, arena_fmt(a, "%s-data", key).ptr);
	struct str path = place(a, part, key);

	if (data.len)
		return base64_decode(data, a, out) ||
		       err_set(err, E_VALUE, "kubeconfig: %s-data is not base64", key);
	if (!path.len)
		return true;
	return file_read(a, path, LIMIT_PEM_BYTES, out, err) ||
	       err_within(err, "%.*s: ", STR_ARG(path));
}

static const struct kube_exec *read_exec(struct arena *a, const struct part *user)
{
	struct obj exec = obj_at(user->node, "exec"), args = obj_at(exec, "args");
	struct obj env = obj_at(exec, "env");
	struct kube_exec *out = ARENA_NEW(a, struct kube_exec);
	struct str *texts = ARENA_ARRAY(a, struct str, obj_len(args) + obj_len(env) + 1);

	if (obj_type(exec) != OBJ_MAP)
		return NULL;
	out->api_version = obj_text(exec, "apiVersion");
	out->command = obj_text(exec, "command");
	/* only a path with a slash in it is relative to the file; a bare name is looked up */
	if (str_find_byte(out->command, '/') != STR_NONE)
		out->command = place(a, &(struct part){exec, user->folder}, "command");
	out->cluster_info = obj_true(exec, "provideClusterInfo", false);
	out->hint = obj_text(exec, "installHint");
	out->mode = str_is(obj_text(exec, "interactiveMode"), "Never") ? KUBE_INTERACTIVE_NEVER
		    : str_is(obj_text(exec, "interactiveMode"), "Always")
			    ? KUBE_INTERACTIVE_ALWAYS
			    : KUBE_INTERACTIVE_IF_AVAILABLE;
	out->seconds = LIMIT_KUBE_EXEC_SECONDS;
	out->args = texts;
	for (struct obj e = obj_first(args); e.node; e = obj_next(e))
		texts[out->args_len++] = obj_text(e, "");
	out->env = texts + out->args_len;
	for (struct obj e = obj_first(env); e.node; e = obj_next(e))
		texts[out->args_len + out->env_len++] =
			arena_fmt(a, "%.*s=%.*s", STR_ARG(obj_text(e, "name")),
				  STR_ARG(obj_text(e, "value")));
	return out;
}

/* As client-go: without a scheme it is HTTPS when anything of TLS is said. */
static struct str with_scheme(struct arena *a, struct str server, bool tls)
{
	if (str_contains(server, STR("://")))
		return server;
	return arena_fmt(a, "%s%.*s", tls ? "https://" : "http://", STR_ARG(server));
}

static bool read_cluster(struct arena *a, const struct part *cluster, struct kube_config *out,
			 struct err *err)
{
	out->server = obj_text(cluster->node, "server");
	while (out->server.len && out->server.ptr[out->server.len - 1] == '/')
		out->server.len--;
	if (!out->server.len)
		return err_set(err, E_VALUE,
			       "kubeconfig: the cluster of context %.*s has no server",
			       STR_ARG(out->context));
	out->server_name = obj_text(cluster->node, "tls-server-name");
	out->insecure = obj_true(cluster->node, "insecure-skip-tls-verify", false);
	out->proxy = obj_text(cluster->node, "proxy-url");
	if (!read_pem(a, cluster, "certificate-authority", &out->ca, err))
		return false;
	out->server = with_scheme(a, out->server, out->ca.len || out->insecure);
	/* kubectl refuses it, too: which of the two is meant? */
	if (out->insecure && out->ca.len)
		return err_set(
			err, E_VALUE,
			"kubeconfig: insecure-skip-tls-verify beside a certificate-authority (context %.*s)",
			STR_ARG(out->context));
	return true;
}

/* Whom to act for: to be left out would be to act with more than was meant. */
static bool read_impersonation(struct arena *a, const struct part *user, struct kube_config *out,
			       struct err *err)
{
	struct obj groups = obj_at(user->node, "as-groups");
	struct str *texts = ARENA_ARRAY(a, struct str, obj_len(groups) + 1);

	out->as = obj_text(user->node, "as");
	out->as_uid = obj_text(user->node, "as-uid");
	out->as_groups = texts;
	for (struct obj e = obj_first(groups); e.node; e = obj_next(e))
		texts[out->as_groups_len++] = obj_text(e, "");
	return !obj_len(obj_at(user->node, "as-user-extra")) ||
	       err_set(err, E_VALUE, "kubeconfig: as-user-extra is not supported");
}

static bool read_user(struct arena *a, const struct part *user, struct kube_config *out,
		      struct err *err)
{
	out->token = obj_text(user->node, "token");
	out->token_file = place(a, user, "tokenFile");
	out->user = obj_text(user->node, "username");
	out->password = obj_text(user->node, "password");
	out->exec = read_exec(a, user);
	if (obj_at(user->node, "auth-provider").node)
		return err_set(
			err, E_VALUE,
			"kubeconfig: auth-provider is no longer part of Kubernetes; use exec");
	if (!read_impersonation(a, user, out, err) ||
	    !read_pem(a, user, "client-certificate", &out->cert, err) ||
	    !read_pem(a, user, "client-key", &out->key, err))
		return false;
	return !out->cert.len == !out->key.len ||
	       err_set(err, E_VALUE, "kubeconfig: a client %s without its %s (context %.*s)",
		       out->cert.len ? "certificate" : "key", out->cert.len ? "key" : "certificate",
		       STR_ARG(out->context));
}

static struct str current_context(const struct files *f)
{
	struct str name = STR_EMPTY;

	for (size_t i = 0; i < f->len && !name.len; i++)
		name = obj_text(f->roots[i].node, "current-context");
	return name;
}

static bool read_context(struct files *f, struct kube_config *out, struct err *err)
{
	struct part context, cluster, user;
	struct str name, namespace;

	if (!find(f, "contexts", "context", out->context, &context))
		return err_set(err, E_VALUE, "kubeconfig: no context '%.*s'",
			       STR_ARG(out->context));
	namespace = obj_text(context.node, "namespace");
	out->namespace = namespace.len ? namespace : STR("default");
	name = obj_text(context.node, "cluster");
	if (!find(f, "clusters", "cluster", name, &cluster))
		return err_set(err, E_VALUE, "kubeconfig: no cluster '%.*s' (context %.*s)",
			       STR_ARG(name), STR_ARG(out->context));
	if (!read_cluster(f->arena, &cluster, out, err))
		return false;
	name = obj_text(context.node, "user");
	if (!name.len)
		return true;
	if (!find(f, "users", "user", name, &user))
		return err_set(err, E_VALUE, "kubeconfig: no user '%.*s' (context %.*s)",
			       STR_ARG(name), STR_ARG(out->context));
	return read_user(f->arena, &user, out, err);
}

/* https://kubernetes.io/docs/tasks/run-application/access-api-from-pod */
static bool read_pod(struct arena *a, struct kube_config *out, struct err *err)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");
	const char *port = getenv("KUBERNETES_SERVICE_PORT");
	struct str namespace;

	if (!host || !*host || !port || !*port)
		return err_set(
			err, E_IO,
			"no API server: no kubeconfig (--kubeconfig, KUBECONFIG, ~/.kube/config), and this is no Pod");
	bool v6 = str_find_byte(str_from(host), ':') != STR_NONE;
	out->server = arena_fmt(a, "https://%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
	out->token_file = STR(POD_FOLDER "token");
	out->namespace = STR("default");
	if (file_read(a, STR(POD_FOLDER "namespace"), LIMIT_PEM_BYTES, &namespace, err))
		out->namespace = str_trim(namespace);
	return file_read(a, STR(POD_FOLDER "ca.crt"), LIMIT_PEM_BYTES, &out->ca, err) ||
	       err_within(err, "%s: ", POD_FOLDER "ca.crt");
}

bool kube_config_load(struct str file, struct str context, struct arena *a, struct kube_config *out,
		      struct err *err)
{
	struct files *f = ARENA_NEW(a, struct files);

	*out = (struct kube_config){.context = context};
	f->arena = a;
	if (!read_files(f, file, err))
		return false;
	if (!context.len)
		out->context = current_context(f);
	if (!file.len && !context.len && !out->context.len && !f->len)
		return read_pod(a, out, err);
	if (!out->context.len)
		return err_set(err, E_VALUE,
			       "kubeconfig: no current-context; name one with --context");
	return read_context(f, out, err);
}

struct named {
	struct str name;
	size_t at;
};

static int by_name(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int by = str_cmp(a->name, b->name);

	return by ? by : (a->at > b->at) - (a->at < b->at);
}

static int by_place(const void *left, const void *right)
{
	const struct named *a = left, *b = right;

	return (a->at > b->at) - (a->at < b->at);
}

/* Leaves each name where it is first. */
static size_t keep_first(struct named *all, size_t len)
{
	size_t kept = 0;

	qsort(all, len, sizeof *all, by_name);
	for (size_t i = 0; i < len; i++)
		if (!kept || !str_eq(all[kept - 1].name, all[i].name))
			all[kept++] = all[i];
	qsort(all, kept, sizeof *all, by_place);
	return kept;
}

bool kube_config_contexts(struct str file, bool waits, struct arena *a, const struct str **names,
			  size_t *len, struct err *err)
{
	struct files *f = ARENA_NEW(a, struct files);
	size_t most = 0, count = 0;

	f->arena = a;
	f->regular = !waits;
	*len = 0;
	if (!read_files(f, file, err))
		return false;
	for (size_t i = 0; i < f->len; i++)
		most += obj_len(obj_at(f->roots[i].node, "contexts"));
	struct named *all = ARENA_ARRAY(a, struct named, most + 1);
	for (size_t i = 0; i < f->len; i++) {
		struct obj list = obj_at(f->roots[i].node, "contexts");

		for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
			struct str name = obj_text(e, "name");

			if (name.len) {
				all[count] = (struct named){name, count};
				count++;
			}
		}
	}
	*len = keep_first(all, count);
	struct str *found = ARENA_ARRAY(a, struct str, *len + 1);
	for (size_t i = 0; i < *len; i++)
		found[i] = all[i].name;
	*names = found;
	return *len || err_set(err, E_VALUE, "kubeconfig: there is no context in it");
}
