#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utc.h"
#include "report/cron_text.h"
#include "doc/json_text.h"
#include "cron/cron.h"

#define FLUSH_BYTES (1u << 20)
#define NOW INT64_MIN

enum { FORMAT_TEXT, FORMAT_JSONL };

struct options {
	int64_t from, count;
	int format;
};

struct output {
	struct buf text;
	bool refused; /* a spec was */
	bool failed;  /* stdout is */
};

static void print_jsonl(struct str spec, const struct options *o, struct output *out)
{
	struct json j = JSON(&out->text);
	struct buf error CLEANUP(buf) = {0};
	char text[UTC_TEXT];
	struct cron c;
	int64_t t = o->from;
	bool ok = cron_parse(spec, &c, &error) == CRON_OK;

	json_open(&j, '{');
	json_key_str(&j, "spec", spec);
	json_key(&j, "ok");
	json_bool(&j, ok);
	if (ok) {
		json_key_int(&j, "fields", (int64_t)cron_words(spec));
		json_key(&j, "next");
		json_open(&j, '[');
		for (int64_t i = 0; i < o->count && cron_next(&c, t, &t); i++)
			json_str(&j, str_from(utc_format(t, text)));
		json_close(&j, ']');
	} else {
		json_key_str(&j, "error", buf_slice(&error));
	}
	json_close(&j, '}');
	buf_byte(&out->text, '\n');
	out->refused |= !ok;
}

static void print(struct str spec, const struct options *o, struct output *out)
{
	if (o->format == FORMAT_JSONL)
		print_jsonl(spec, o, out);
	else
		out->refused |= !cron_text(spec, o->from, (int)o->count, &out->text);
	if (out->text.len < FLUSH_BYTES)
		return;
	out->failed |= !cmd_print(buf_slice(&out->text));
	out->text.len = 0;
}

/* One spec a line. Only the newline goes: a blank before or after it is part of the spec. */
static void print_lines(struct str lines, struct arena *a, const struct options *o,
			struct output *out)
{
	struct str line, spec;

	while (lines.len && !out->failed && str_split(&lines, '\n', &line)) {
		if (!json_text(a, line, &spec))
			spec = line;
		print(spec, o, out);
	}
}

static enum exit_code cron_main(const struct cmd_call *call)
{
	struct options o = *(const struct options *)call->options;
	struct output out = {0};
	struct err err = {0};

	if (o.from == NOW)
		o.from = clock_utc();
	for (size_t i = 0; i < call->operands_len && !out.failed; i++) {
		struct str spec = call->operands[i];

		if (!str_is(spec, "-")) {
			print(spec, &o, &out);
			continue;
		}
		if (!file_read(call->arena, spec, LIMIT_FILE_BYTES, &spec, &err)) {
			buf_release(&out.text);
			return cmd_fail(call, EXIT_INPUT, "stdin: %s", err.msg);
		}
		print_lines(spec, call->arena, &o, &out);
	}
	out.failed |= !cmd_print(buf_slice(&out.text));
	buf_release(&out.text);
	if (out.failed)
		return EXIT_INTERNAL;
	return out.refused ? EXIT_FINDINGS : EXIT_CLEAN;
}

static const char *const formats[] = {"text", "jsonl", NULL};

static const struct opt opts[] = {
	{.name = "from",
	 .arg = "TIME",
	 .type = OPT_TIME,
	 .offset = offsetof(struct options, from),
	 .help = "activations strictly after this time (default: now)"},
	{.name = "count",
	 .arg = "N",
	 .type = OPT_COUNT,
	 .offset = offsetof(struct options, count),
	 .min = 1,
	 .max = 10000,
	 .help = "how many activations (default: 3)"},
	{.name = "format",
	 .arg = "FORMAT",
	 .type = OPT_CHOICE,
	 .offset = offsetof(struct options, format),
	 .choices = formats,
	 .help = "text or jsonl, one object a spec (default: text)"},
};

const struct cmd cmd_cron = {
	.name = "cron",
	.run = cron_main,
	.operands = "SPEC... | -",
	.operands_min = 1,
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &(const struct options){.from = NOW, .count = 3},
	.summary = "say what a schedule does in CloudNativePG",
	.about =
		"A schedule has six fields: second, minute, hour, day of month, month, weekday. With\n"
		"five the first is still the second. Times are UTC, as in the operator's Pod.\n"
		"\n"
		"'-' reads one schedule a line from stdin, as it stands or as a JSON string.\n"
		"Exit status: 0 when CloudNativePG accepts them all, 1 when it refuses one.",
};
