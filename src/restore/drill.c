/* The Job of a drill: it asks the restored database something, with the application's rights. */
#include "internal.h"

#include <inttypes.h>

#define QUERY                                                                                      \
	"select now(), pg_is_in_recovery(), pg_size_pretty(pg_database_size(current_database()))"

/* Any client will do where the image is not known. */
#define CLIENT "ghcr.io/cloudnative-pg/postgresql:17"

static struct str image(const struct restore *r)
{
	struct str named = obj_text(restore_cluster(r)->root, "spec.imageName");
	struct str runs = obj_text(restore_cluster(r)->root, "status.image");

	return named.len ? named : runs.len ? runs : STR(CLIENT);
}

static void variable(struct emit *e, const char *name, struct str value)
{
	emit_item(e);
	emit_text(e, "name", str_from(name));
	emit_text(e, "value", value);
	emit_close(e);
}

static void of_secret(struct emit *e, const char *name, struct str secret, const char *key)
{
	emit_item(e);
	emit_text(e, "name", str_from(name));
	emit_map(e, "valueFrom");
	emit_map(e, "secretKeyRef");
	emit_text(e, "name", secret);
	emit_text(e, "key", str_from(key));
	emit_close(e);
	emit_close(e);
	emit_close(e);
}

static void environment(const struct restore *r, struct emit *e)
{
	struct str secret = restore_application_secret(r);

	emit_list(e, "env");
	emit_comment(e, "ask for what you know to have been there");
	variable(e, "QUERY", STR(QUERY));
	variable(e, "PGHOST", arena_fmt(r->arena, "%.*s-rw", STR_ARG(r->as)));
	variable(e, "PGDATABASE", restore_application(r).database);
	variable(e, "PGCONNECT_TIMEOUT", STR("5"));
	of_secret(e, "PGUSER", secret, "username");
	of_secret(e, "PGPASSWORD", secret, "password");
	emit_close(e);
}

/* What the strictest of the Pod Security Standards demands. */
static void security(struct emit *e)
{
	emit_map(e, "securityContext");
	emit_bool(e, "allowPrivilegeEscalation", false);
	emit_bool(e, "runAsNonRoot", true);
	emit_map(e, "capabilities");
	emit_list(e, "drop");
	emit_word(e, STR("ALL"));
	emit_close(e);
	emit_close(e);
	emit_map(e, "seccompProfile");
	emit_text(e, "type", STR("RuntimeDefault"));
	emit_close(e);
	emit_close(e);
}

static void container(const struct restore *r, struct emit *e)
{
	emit_item(e);
	emit_text(e, "name", STR("ask"));
	emit_text(e, "image", image(r));
	emit_list(e, "command");
	emit_word(e, STR("sh"));
	emit_word(e, STR("-c"));
	emit_word(
		e,
		STR("until psql -Xc 'select 1' >/dev/null; do sleep 10; done; psql -Xc \"$QUERY\""));
	emit_close(e);
	environment(r, e);
	security(e);
	emit_close(e);
}

/* It is of the Cluster's image, maybe. */
static void pull_secrets(const struct restore *r, struct emit *e)
{
	struct obj secrets = obj_at(restore_cluster(r)->root, "spec.imagePullSecrets");

	if (obj_type(secrets) == OBJ_LIST && obj_len(secrets))
		emit_member(e, STR("imagePullSecrets"), secrets);
}

void restore_write_job(const struct restore *r, struct emit *e)
{
	if (!restore_application(r).database.len || !restore_application(r).owner.len)
		return;
	emit_document(e);
	emit_comment(e, "waits for the Cluster, and prints what it asked");
	emit_text(e, "apiVersion", STR("batch/v1"));
	emit_text(e, "kind", STR("Job"));
	emit_map(e, "metadata");
	emit_text(e, "name", arena_fmt(r->arena, "%.*s-ask", STR_ARG(r->as)));
	if (r->namespace.len)
		emit_text(e, "namespace", r->namespace);
	emit_close(e);
	emit_map(e, "spec");
	emit_int(e, "backoffLimit", 0);
	emit_comment(e, "it waits no longer: %" PRId64 " hours", restore_patience(r));
	emit_int(e, "activeDeadlineSeconds", restore_patience(r) * 3600);
	emit_map(e, "template");
	emit_map(e, "spec");
	emit_text(e, "restartPolicy", STR("Never"));
	pull_secrets(r, e);
	emit_list(e, "containers");
	container(r, e);
	emit_close(e);
	emit_close(e);
	emit_close(e);
	emit_close(e);
}
