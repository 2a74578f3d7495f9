/* What every page has above and below: no script, nothing that is loaded, and it says so itself. */
#include "report/html.h"

#include "base/base64.h"
#include "base/utc.h"
#include "pki/pki.h"
#include "report/phrase.h"

__asm__(".pushsection .rodata.report_style,\"a\",@progbits\n"
	".hidden report_style\n.hidden report_style_end\n"
	".globl report_style\n.globl report_style_end\n"
	"report_style:\n.incbin \"src/report/html.css\"\nreport_style_end:\n"
	".popsection\n");
extern const char report_style[] __attribute__((visibility("hidden")));
extern const char report_style_end[] __attribute__((visibility("hidden")));

static void style(struct buf *out)
{
	static const struct {
		const char *from, *to;
	} sheet = {report_style, report_style_end};
	struct str text = {sheet.from, (size_t)(sheet.to - sheet.from)};
	uint8_t digest[PKI_SHA256];

	pki_sha256(text, digest);
	buf_text(
		out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	base64_encode((struct str){(const char *)digest, sizeof digest}, out);
	buf_text(out, "'\">\n<style>");
	buf_str(out, text);
	buf_text(out, "</style>\n");
}

void html_element(struct buf *out, const char *name, struct str text)
{
	if (!text.len)
		return;
	buf_fmt(out, "<%s>", name);
	html_text(out, text);
	buf_fmt(out, "</%s>\n", name);
}

void html_term(struct buf *out, const char *word, struct str text)
{
	if (!text.len)
		return;
	buf_fmt(out, "<dt>%s</dt>", word);
	html_element(out, "dd", text);
}

void html_begin(struct buf *out, const struct html_head *head)
{
	buf_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	style(out);
	buf_text(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<title>");
	html_text(out, head->title);
	if (head->where.len) {
		buf_text(out, ": ");
		html_text(out, head->where);
	}
	buf_text(out, "</title>\n</head>\n<body>\n<header>\n");
	html_element(out, "h1", head->title);
	buf_text(out, "<p class=\"dim\">");
	if (head->where.len) {
		html_text(out, head->where);
		buf_text(out, ", ");
	}
	if (head->now) {
		phrase_minute(out, head->now, "");
		buf_text(out, " UTC, ");
	}
	html_text(out, head->policy);
	buf_text(out, ", backup-guard ");
	html_text(out, head->version);
	buf_text(out, "</p>\n");
}

void html_main(struct buf *out)
{
	buf_text(out, "</header>\n<main>\n");
}

void html_end(struct buf *out)
{
	buf_text(out, "</main>\n</body>\n</html>\n");
}

static const struct {
	const char *class, *shape;
} marks[HTML_MARKS] = {
	{"good", "✓"}, {"good", "~"}, {"risk", "!"}, {"none", "✗"}, {"unknown", "?"},
};

void html_verdict(struct buf *out, enum html_mark mark, const char *words)
{
	buf_fmt(out, "<span class=\"%s\">%s %s</span>", marks[mark].class, marks[mark].shape,
		words);
}

void html_count(struct buf *out, enum html_mark mark, size_t count, const char *words)
{
	buf_fmt(out, "<li class=\"%s\"><b>%zu</b> %s</li>\n", marks[mark].class, count, words);
}

/* Hatched, for whom colours say nothing, and on paper. */
static void patterns(struct buf *out)
{
	buf_text(
		out,
		"<svg class=\"hidden\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
		"<pattern id=\"hole\" width=\"12\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 6L12 0\" class=\"f\"/></pattern>"
		"<pattern id=\"unknown\" width=\"16\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 3h6\" class=\"w\"/></pattern>"
		"<pattern id=\"print\" width=\"8\" height=\"4\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 2h8\" class=\"w\"/></pattern>"
		"</defs></svg>\n");
}

void html_legend(struct buf *out, const struct html_sign *signs, size_t len)
{
	patterns(out);
	buf_text(out, "<ul class=\"legend dim\">\n");
	for (size_t i = 0; i < len; i++)
		buf_fmt(out,
			"<li><svg viewBox=\"0 0 40 24\" aria-hidden=\"true\">%s</svg> %s</li>\n",
			signs[i].shape, signs[i].words);
	buf_text(out, "</ul>\n");
}

int64_t html_x(int width, int64_t from, int64_t to, int64_t at)
{
	if (at <= from)
		return 0;
	return at >= to ? width : (at - from) * width / (to - from);
}

void html_picture(struct buf *out, int width, struct str words)
{
	buf_fmt(out, "<svg role=\"img\" viewBox=\"0 0 %d 24\" preserveAspectRatio=\"none\"><title>",
		width);
	html_text(out, words);
	buf_text(out, "</title>");
}

void html_day(struct buf *out, int64_t t)
{
	struct utc_date d = utc_date(t / UTC_DAY);

	buf_fmt(out, "%04lld-%02d-%02d", (long long)d.year, d.month, d.day);
}
