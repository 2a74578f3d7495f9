/* What the page and the text show of a store that was probed without its Clusters. */
#include "base/limits.h"
#include "bucket_file.h"
#include "report/glyph.h"
#include "report/html.h"
#include "report/report.h"
#include "report/writers.h"

#include <criterion/criterion.h>

static void read_stores(struct report *r, const char *bucket)
{
	struct err err;

	cr_assert(bucket_file_read(str_from(bucket), r->arena, &r->stores, &err), "%s", err.msg);
}

#define SERVERS                                                                                                                                                                                                                                                 \
	"store app/minio\n"                                                                                                                                                                                                                                     \
	"place s3://backups/<db> at https://s3.example.net\n"                                                                                                                                                                                                   \
	"head yes\nlist yes\nread no 403 AccessDenied Access Denied\n"                                                                                                                                                                                          \
	"write yes\nfind yes\ndelete yes\n"                                                                                                                                                                                                                     \
	"server db&1\n"                                                                                                                                                                                                                                         \
	"backup 20260820T030000 2026-08-20T03:00:40Z status=DONE systemid=7713606499394828123 begin_wal=000000010000000000000002 end_wal=000000010000000000000002 end_xlog=0/2000100 begin_time=2026-08-20T03:00:00+00:00 end_time=2026-08-20T03:00:40+00:00\n" \
	"wal 000000010000000000000002 000000010000000000000007 2026-08-20T03:00:40Z 300\n"                                                                                                                                                                      \
	"server empty\n"                                                                                                                                                                                                                                        \
	"server hidden\nproblem it has too many objects\n"                                                                                                                                                                                                      \
	"store app/other\nunasked its Secret is <missing>\n"

#define NOW INT64_C(1787659200) /* 2026-08-25T12:00:00Z */
#define HAS(text, part)                                                                            \
	cr_expect(str_contains(text, STR(part)), "no %s in %.*s", part, STR_ARG(text))

static struct str page_of(struct report *r)
{
	struct report_style style = {.width = 100, .program = "backup-guard", .least = SEV_WARN};
	struct buf page = BUF_ARENA(r->arena);

	report_format_find(STR("html"))->write(&page, r, &style);
	size_t at = str_find(buf_slice(&page), STR("<main>"));
	return str_slice(buf_slice(&page), at, page.len);
}

static struct str text_of(struct report *r)
{
	struct buf text = BUF_ARENA(r->arena);

	stores_text(&text, r, &(struct report_style){.program = "backup-guard", .width = 400});
	return buf_slice(&text);
}

Test(report_probe, of_a_probe_the_page_has_each_server_in_time)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report r = {.arena = a, .policy = STR("profile generic"), .now = NOW};

	read_stores(&r, SERVERS);
	struct str page = page_of(&r);
	HAS(page, "<h2>To when can it be restored</h2>");
	HAS(page,
	    "<li><div><b>db&amp;1</b> in app/minio<span class=\"risk\">! at risk</span></div><p class=\"dim\">restorable 2026-08-20 03:00 to 2026-08-20 03:20</p>"
	    "<svg role=\"img\" viewBox=\"0 0 1760 24\" preserveAspectRatio=\"none\"><title>restorable 2026-08-20 03:00 to 2026-08-20 03:20</title><rect class=\"u\" x=\"985\" y=\"5\" width=\"215\" height=\"14\"/>");
	HAS(page,
	    "<b>empty</b> in app/minio<span class=\"none\">✗ not restorable</span></div><p class=\"dim\">nothing to restore</p>");
	HAS(page,
	    "<b>hidden</b> in app/minio<span class=\"unknown\">? unknown</span></div><p class=\"dim\">not known</p>");
	HAS(page,
	    "<title>not known</title><rect class=\"u\" x=\"0\" y=\"5\" width=\"1200\" height=\"14\"/>");
}

Test(report_probe, what_ends_a_day_ago_is_at_risk)
{
	CLEANUP(arena) struct arena *a = arena_new();
	/* its window ends at 2026-08-20T03:20:40Z */
	struct report r = {.arena = a, .policy = STR("profile generic"), .now = 1787282440};
	struct str page;

	read_stores(&r, SERVERS);
	page = page_of(&r);
	HAS(page, "<b>db&amp;1</b> in app/minio<span class=\"good\">✓ restorable now</span>");
	r.now++;
	page = page_of(&r);
	HAS(page, "<b>db&amp;1</b> in app/minio<span class=\"risk\">! at risk</span>");
}

Test(report_probe, of_each_store_the_page_has_what_it_answered)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report r = {.arena = a, .policy = STR("profile generic"), .now = NOW};

	read_stores(&r, SERVERS);
	struct str page = page_of(&r);
	HAS(page,
	    "<h2>Object stores</h2>\n<h3>app/minio</h3>\n<p><code>s3://backups/&lt;db&gt; at https://s3.example.net</code><br>\n"
	    "head yes, list yes, read NO (AccessDenied), write yes, find yes, delete yes</p>\n"
	    "<div class=\"scroll\"><table>\n<tr><th scope=\"col\">SERVER</th><th scope=\"col\">RESTORABLE FROM (UTC)</th>");
	HAS(page,
	    "\n<tr><td>db&amp;1</td><td>2026-08-20 03:00</td><td>2026-08-20 03:20</td><td>-</td><td>0</td><td>5d8h ago</td></tr>\n"
	    "<tr><td>empty</td><td>never</td><td>-</td><td>-</td><td>-</td><td>-</td></tr>\n"
	    "<tr><td>hidden</td><td>unknown</td><td>-</td><td>-</td><td>-</td><td>-</td></tr>\n"
	    "</table></div>\n"
	    "<h3>app/other</h3>\n<p><code>s3://backups/db at https://s3.example.net</code><br>\nnot asked: its Secret is &lt;missing&gt;</p>\n</main>");
}

Test(report_probe, what_could_not_be_read_may_lead_to_a_base_backup)
{
	static const struct {
		const char *what, *state;
	} table[] = {
		{"", "<span class=\"none\">✗ not restorable</span>"},
		{"unread 20260820T030000 2026-08-20T03:00:40Z HTTP 500\n",
		 "<span class=\"unknown\">? unknown</span>"},
		{"wal 000000010000000000000002 000000010000000000000007 2026-08-20T03:00:40Z 300\nunread-history 00000002 2026-08-20T03:00:40Z HTTP 500\n",
		 "<span class=\"unknown\">? unknown</span>"},
	};
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct report r = {.arena = a, .policy = STR("profile generic"), .now = NOW};
		struct str bucket =
			arena_fmt(a, "store app/minio\nlist yes\nserver db\n%s", table[i].what);

		read_stores(&r, arena_cstr(a, bucket));
		struct str page = page_of(&r);
		cr_expect(str_contains(page,
				       arena_fmt(a, "<b>db</b> in app/minio%s", table[i].state)),
			  "%zu: %.*s", i, STR_ARG(page));
	}
}

/* A store with folders f1, f2 and so on beside its servers. */
static struct str text_with_folders(struct arena *a, size_t len, bool beside)
{
	struct report r = {.arena = a, .now = NOW};
	struct str *names = ARENA_ARRAY(a, struct str, len);

	read_stores(&r, "store app/minio\nlist yes\n");
	for (size_t i = 0; i < len; i++)
		names[i] = arena_fmt(a, "f%zu", i + 1);
	struct probe probe = r.stores.items[0];
	probe.beside = beside;
	probe.folders = names;
	probe.folders_len = len;
	r.stores.items = &probe;
	return text_of(&r);
}

Test(report_probe, of_folders_beside_five_are_named)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str five = text_with_folders(a, 5, false), more = text_with_folders(a, 7, false);

	HAS(five,
	    "  beside, not looked into: f1, f2, f3, f4, f5 - backup-guard probe minio does\n");
	HAS(more, "  beside, not looked into: f1, f2, f3, f4, f5 and 2 more - backup-guard probe ");
}

Test(report_probe, of_a_hundred_folders_each_was_looked_into)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str all = text_with_folders(a, 100, true), more = text_with_folders(a, 103, true);

	cr_expect_not(str_contains(all, STR("not looked into")), "%.*s", STR_ARG(all));
	HAS(more, "  3 more folders there were not looked into\n");
}
