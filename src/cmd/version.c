/* `version`: what is running, and what it was built of. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "base/json.h"

#ifndef BUILD_COMMIT /* deploy/version.sh says it to who builds the program, not to who analyzes   \
			it */
#define BUILD_COMMIT ""
#define BUILD_TIME "1970-01-01T00:00:00Z"
#endif
#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

enum { FORMAT_TEXT, FORMAT_JSON };

struct options {
	int format;
};

static void write_json(struct buf *out)
{
	struct json j = JSON(out);
	struct str commit = STR(BUILD_COMMIT);

	json_open(&j, '{');
	json_key_str(&j, "version", STR(PROGRAM_VERSION));
	json_key(&j, "commit");
	if (commit.len)
		json_str(&j, commit);
	else
		json_null(&j);
	json_key_str(&j, "time", STR(BUILD_TIME));
	json_key_str(&j, "compiler", STR(COMPILER));
	json_close(&j, '}');
	buf_byte(out, '\n');
}

static enum exit_code version_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct buf text = BUF_ARENA(call->arena);

	if (o->format == FORMAT_JSON)
		write_json(&text);
	else
		buf_text(&text, PROGRAM " " PROGRAM_VERSION "\n");
	return cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
}

static const char *const formats[] = {"text", "json", NULL};

static const struct opt opts[] = {
	{.name = "format",
	 .arg = "FORMAT",
	 .type = OPT_CHOICE,
	 .offset = offsetof(struct options, format),
	 .choices = formats,
	 .help = "the version alone, or its commit, that commit's time and the compiler, too: {} (default: text)"},
};

const struct cmd cmd_version = {
	.name = "version",
	.run = version_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.summary = "print the version",
};
