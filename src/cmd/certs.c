/* `certs`: makes certificates, and says what they hold. */
#include "cmd/certs_show.h"
#include "cmd/commands.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/utc.h"
#include "pki/pki.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The longest that every verifier of the last years accepts: nothing renews it by itself. The
 * server's log and a metric tell when it ends. */
#define SERVING_SECONDS (INT64_C(825) * UTC_DAY)

static const struct str default_names[] = {
	STR_INIT("backup-guard.backup-guard.svc"),
	STR_INIT("backup-guard.backup-guard.svc.cluster.local"),
	STR_INIT("localhost"),
	STR_INIT("127.0.0.1"),
};

struct made_file {
	const char *name;
	const struct buf *bytes;
	mode_t mode;
};

/* All of them or none. */
static bool write_files(struct arena *a, struct str folder, const struct made_file *files,
			size_t len, struct err *err)
{
	const char *paths[8];

	BUG_IF(len > ARRAY_LEN(paths));
	for (size_t i = 0; i < len; i++) {
		paths[i] = arena_fmt(a, "%.*s/%s", STR_ARG(folder), files[i].name).ptr;
		if (access(paths[i], F_OK) == 0)
			return err_set(
				err, E_IO,
				"%s is there already; nothing was changed: choose another folder, or move the old files away",
				paths[i]);
	}
	for (size_t i = 0; i < len; i++) {
		if (file_create(paths[i], files[i].mode, buf_slice(files[i].bytes), err))
			continue;
		err_within(err, "%s: ", paths[i]);
		while (i--)
			unlink(paths[i]);
		return false;
	}
	return true;
}

static void print_made(struct str folder, const struct str *names, size_t len, int64_t until,
		       struct buf *out)
{
	char date[UTC_TEXT];

	buf_fmt(out,
		"made %.*s/ca.crt   the CA, for caBundle of the webhook (base64 -w0 < %.*s/ca.crt)\n",
		STR_ARG(folder), STR_ARG(folder));
	buf_fmt(out, "made %.*s/ca.key   its key: keep it out of the cluster and out of git\n",
		STR_ARG(folder));
	buf_fmt(out, "made %.*s/tls.crt  the serving certificate, until %s, for", STR_ARG(folder),
		utc_format(until, date));
	for (size_t i = 0; i < len; i++)
		buf_fmt(out, "%s %.*s", i ? "," : "", STR_ARG(names[i]));
	buf_fmt(out,
		"\nmade %.*s/tls.key  its key\n"
		"next: " PROGRAM " serve --cert %.*s/tls.crt --key %.*s/tls.key\n",
		STR_ARG(folder), STR_ARG(folder), STR_ARG(folder));
}

static enum exit_code init(const struct cmd_call *call, struct str folder, const struct str *names,
			   size_t len)
{
	struct arena *a = call->arena;
	struct pki_bundle made = {{.arena = a}, {.arena = a}, {.arena = a}, {.arena = a}};
	const struct made_file files[] = {
		{"ca.crt", &made.ca_cert, 0644},
		{"ca.key", &made.ca_key, 0600},
		{"tls.crt", &made.cert, 0644},
		{"tls.key", &made.key, 0600},
	};
	struct buf text = BUF_ARENA(a);
	int64_t now = clock_utc();
	struct err err;

	if (!pki_make(names, len, now, SERVING_SECONDS, &made, &err))
		return cmd_fail(call, err.code == E_VALUE ? EXIT_USAGE : EXIT_INTERNAL, "%s",
				err.msg);
	if (mkdir(arena_cstr(a, folder), 0755) != 0 && errno != EEXIST)
		return cmd_fail(call, EXIT_INPUT, "%.*s: %s", STR_ARG(folder),
				strerrordesc_np(errno));
	if (!write_files(a, folder, files, ARRAY_LEN(files), &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	print_made(folder, names, len, now + SERVING_SECONDS, &text);
	return cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
}

enum { INIT, SHOW };
static const char *const words[] = {[INIT] = "init", [SHOW] = "show", NULL};

static enum exit_code certs_main(const struct cmd_call *call)
{
	const struct str *rest = call->operands + 2;
	size_t len = call->operands_len - 2;

	if (call->word == SHOW)
		return certs_show(call, call->operands + 1, call->operands_len - 1);
	if (!len)
		return init(call, call->operands[1], default_names, ARRAY_LEN(default_names));
	return init(call, call->operands[1], rest, len);
}

const struct cmd cmd_certs = {
	.name = "certs",
	.run = certs_main,
	.operands = "init DIR [NAME...] | show FILE...",
	.words = words,
	.operands_min = 2,
	.operands_max = SIZE_MAX,
	.summary = "make a CA and a serving certificate; say what certificates hold",
	.about =
		"init writes ca.crt, ca.key, tls.crt and tls.key into DIR and never overwrites a file. NAME is a DNS name or an IP address under which the API server calls; default: the Service backup-guard.backup-guard.svc, and localhost.\n\n"
		"show prints what each certificate of the files says, and what is wrong with it for a webhook (exit code 1 then); with a CA among the files, also whether it has signed the others.",
};
