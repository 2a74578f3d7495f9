/* A page shows what is known, in shapes and words, and nothing that somebody wrote becomes part of
 * it. */
#include "base/base64.h"
#include "bucket/probe.h"
#include "checks/table.h"
#include "pki/pki.h"
#include "report/html.h"
#include "report/markdown.h"
#include "report/report.h"
#include "rules/rule.h"

#include <criterion/criterion.h>

#define HAS(page, text)                                                                            \
	cr_expect(str_contains(buf_slice(&(page)), STR(text)), "no %s in %.*s", text,              \
		  STR_ARG(main_of(buf_slice(&(page)))))
#define HAS_NOT(page, text)                                                                        \
	cr_expect_not(str_contains(buf_slice(&(page)), STR(text)), "%s in %.*s", text,             \
		      STR_ARG(main_of(buf_slice(&(page)))))

#define NOW INT64_C(1795262400) /* 2026-11-21T12:00:00Z */
#define DAY INT64_C(86400)

static struct str main_of(struct str page)
{
	size_t at = str_find(page, STR("<main>"));

	return at == STR_NONE ? page : str_slice(page, at, page.len);
}

static struct str between(struct str page, struct str from, struct str to)
{
	size_t at = str_find(page, from);

	cr_assert(at != STR_NONE);
	struct str rest = str_slice(page, at + from.len, page.len);
	return str_slice(rest, 0, str_find(rest, to));
}

static void write(struct report *r, enum severity least, struct buf *out)
{
	struct report_style style = {.width = 100, .program = "backup-guard", .least = least};

	report_sort(r);
	report_format_find(STR("html"))->write(out, r, &style);
}

static void write_cluster(const struct report_cluster *c, struct buf *out)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report r = {.arena = a, .policy = STR("profile generic"), .now = NOW};

	report_add_cluster(&r, c);
	write(&r, SEV_WARN, out);
}

Test(report_html, what_users_write_is_text)
{
	struct report_cluster c = {.namespace = STR("a&b"), .name = STR("<script>\"'")};
	struct buf page CLEANUP(buf) = {0}, text CLEANUP(buf) = {0}, lines CLEANUP(buf) = {0};

	write_cluster(&c, &page);
	HAS(page, "a&amp;b/&lt;script&gt;&quot;&#39;");
	HAS_NOT(page, "<script");
	html_text(&text, STR("a\n\033[1m\xff"));
	cr_assert(str_is(buf_slice(&text), "a \\x1b[1m\\xff"), "%.*s", STR_ARG(buf_slice(&text)));
	html_lines(&lines, STR("a: 1\nb"));
	cr_assert(str_is(buf_slice(&lines), "a: 1\nb"));
}

Test(report_html, of_several_clusters_the_context_is_above_its_own)
{
	struct report_cluster c = {
		.namespace = STR("app"), .name = STR("db"), .context = STR("prod")};
	struct buf page CLEANUP(buf) = {0};

	write_cluster(&c, &page);
	HAS(page, "<li><h3>prod</h3>\n</li>\n<li><div><b>app/db</b>");
	HAS(page, "<h3>prod</h3>\n<details><summary>app/db</summary>");
	HAS(page, "backup-guard restore db -n app --context prod --output db-restored.yaml");
}

Test(report_html, says_itself_that_nothing_is_loaded_and_nothing_runs)
{
	struct report_cluster c = {.namespace = STR("app"), .name = STR("db")};
	struct buf page CLEANUP(buf) = {0}, hash CLEANUP(buf) = {0};
	uint8_t digest[PKI_SHA256];

	write_cluster(&c, &page);
	pki_sha256(between(buf_slice(&page), STR("<style>"), STR("</style>")), digest);
	buf_text(&hash, "content=\"default-src 'none'; style-src 'sha256-");
	base64_encode((struct str){(const char *)digest, sizeof digest}, &hash);
	buf_text(&hash, "'\"");
	cr_expect(str_contains(buf_slice(&page), buf_slice(&hash)));
	HAS_NOT(page, "http://");
	HAS_NOT(page, "https://");
	HAS_NOT(page, " style=");
	HAS_NOT(page, " src=");
}

/* Base backups at 10 and 2 days ago; WAL is missing from 6 days ago to 2. */
static struct probe_server two_windows(struct backup *b, struct window *w)
{
	w[0] = (struct window){.from = NOW - 10 * DAY,
			       .oldest = b,
			       .newest = b,
			       .reach = {.until = NOW - 6 * DAY, .surely = NOW - 6 * DAY}};
	w[1] = (struct window){.from = NOW - 2 * DAY,
			       .oldest = b + 1,
			       .newest = b + 1,
			       .reach = {.until = NOW - DAY, .surely = NOW - DAY}};
	return (struct probe_server){.name = STR("db"), .windows = w, .windows_len = 2};
}

Test(report_html, draws_windows_holes_and_what_is_not_known)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct window w[2];
	struct backup b[2] = {{.has_info = true}, {.has_info = true}};
	struct probe_server archive = two_windows(b, w);
	struct report_cluster c = {.namespace = STR("app"), .name = STR("db"), .last_backup = 1};
	struct buf page CLEANUP(buf) = {0}, late CLEANUP(buf) = {0}, nothing CLEANUP(buf) = {0};

	archive.catalogue = catalogue_new(a);
	c.archive = &archive;
	write_cluster(&c, &page);
	HAS(page, "<rect class=\"b\" x=\"800\" y=\"5\" width=\"160\" height=\"14\"/>");
	HAS(page, "<rect class=\"h\" x=\"960\" y=\"5\" width=\"160\" height=\"14\"/>");
	HAS(page, "<rect class=\"b\" x=\"1120\" y=\"5\" width=\"40\" height=\"14\"/>");
	HAS(page, "<rect class=\"u\" x=\"1160\" y=\"5\" width=\"40\" height=\"14\"/>");
	HAS(page, "restorable 2026-11-11 12:00 to 2026-11-20 12:00, with 1 hole");
	HAS(page, "restorable now");
	w[1].reach.surely = NOW - DAY - 60;
	write_cluster(&c, &late);
	HAS(late, "! at risk");
	archive.windows_len = 0;
	write_cluster(&c, &nothing);
	HAS(nothing, "✗ not restorable");
}

Test(report_html, draws_runs_and_the_edge_of_retention)
{
	struct report_run runs[] = {{NOW - 2 * DAY, RUN_DONE},
				    {NOW - DAY, RUN_FAILED},
				    {NOW + DAY, RUN_PLANNED},
				    {NOW + DAY + 60, RUN_PLANNED},
				    {NOW - 31 * DAY, RUN_DONE}};
	struct report_cluster c = {.namespace = STR("app"),
				   .name = STR("db"),
				   .last_backup = NOW - 2 * DAY,
				   .from = NOW - 5 * DAY,
				   .wal = WAL_FAILING,
				   .runs = runs,
				   .runs_len = ARRAY_LEN(runs),
				   .retention = 7 * DAY};
	struct buf page CLEANUP(buf) = {0}, archived CLEANUP(buf) = {0};

	write_cluster(&c, &page);
	HAS(page, "<path d=\"M1120 2v20\" class=\"d\"/>");
	HAS(page, "<path d=\"M1160 6l12 12m0-12l-12 12\" class=\"f\"/>");
	HAS(page, "<path d=\"M1240 7h10v10h-10z\" class=\"n\"/>");
	HAS(page, "<path d=\"M920 0v24\" class=\"r\"/>");
	HAS(page, "<rect class=\"t\" x=\"1000\" y=\"5\" width=\"120\" height=\"14\"/>");
	HAS(page, "<rect class=\"u\" x=\"1120\" y=\"5\" width=\"80\" height=\"14\"/>");
	HAS(page, "in 30 days 1 backup done, 1 failed");
	HAS(page, "2026-11-16  \xc2\xb7  \xc2\xb7  \xc2\xb7  ✓  ✗  \xc2\xb7&lt; □ ");
	c.wal = WAL_ARCHIVED;
	write_cluster(&c, &archived);
	HAS(archived, "<rect class=\"t\" x=\"1000\" y=\"5\" width=\"200\" height=\"14\"/>");
}

Test(report_html, unknown_is_never_restorable)
{
	static const struct probe_server unread = {.name = STR_INIT("db")};
	static const struct {
		struct report_cluster row;
		const char *words;
	} cases[] = {
		{{.last_backup = NOW, .worst = SEV_WARN}, "~ restorable, by the status alone"},
		{{.store = STR_INIT("s"), .unbacked = true}, "✗ not restorable"},
		{{.store = STR_INIT("s")}, "? unknown"},
		{{.last_backup = NOW, .worst = SEV_DENY}, "! at risk"},
		{{.worst = SEV_OFF}, "✗ not restorable"},
		{{.backups_unknown = true}, "? unknown"},
		{{.last_backup = NOW, .archive = &unread}, "? unknown"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf page CLEANUP(buf) = {0};

		write_cluster(&cases[i].row, &page);
		cr_expect(str_contains(buf_slice(&page), str_from(cases[i].words)), "%s",
			  cases[i].words);
	}
}

Test(report_html, many_backups_are_no_longer_than_a_few)
{
	static struct report_run runs[1000];
	struct report_cluster c = {.name = STR("db"), .last_backup = NOW, .runs = runs};
	struct buf few CLEANUP(buf) = {0}, many CLEANUP(buf) = {0};

	for (size_t i = 0; i < ARRAY_LEN(runs); i++)
		runs[i] = (struct report_run){NOW - (int64_t)i * 3600, RUN_DONE};
	write_cluster(&c, &few);
	c.runs_len = ARRAY_LEN(runs);
	write_cluster(&c, &many);
	cr_expect(many.len - few.len < 2000, "%zu", many.len - few.len);
}

Test(report_html, findings_link_to_the_pages_of_their_rules)
{
	const struct rule *rule = rule_find(STR("schedule-five-fields"));
	struct report_finding items[] = {
		{.finding = {.rule = rule,
			     .severity = SEV_DENY,
			     .message = STR("<5 fields>"),
			     .fix = STR("schedule: '0 0 3 * * *'")},
		 .file = STR("a.yaml"),
		 .kind = STR("ScheduledBackup"),
		 .name = STR("nightly")},
		{.finding = {.rule = rule_find(STR("no-compression")),
			     .severity = SEV_INFO,
			     .message = STR("not shown")},
		 .file = STR("b.yaml")},
	};
	struct report r = {.policy = STR("profile generic"),
			   .findings = {items, ARRAY_LEN(items), ARRAY_LEN(items)}};
	struct buf page CLEANUP(buf) = {0};

	write(&r, SEV_WARN, &page);
	HAS(page, "<a href=\"#schedule-five-fields\">schedule-five-fields</a>: &lt;5 fields&gt;");
	HAS(page, "<dt>fix</dt><dd><code>schedule: &#39;0 0 3 * * *&#39;</code></dd>");
	HAS(page, "<details id=\"schedule-five-fields\">");
	HAS_NOT(page, "no-compression");
	HAS_NOT(page, "To when can it be restored");
}

static void expect_markdown(const char *markdown, const char *html)
{
	struct buf out CLEANUP(buf) = {0};

	html_markdown(&out, str_from(markdown));
	cr_expect(str_is(buf_slice(&out), html), "%.*s", STR_ARG(buf_slice(&out)));
}

Test(report_html, markdown_of_ours_becomes_elements)
{
	expect_markdown("# A\n\nb\nc **d** e\n\n## 1. F\n",
			"<h2>A</h2>\n<p>b\nc <b>d</b> e</p>\n<h3>1. F</h3>\n");
	expect_markdown("- a\n- `b`\n\nc",
			"<ul><li>a</li>\n<li><code>b</code></li></ul>\n<p>c</p>\n");
	expect_markdown("```sh\nls | wc   # x\n\n- a\n```\n", "<pre>ls | wc   # x\n\n- a</pre>\n");
	expect_markdown(
		"| a | b |\n|---|---|\n| 1 \\| 2 | `3\\|` |\n",
		"<div class=\"scroll\"><table>\n<tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr>\n"
		"<tr><td>1 | 2</td><td><code>3|</code></td></tr>\n</table></div>\n");
}

Test(report_html, what_markdown_escapes_is_text_again_and_nothing_more)
{
	struct buf said CLEANUP(buf) = {0}, out CLEANUP(buf) = {0};
	struct str wanted = STR("<b> *x* `y` @me #1 http://z a|b \\ &");

	markdown_text(&said, wanted);
	buf_byte(&said, ' ');
	markdown_code(&said, STR("``<i>`"));
	html_markdown(&out, buf_slice(&said));
	cr_expect(str_is(buf_slice(&out), "<p>&lt;b&gt; *x* `y` @me #1 http://z a|b \\ &amp; "
					  "<code>``&lt;i&gt;`</code></p>\n"),
		  "%.*s", STR_ARG(buf_slice(&out)));
	expect_markdown("a `b", "<p>a `b</p>\n");
	expect_markdown("**a\n```\nb", "<p><b>a</b></p>\n<pre>b</pre>\n");
	expect_markdown("", "");
}
