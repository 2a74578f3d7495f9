/* `cron`: what a schedule does. */
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/output.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/zone.h"
#include "report/cron_text.h"
#include "doc/json_text.h"
#include "cron/cron.h"

#include <string.h>

#define FLUSH_BYTES (1u << 20)
#define NOW INT64_MIN

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL };

struct options {
	struct output shown;
	int64_t from, count;
	struct str zone; /* empty: UTC alone */
	int format;
};

struct printed {
	struct buf text;
	bool refused; /* a spec was */
	bool failed;  /* stdout is */
};

static void flush(const struct options *o, struct printed *out)
{
	out->failed |= !(o->format == FORMAT_TEXT
				 ? output_inked(&o->shown, buf_slice(&out->text), cron_ink)
				 : cmd_print(buf_slice(&out->text)));
	out->text.len = 0;
}

static void print(struct str spec, const struct options *o, struct printed *out)
{
	struct cron_look look = {o->from, (int)o->count, o->zone.len != 0};

	out->refused |= o->format == FORMAT_TEXT ? !cron_text(spec, &look, &out->text)
						 : !cron_json(spec, &look, &out->text);
	if (out->text.len >= FLUSH_BYTES)
		flush(o, out);
}

/* One spec a line. Only the newline goes: a blank before or after it is part of the spec. */
static void print_lines(struct str lines, struct arena *a, const struct options *o,
			struct printed *out)
{
	struct str line, spec;

	while (lines.len && !out->failed && str_split(&lines, '\n', &line)) {
		if (!json_text(a, line, &spec))
			spec = line;
		print(spec, o, out);
	}
}

/* A schedule that was typed without quotes comes in pieces, with names of files for each '*'. */
static bool is_in_pieces(const struct cmd_call *call)
{
	struct str first = call->operands[0];

	return call->operands_len > 1 && cron_words(first) == 1 && first.ptr[0] != '@' &&
	       !str_is(first, "-");
}

static enum exit_code ask_for_quotes(const struct cmd_call *call)
{
	struct buf spec = BUF_ARENA(call->arena);
	bool whole = call->operands_len <= CRON_FIELDS_LEN;

	for (size_t i = 0; i < call->operands_len; i++)
		buf_fmt(&spec, "%s%.*s", i ? " " : "", STR_ARG(call->operands[i]));
	for (size_t i = 0; i < spec.len; i++)
		whole &= strchr("0123456789*/,-? ", spec.ptr[i]) != NULL;
	return cmd_fail(call, EXIT_USAGE,
			"a schedule is one word for the shell, in quotes: backup-guard cron '%.*s'",
			STR_ARG(whole ? buf_slice(&spec) : STR("0 0 3 * * *")));
}

static enum exit_code cron_main(const struct cmd_call *call)
{
	struct options o = *(const struct options *)call->options;
	struct printed out = {.text = BUF_ARENA(call->arena)};
	struct err err = {0};

	if (is_in_pieces(call))
		return ask_for_quotes(call);
	if (o.zone.len && !zone_use(o.zone, &err))
		return cmd_fail(call, EXIT_USAGE, "--tz: '%.*s' %s", STR_ARG(o.zone), err.msg);
	if (o.from == NOW)
		o.from = clock_utc();
	for (size_t i = 0; i < call->operands_len && !out.failed; i++) {
		struct str spec = call->operands[i];

		if (!str_is(spec, "-"))
			print(spec, &o, &out);
		else if (file_read(call->arena, spec, LIMIT_FILE_BYTES, &spec, &err))
			print_lines(spec, call->arena, &o, &out);
		else
			return cmd_fail(call, EXIT_INPUT, "stdin: %s", err.msg);
	}
	flush(&o, &out);
	return out.failed ? EXIT_INTERNAL : out.refused ? EXIT_FINDINGS : EXIT_CLEAN;
}

static const char *const formats[] = {"text", "json", "jsonl", NULL};

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	{"from", 0, "TIME", OPT_TIME, AT(from),
	 .help = "activations strictly after this time (default: now)"},
	{"count", 0, "N", OPT_COUNT, AT(count), .min = 1, .max = 10000,
	 .help = "how many activations (default: 3)"},
	{"tz", 0, "ZONE", OPT_TEXT, AT(zone),
	 .help = "local times, too: Europe/Berlin, and when its clocks are set"},
	{"format", 0, "FORMAT", OPT_CHOICE, AT(format), .choices = formats,
	 .help = "a paragraph or an object a spec: {} (default: text)"},
	OUTPUT_COLOR(AT(shown.color)),
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
		"A schedule has six fields: second, minute, hour, day of month, month, weekday. With five the first is still the second. Times are UTC, as in the operator's Pod.\n\n"
		"'-' reads one schedule a line from stdin, as it stands or as a JSON string.\n\n"
		"Exit status: 0 when CloudNativePG accepts them all, 1 when it refuses one.",
};
