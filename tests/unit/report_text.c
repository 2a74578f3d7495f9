#include "report/phrase.h"
#include "report/report.h"
#include "rules/rule.h"

#include <criterion/criterion.h>

#define EQ(buffer, text)                                                                           \
	cr_assert(str_is(buf_slice(&(buffer)), text), "%.*s", STR_ARG(buf_slice(&(buffer))))

static const struct rule rule = {.id = "schedule-five-fields"};
static const struct rule site_rule = {.id = "policy-destination"};

static struct report_finding finding(void)
{
	return (struct report_finding){
		.finding = {.rule = &rule,
			    .severity = SEV_DENY,
			    .path = STR("spec.schedule"),
			    .message = STR("schedule has 5 fields; the first is seconds"),
			    .effect = STR("runs 24 times a day: next 11:03:00, 12:03:00 UTC"),
			    .fix = STR("schedule: '0 0 3 * * *' - once a day at 03:00 UTC"),
			    .pos = {7, 13, 7, 24}},
		.file = STR("db/backup.yaml"),
		.kind = STR("ScheduledBackup"),
		.namespace = STR("app"),
		.name = STR("pg-main-backup"),
		.source = {.text = STR("  schedule: '0 3 * * *'"), .first_column = 1},
	};
}

static void write(const char *format, struct report *r, unsigned width, bool color, struct buf *out)
{
	struct report_style style = {.width = width, .color = color, .program = "backup-guard"};

	report_sort(r);
	report_format_find(str_from(format))->write(out, r, &style);
}

static void add(struct report *r, struct report_finding *items, size_t len)
{
	r->policy = STR("profile homelab");
	r->profile = STR("homelab");
	r->count.files = r->count.objects = 1;
	r->findings.items = items;
	r->findings.len = len;
	for (size_t i = 0; i < len; i++)
		r->count.by_severity[items[i].finding.severity]++;
}

Test(report_text, effect_stands_beside_the_carets)
{
	struct report r = {0};
	struct report_finding f = finding();
	struct buf out CLEANUP(buf) = {0};

	add(&r, &f, 1);
	write("text", &r, 100, false, &out);
	EQ(out, "error[schedule-five-fields]: schedule has 5 fields; the first is seconds\n"
		"  --> db/backup.yaml:7:13   ScheduledBackup app/pg-main-backup   spec.schedule\n"
		"   |\n"
		" 7 |   schedule: '0 3 * * *'\n"
		"   |             ^^^^^^^^^^^ runs 24 times a day: next 11:03:00, 12:03:00 UTC\n"
		"   = fix: schedule: '0 0 3 * * *'   once a day at 03:00 UTC\n"
		"\n"
		"more about a rule: backup-guard explain schedule-five-fields\n"
		"checked 1 object in 1 file: 1 error (profile homelab)\n");
}

Test(report_text, a_narrow_terminal_breaks_at_words_but_never_in_what_to_write)
{
	struct report r = {0};
	struct report_finding f = finding();
	struct buf out CLEANUP(buf) = {0};

	add(&r, &f, 1);
	write("text", &r, 48, false, &out);
	EQ(out, "error[schedule-five-fields]: schedule has 5\n"
		"  fields; the first is seconds\n"
		"  --> db/backup.yaml:7:13\n"
		"      ScheduledBackup app/pg-main-backup\n"
		"      spec.schedule\n"
		"   |\n"
		" 7 |   schedule: '0 3 * * *'\n"
		"   |             ^^^^^^^^^^^\n"
		"   = effect: runs 24 times a day: next 11:03:00,\n"
		"             12:03:00 UTC\n"
		"   = fix: schedule: '0 0 3 * * *'\n"
		"          once a day at 03:00 UTC\n"
		"\n"
		"more about a rule: backup-guard explain schedule-five-fields\n"
		"checked 1 object in 1 file: 1 error\n"
		"  (profile homelab)\n");
}

Test(report_text, colour_is_only_there_when_asked_for)
{
	struct report r = {0};
	struct report_finding f = finding();
	struct buf with CLEANUP(buf) = {0}, without CLEANUP(buf) = {0};

	add(&r, &f, 1);
	write("text", &r, 100, true, &with);
	write("text", &r, 100, false, &without);
	cr_assert(str_contains(buf_slice(&with),
			       STR("\033[1;31merror[schedule-five-fields]\033[0m")));
	cr_assert_not(str_contains(buf_slice(&without), STR("\033")));
}

Test(report_text, an_object_without_a_file_is_named)
{
	struct report r = {0};
	struct report_finding f = finding();
	struct buf out CLEANUP(buf) = {0};

	f.file = f.source.text = STR_EMPTY;
	f.finding.pos = (struct pos){0};
	f.finding.fix = STR_EMPTY;
	f.finding.severity = SEV_WARN;
	add(&r, &f, 1);
	write("text", &r, 100, false, &out);
	cr_assert(
		str_has_prefix(
			buf_slice(&out),
			STR("warning[schedule-five-fields]: schedule has 5 fields; the first is seconds\n"
			    "  --> ScheduledBackup app/pg-main-backup   spec.schedule\n"
			    "   = effect: runs 24 times a day: next 11:03:00, 12:03:00 UTC\n\n")),
		"%.*s", STR_ARG(buf_slice(&out)));
}

Test(report_text, values_of_users_cannot_forge_lines)
{
	struct report r = {0};
	struct report_finding f = finding();
	struct buf out CLEANUP(buf) = {0};

	f.finding.message = STR("name is a\nchecked 9 objects: no findings\x1b[0m");
	add(&r, &f, 1);
	write("compact", &r, 100, false, &out);
	EQ(out,
	   "db/backup.yaml:7:13: error: name is a\\x0achecked 9 objects: no findings\\x1b[0m; runs 24 times a day: next 11:03:00, 12:03:00 UTC. Fix: schedule: '0 0 3 * * *' - once a day at 03:00 UTC [schedule-five-fields]\n");
}

Test(report_text, findings_are_ordered_by_file_line_column_and_rule)
{
	struct report r = {0};
	struct report_finding f[4] = {finding(), finding(), finding(), finding()};
	struct buf out CLEANUP(buf) = {0};

	for (int i = 0; i < 4; i++)
		f[i].finding.effect = f[i].finding.fix = STR_EMPTY;
	f[0].file = STR("z.yaml");
	f[0].finding.pos.line = 1;
	f[1].finding.pos.column = 20;
	f[3].finding.rule = &site_rule;
	add(&r, f, 4);
	write("compact", &r, 100, false, &out);
	EQ(out,
	   "db/backup.yaml:7:13: error: schedule has 5 fields; the first is seconds [policy-destination]\n"
	   "db/backup.yaml:7:13: error: schedule has 5 fields; the first is seconds [schedule-five-fields]\n"
	   "db/backup.yaml:7:20: error: schedule has 5 fields; the first is seconds [schedule-five-fields]\n"
	   "z.yaml:1:13: error: schedule has 5 fields; the first is seconds [schedule-five-fields]\n");
}

Test(report_text, errors_come_first_and_infos_are_counted)
{
	struct report_finding f[3] = {finding(), finding(), finding()};
	struct report_style style = {.width = 100, .program = "backup-guard", .least = SEV_WARN};
	struct report r = {0};
	struct buf out CLEANUP(buf) = {0};

	f[0].finding.severity = SEV_INFO;
	f[0].finding.pos.line = 1;
	f[1].finding.severity = SEV_WARN;
	f[1].finding.pos.line = 2;
	for (int i = 0; i < 3; i++)
		f[i].finding.effect = f[i].finding.fix = f[i].source.text = STR_EMPTY;
	add(&r, f, 3);
	report_sort(&r);
	report_format_find(STR("text"))->write(&out, &r, &style);
	EQ(out,
	   "error[schedule-five-fields]: schedule has 5 fields; the first is seconds\n"
	   "  --> db/backup.yaml:7:13   ScheduledBackup app/pg-main-backup   spec.schedule\n\n"
	   "warning[schedule-five-fields]: schedule has 5 fields; the first is seconds\n"
	   "  --> db/backup.yaml:2:13   ScheduledBackup app/pg-main-backup   spec.schedule\n\n"
	   "more about a rule: backup-guard explain schedule-five-fields\n"
	   "checked 1 object in 1 file: 1 error, 1 warning, 1 info (--show info) (profile homelab)\n");
	out.len = 0;
	r.findings.len = 1;
	r.findings.items = &f[0];
	f[0].finding.severity = SEV_INFO;
	r.count.by_severity[SEV_DENY] = r.count.by_severity[SEV_WARN] = 0;
	report_format_find(STR("text"))->write(&out, &r, &style);
	EQ(out, "checked 1 object in 1 file: 1 info (--show info) (profile homelab)\n");
}

Test(report_text, a_fix_is_wrapped_in_a_terminal_alone)
{
	struct report_finding f = finding();
	struct report_style style = {.width = 60, .program = "backup-guard"};
	struct report r = {0};

	f.finding.effect = f.source.text = STR_EMPTY;
	f.finding.fix = STR("s3Credentials: {accessKeyId: {name: keys, key: ACCESS_KEY_ID}}");
	add(&r, &f, 1);
	for (int terminal = 0; terminal < 2; terminal++) {
		struct buf out CLEANUP(buf) = {0};

		style.terminal = terminal;
		report_format_find(STR("text"))->write(&out, &r, &style);
		cr_expect(
			str_contains(
				buf_slice(&out),
				terminal
					? STR("   = fix: s3Credentials: {accessKeyId: {name: keys, key:\n"
					      "          ACCESS_KEY_ID}}\n")
					: STR("{accessKeyId: {name: keys, key: ACCESS_KEY_ID}}\n")),
			"%.*s", STR_ARG(buf_slice(&out)));
	}
}

static struct str summary_of(struct report *r, struct buf *out)
{
	struct report_style style = {.width = 200, .program = "backup-guard"};

	r->policy = STR("profile homelab");
	r->profile = STR("homelab");
	phrase_summary(out, r, &style);
	return buf_slice(out);
}

Test(report_text, summary_counts_what_was_done_and_what_was_not)
{
	struct buf out CLEANUP(buf) = {0};
	struct report r = {.count = {.files = 6,
				     .objects = 14,
				     .other_kinds = 5,
				     .helm_templates = 1,
				     .kustomize_patches = 2,
				     .by_severity = {[SEV_DENY] = 2, [SEV_WARN] = 1}}};

	r.exempted.len = 3;
	summary_of(&r, &out);
	EQ(out,
	   "checked 14 objects in 6 files: 2 errors, 1 warning, 3 exempted, 5 of other kinds, 1 template skipped, 2 kustomize patches judged in what they make (profile homelab)\n");
}

Test(report_text, summary_of_nothing_says_so)
{
	struct buf clean CLEANUP(buf) = {0}, other CLEANUP(buf) = {0}, none CLEANUP(buf) = {0};
	struct report r = {.count = {.files = 1, .objects = 2}};

	summary_of(&r, &clean);
	EQ(clean, "checked 2 objects in 1 file: no findings (profile homelab)\n");
	r.count = (struct report_counts){.files = 3, .other_kinds = 12};
	summary_of(&r, &other);
	EQ(other, "checked 3 files: 0 objects, 12 documents of other kinds (profile homelab)\n");
	r.count = (struct report_counts){0};
	summary_of(&r, &none);
	EQ(none, "checked 0 files: 0 objects, 0 documents of other kinds (profile homelab)\n");
}

Test(report_text, every_severity_from_the_asked_one_up_counts)
{
	struct report r = {.count.by_severity = {[SEV_WARN] = 1}};

	cr_assert(report_reaches(&r, SEV_INFO));
	cr_assert(report_reaches(&r, SEV_WARN));
	cr_assert_not(report_reaches(&r, SEV_DENY));
	cr_assert_not(report_reaches(&r, SEV_OFF));
}

Test(report_text, formats_are_sorted_and_have_names_of_their_own)
{
	for (size_t i = 1; i < report_formats_len; i++)
		cr_assert_lt(str_cmp(str_from(report_formats[i - 1].name),
				     str_from(report_formats[i].name)),
			     0);
	cr_assert_null(report_format_find(STR("xml")));
}
