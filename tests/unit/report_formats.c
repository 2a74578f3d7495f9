/* What users write cannot break a format, and a finding is the same in two runs. */
#include "base/limits.h"
#include "report/fingerprint.h"
#include "report/origin.h"
#include "base/utf8.h"
#include "report/report.h"
#include "report/uri.h"
#include "rules/rule.h"

#include <criterion/criterion.h>

#define EQ(buffer, text)                                                                           \
	cr_assert(str_is(buf_slice(&(buffer)), text), "%.*s", STR_ARG(buf_slice(&(buffer))))
#define HAS(buffer, text)                                                                          \
	cr_assert(str_contains(buf_slice(&(buffer)), STR(text)), "%.*s",                           \
		  STR_ARG(buf_slice(&(buffer))))
#define HAS_NOT(buffer, text)                                                                      \
	cr_assert_not(str_contains(buf_slice(&(buffer)), STR(text)), "%.*s",                       \
		      STR_ARG(buf_slice(&(buffer))))

static const struct rule rule = {.id = "schedule-five-fields"};

static struct report_finding finding(void)
{
	return (struct report_finding){
		.finding = {.rule = &rule,
			    .severity = SEV_DENY,
			    .path = STR("spec.schedule"),
			    .message = STR("schedule has 5 fields"),
			    .subject = STR("0 3 * * *"),
			    .pos = {7, 13, 7, 24}},
		.file = STR("db/backup.yaml"),
		.kind = STR("ScheduledBackup"),
		.namespace = STR("app"),
		.name = STR("nightly"),
	};
}

static struct report report_of(struct report_finding *items, size_t len)
{
	struct report r = {.policy = STR("profile generic")};

	r.count.files = r.count.objects = 1;
	r.findings.items = items;
	r.findings.len = len;
	for (size_t i = 0; i < len; i++)
		r.count.by_severity[items[i].finding.severity]++;
	return r;
}

static void write(const char *format, struct report *r, struct buf *out)
{
	struct report_style style = {.width = 100, .program = "backup-guard"};

	report_sort(r);
	report_format_find(str_from(format))->write(out, r, &style);
}

Test(report_github, values_of_users_end_no_property_and_no_line)
{
	struct report_finding f = finding();
	struct report r = report_of(&f, 1);
	struct buf out CLEANUP(buf) = {0};

	f.file = STR("a,b:c%d.yaml");
	f.finding.message = STR("100%\n::error::forged");
	write("github", &r, &out);
	EQ(out,
	   "::error file=a%2Cb%3Ac%25d.yaml,line=7,endLine=7,col=13,endColumn=24,title=schedule-five-fields::ScheduledBackup app/nightly: 100%25\\x0a::error::forged\n"
	   "checked 1 object in 1 file: 1 error (profile generic)\n");
}

/* The line of one finding whose message has so many characters. */
static struct str github_line(struct buf *out, size_t chars, struct str effect)
{
	struct report_finding f = finding();
	struct report r = report_of(&f, 1);
	struct buf message CLEANUP(buf) = {0};
	struct str rest, line;

	for (size_t i = 0; i < chars; i++)
		buf_text(&message, "\xc3\xa4");
	f.finding.message = buf_slice(&message);
	f.finding.effect = effect;
	f.finding.fix = STR_EMPTY;
	out->len = 0;
	write("github", &r, out);
	rest = buf_slice(out);
	str_split(&rest, '\n', &line);
	return line;
}

Test(report_github, a_line_has_at_most_250_characters)
{
	struct buf out CLEANUP(buf) = {0};
	size_t empty = utf8_count(github_line(&out, 0, STR_EMPTY)), most = 250 - empty;
	struct str line = github_line(&out, most, STR_EMPTY);

	cr_assert_eq(utf8_count(line), 250);
	cr_assert(str_has_suffix(line, STR("\xc3\xa4")), "all of it is there");
	line = github_line(&out, most + 1, STR_EMPTY);
	cr_assert_eq(utf8_count(line), 250);
	cr_assert(str_has_suffix(line, STR("\xc3\xa4...")));
	line = github_line(&out, most - 8, STR("effect"));
	cr_assert(str_has_suffix(line, STR("\xc3\xa4; effect")));
	line = github_line(&out, most - 7, STR("effect"));
	cr_assert(str_has_suffix(line, STR("\xc3\xa4")), "what happens because of it goes first");
}

Test(report_github, a_line_is_not_cut_inside_an_escape)
{
	struct buf name CLEANUP(buf) = {0};

	for (size_t before = 0; before < 3; before++) {
		struct report_finding f = finding();
		struct report r = report_of(&f, 1);
		struct buf out CLEANUP(buf) = {0};
		struct str rest, line;

		name.len = 0;
		buf_repeat(&name, 'x', before);
		buf_repeat(&name, '%', 100);
		f.finding.message = buf_slice(&name);
		write("github", &r, &out);
		rest = buf_slice(&out);
		str_split(&rest, '\n', &line);
		cr_assert(str_has_suffix(line, STR("%25...")), "%.*s", STR_ARG(line));
		cr_assert_leq(utf8_count(line), 250);
	}
}

Test(report_github, the_severest_come_first_since_only_ten_are_shown)
{
	struct report_finding f[3] = {finding(), finding(), finding()};
	struct report r;
	struct buf out CLEANUP(buf) = {0};

	f[0].finding.severity = SEV_INFO;
	f[0].finding.pos.line = f[0].finding.pos.end_line = 1;
	f[1].finding.severity = SEV_WARN;
	f[1].finding.pos.line = f[1].finding.pos.end_line = 2;
	r = report_of(f, 3);
	write("github", &r, &out);
	size_t error = str_find(buf_slice(&out), STR("::error "));
	size_t warning = str_find(buf_slice(&out), STR("::warning "));
	size_t notice = str_find(buf_slice(&out), STR("::notice "));
	cr_assert(error < warning && warning < notice && notice != STR_NONE, "%.*s",
		  STR_ARG(buf_slice(&out)));
}

Test(report_github, columns_only_for_what_ends_on_its_line)
{
	struct report_finding f[2] = {finding(), finding()};
	struct report r;
	struct buf out CLEANUP(buf) = {0};

	f[0].finding.pos = (struct pos){3, 5, 9, 2};
	f[1].finding.pos = (struct pos){0};
	f[1].file = STR("e.yaml");
	r = report_of(f, 2);
	write("github", &r, &out);
	HAS(out, "file=db/backup.yaml,line=3,endLine=9,title=");
	HAS(out, "file=e.yaml,title=");
}

Test(report_junit, markup_and_control_characters_of_users_are_escaped)
{
	struct report_finding f = finding();
	struct report_object o = {f.file, f.kind, f.namespace, f.name, STR_EMPTY};
	struct report r = report_of(&f, 1);
	struct buf out CLEANUP(buf) = {0};

	f.finding.message = STR("a<b> & \"c\" \x01\xff]]>\xef\xbf\xbe");
	r.objects.items = &o;
	r.objects.len = 1;
	write("junit", &r, &out);
	HAS(out, "message=\"a&lt;b&gt; &amp; &quot;c&quot; \\x01\\xff]]&gt;\"");
	HAS_NOT(out, "\x01");
	HAS_NOT(out, "\xff");
	HAS_NOT(out, "\xef\xbf\xbe");
}

Test(report_junit, an_object_is_a_case_with_one_failure_for_all_denials)
{
	struct report_finding f[4] = {finding(), finding(), finding(), finding()};
	struct report_object o[2] = {
		{f[0].file, f[0].kind, f[0].namespace, f[0].name, STR_EMPTY},
		{f[0].file, STR("Cluster"), f[0].namespace, STR("pg"), STR_EMPTY}};
	struct report r;
	struct buf out CLEANUP(buf) = {0};

	f[1].finding.message = STR("another");
	f[2].finding.severity = SEV_WARN;
	f[2].object = 1;
	f[3].finding.severity = SEV_WARN;
	r = report_of(f, 4);
	r.objects.items = o;
	r.objects.len = 2;
	write("junit", &r, &out);
	HAS(out,
	    "<testsuites name=\"backup-guard\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">");
	HAS(out,
	    "<testcase name=\"ScheduledBackup app/nightly\" classname=\"db/backup\" file=\"db/backup.yaml\" time=\"0\">\n"
	    "<failure message=\"another (and 1 more)\" type=\"schedule-five-fields\">");
	HAS(out,
	    "<testcase name=\"Cluster app/pg\" classname=\"db/backup\" file=\"db/backup.yaml\" time=\"0\">\n<system-out>warning[");
}

Test(report_markdown, values_of_users_break_no_table_and_mention_nobody)
{
	struct report_finding f = finding();
	struct report r = report_of(&f, 1);
	struct buf out CLEANUP(buf) = {0};

	f.file = STR("a|`b.yaml");
	f.finding.message = STR("@daily | `x` <img> see #1 of [it](https://example.org)\n# big");
	f.finding.fix = STR("schedule: '@hour|ly' - in [time]");
	write("markdown", &r, &out);
	HAS(out,
	    "| `` a\\|`b.yaml:7:13 `` | @<!-- -->daily \\| \\`x\\` \\<img\\> see #<!-- -->1 of \\[it\\](https:<!-- -->//example.org)\\\\x0a#<!-- --> big |\n");
	HAS(out, "fix: `schedule: '@hour\\|ly'` in \\[time\\]\n");
}

Test(report_markdown, what_a_comment_cannot_hold_is_left_out_and_counted)
{
	static struct report_finding f[3000];
	struct report r;
	struct buf out CLEANUP(buf) = {0};

	for (size_t i = 0; i < ARRAY_LEN(f); i++) {
		f[i] = finding();
		f[i].finding.severity = i + 1 == ARRAY_LEN(f) ? SEV_DENY : SEV_WARN;
		f[i].finding.pos.line = (uint32_t)i + 1;
	}
	r = report_of(f, ARRAY_LEN(f));
	write("markdown", &r, &out);
	cr_assert_leq(out.len, LIMIT_MARKDOWN_BYTES);
	cr_assert_gt(out.len, LIMIT_MARKDOWN_BYTES * 9 / 10);
	HAS(out, " more left out of this table: ");
	HAS(out, " more left out here: ");
	HAS(out, "|---|---|---|---|---|\n| error |");
	cr_assert(str_has_suffix(buf_slice(&out), STR("</details>\n")));
}

static void print_of(struct report_finding f, struct buf *out)
{
	struct report_findings all = {.items = &f, .len = 1};

	out->len = 0;
	fingerprint_number(&all);
	fingerprint_text(out, &f);
}

Test(report_fingerprint, survives_moved_lines_and_indexes)
{
	struct buf a CLEANUP(buf) = {0}, b CLEANUP(buf) = {0};
	struct report_finding f = finding(), moved = finding();

	f.finding.path = STR("spec.plugins[0].name");
	moved.finding.path = STR("spec.plugins[12].name");
	moved.finding.pos = (struct pos){70, 3, 70, 9};
	moved.finding.severity = SEV_WARN;
	moved.finding.message = STR("next at another time");
	print_of(f, &a);
	print_of(moved, &b);
	cr_assert_eq(a.len, 16u);
	cr_assert(str_eq(buf_slice(&a), buf_slice(&b)));
}

Test(report_fingerprint, tells_file_object_path_and_subject_apart)
{
	struct buf a CLEANUP(buf) = {0}, b CLEANUP(buf) = {0};
	struct report_finding f[5] = {finding(), finding(), finding(), finding(), finding()};

	f[0].file = STR("db/other.yaml");
	f[1].namespace = STR("apptest");
	f[2].finding.path = STR("metadata.annotations[x.y/0]");
	f[3].finding.subject = STR("0 4 * * *");
	f[4].namespace = STR("appnight"), f[4].name = STR("ly");
	print_of(finding(), &a);
	for (size_t i = 0; i < ARRAY_LEN(f); i++) {
		print_of(f[i], &b);
		cr_assert_not(str_eq(buf_slice(&a), buf_slice(&b)), "%zu", i);
	}
}

Test(report_fingerprint, nothing_secret_enters_it)
{
	struct buf a CLEANUP(buf) = {0}, b CLEANUP(buf) = {0};
	struct report_finding f = finding(), other = finding();

	other.finding.subject = STR("another value");
	f.finding.confidential = other.finding.confidential = true;
	print_of(f, &a);
	print_of(other, &b);
	cr_assert(str_eq(buf_slice(&a), buf_slice(&b)));
	f.finding.confidential = other.finding.confidential = false;
	f.kind = other.kind = STR("Secret");
	print_of(f, &a);
	print_of(other, &b);
	cr_assert(str_eq(buf_slice(&a), buf_slice(&b)));
	b.len = 0;
	fingerprint_subject(&b, &f);
	EQ(b, "");
}

Test(report_fingerprint, equals_are_numbered_in_their_order)
{
	struct report_finding f[3] = {finding(), finding(), finding()};
	struct report r = report_of(f, 3);
	struct buf out CLEANUP(buf) = {0};

	f[0].finding.pos.line = 9;
	f[1].finding.subject = STR("another");
	write("gitlab", &r, &out);
	cr_assert_eq(r.findings.items[2].finding.pos.line, 9u);
	cr_assert_eq(r.findings.items[2].nth, 2u);
	cr_assert_eq(r.findings.items[0].nth + r.findings.items[1].nth, 2u);
}

Test(report_fingerprint, only_numbers_go_out_of_brackets)
{
	struct buf out CLEANUP(buf) = {0};

	fingerprint_path(&out, STR("a[0].b[12][3].c[x.y/1].d[4"));
	EQ(out, "a[].b[][].c[x.y/1].d[4");
}

Test(report_uri, what_is_no_part_of_a_path_is_encoded)
{
	struct buf relative CLEANUP(buf) = {0}, absolute CLEANUP(buf) = {0};

	uri_write(&relative, STR("a b/%41:\xc3\xa9?#.yaml"));
	EQ(relative, "a%20b/%2541%3A%C3%A9%3F%23.yaml");
	uri_write(&absolute, STR("/etc/x y"));
	EQ(absolute, "file:///etc/x%20y");
}

Test(report_uri, what_lies_in_the_current_folder_is_relative_to_it)
{
	struct report r = {.here = STR("/home/u/repo")};
	struct report root = {.here = STR("/")};

	cr_assert(str_is(uri_relative(&r, STR("/home/u/repo/a.yaml")), "a.yaml"));
	cr_assert(str_is(uri_relative(&r, STR("/home/u/repository/a.yaml")),
			 "/home/u/repository/a.yaml"));
	cr_assert(str_is(uri_relative(&r, STR("././a.yaml")), "a.yaml"));
	cr_assert(str_is(uri_relative(&r, STR("../a.yaml")), "../a.yaml"));
	cr_assert(str_is(uri_relative(&root, STR("/a.yaml")), "a.yaml"));
}

static struct str origin(struct arena *a, const char *yaml, size_t nth)
{
	struct doc_list docs;
	struct object o;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(yaml), &docs, &err), "%s", err.msg);
	cr_assert_lt(nth, docs.len);
	cr_assert(object_read(doc_root(docs.docs[nth]), &o));
	return origin_of(a, &o);
}

Test(report_origin, helm_names_the_template_above_each_document)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *yaml = "---\n"
			   "# Source: chart/templates/a.yaml\n"
			   "# Copyright of somebody\n"
			   "# Source: elsewhere\n"
			   "\n"
			   "apiVersion: v1\n"
			   "kind: A\n"
			   "# Source: chart/templates/not.yaml\n"
			   "---\n"
			   "# Source: chart/charts/sub/templates/b.yaml\r\n"
			   "apiVersion: v1\n"
			   "kind: B\n"
			   "---\n"
			   "apiVersion: v1\n"
			   "kind: C\n";

	cr_assert(str_is(origin(a, yaml, 0), "chart/templates/a.yaml"));
	cr_assert(str_is(origin(a, yaml, 1), "chart/charts/sub/templates/b.yaml"));
	cr_assert(str_is(origin(a, yaml, 2), ""));
}

Test(report_origin, kustomize_says_it_in_an_annotation)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *local = "apiVersion: v1\nkind: A\nmetadata:\n  annotations:\n"
			    "    config.kubernetes.io/origin: |\n      path: ../base/a.yaml\n";
	const char *remote = "apiVersion: v1\nkind: A\nmetadata:\n  annotations:\n"
			     "    config.kubernetes.io/origin: |\n      path: apps/a.yaml\n"
			     "      ref: v1.2.0\n      repo: https://example.org/org/repo\n";
	const char *made = "apiVersion: v1\nkind: A\nmetadata:\n  annotations:\n"
			   "    config.kubernetes.io/origin: |\n"
			   "      configuredIn: kustomization.yaml\n      configuredBy:\n"
			   "        kind: SecretGenerator\n";

	cr_assert(str_is(origin(a, local, 0), "../base/a.yaml"));
	cr_assert(str_is(origin(a, remote, 0),
			 "https://example.org/org/repo//apps/a.yaml?ref=v1.2.0"));
	cr_assert(str_is(origin(a, made, 0), "kustomization.yaml"));
}

Test(report_origin, is_told_beside_the_place)
{
	struct report_finding f = finding();
	struct report r = report_of(&f, 1);
	struct buf text CLEANUP(buf) = {0}, compact CLEANUP(buf) = {0}, json CLEANUP(buf) = {0};

	f.origin = STR("chart/templates/a.yaml");
	write("text", &r, &text);
	HAS(text, "  --> db/backup.yaml:7:13   ScheduledBackup app/nightly   spec.schedule\n"
		  "      from chart/templates/a.yaml\n");
	write("compact", &r, &compact);
	HAS(compact, "schedule has 5 fields (from chart/templates/a.yaml) [schedule-five-fields]");
	write("jsonl", &r, &json);
	HAS(json, "\"origin\":\"chart/templates/a.yaml\"");
}
