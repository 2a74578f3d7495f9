/* What is wrong with a YAML file, in our own words, and its place. */
#include "yaml_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* What libyaml says, and what to say instead. */
static const struct {
	const char *problem, *context; /* context NULL: any */
	bool at_context;	       /* the place to show is where the construct begins */
	const char *message;
} messages[] = {
	{"could not find expected ':'", NULL, true, "a key needs a ':' after it"},
	{"mapping values are not allowed in this context", NULL, false,
	 "a ':' cannot stand here: look at the indentation and the line before; a value that holds ': ' must be quoted"},
	{"block sequence entries are not allowed in this context", NULL, false,
	 "a list item cannot start here: put '- ' on a line of its own"},
	{"did not find expected key", "while parsing a block mapping", false,
	 "a key is expected here: wrong indentation, or text after a quoted value"},
	{"did not find expected '-' indicator", NULL, false,
	 "a list item ('- ') is expected here: wrong indentation?"},
	{"did not find expected ',' or '}'", NULL, false,
	 "',' or '}' is expected here; '{' was opened on line"},
	{"did not find expected ',' or ']'", NULL, false,
	 "',' or ']' is expected here; '[' was opened on line"},
	{"did not find expected <document start>", NULL, false,
	 "the document ended before this text: wrong indentation, or '---' is missing"},
	{"did not find expected node content", NULL, false, "a value is expected here"},
	{"found unexpected end of stream", "while scanning a quoted scalar", true,
	 "the quote that opens here is never closed"},
	{"found unexpected document indicator", "while scanning a quoted scalar", true,
	 "the quote that opens here is not closed before the next document"},
	{"found undefined tag handle", NULL, false,
	 "this tag is not declared; text that begins with '!' must be quoted"},
	{"found incompatible YAML document", NULL, false, "only YAML 1.1 and 1.2 are known"},
	{"found unknown escape character", NULL, false,
	 "unknown escape sequence; in single quotes a backslash is only a backslash"},
	{"found a tab character that violates indentation", NULL, false,
	 "a tab cannot indent: use spaces"},
	{"found a tab character where an indentation space is expected", NULL, false,
	 "a tab cannot indent: use spaces"},
};

bool yaml_err(struct loader *l, enum err_code code, yaml_mark_t at, const char *fmt, ...)
{
	char message[sizeof l->err->msg];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	/* libyaml puts the end of a file without a last line end on a line of its own. */
	if (at.line >= l->doc->lines) {
		at.line = l->doc->lines - 1;
		at.column = utf8_count(doc_line(l->doc, (uint32_t)at.line + 1));
	}
	return err_at(l->err, code, (uint32_t)at.line + 1, (uint32_t)at.column + 1, "%s", message);
}

/* A line cut in two at a column, which counts characters from 0. */
static void cut_line(const struct loader *l, yaml_mark_t at, struct str *before, struct str *rest)
{
	struct str line = doc_line(l->doc, (uint32_t)at.line + 1);

	*before = utf8_cut_chars(line, at.column);
	*rest = str_slice(line, before->len, line.len);
}

static bool template_on(struct loader *l, size_t line)
{
	yaml_mark_t start = {.line = line};
	struct str text = doc_line(l->doc, (uint32_t)line + 1);
	size_t at = str_find(text, STR("{{"));

	if (at == STR_NONE)
		return false;
	struct str before = str_trim(str_slice(text, 0, at));
	if (before.len && !strchr(":-}", before.ptr[before.len - 1]))
		return false;
	start.column = utf8_count(str_slice(text, 0, at));
	yaml_err(
		l, E_SYNTAX, start,
		"'{{' begins a template: this is not YAML until it is rendered (helm template); a value that is meant so must be quoted");
	return true;
}

bool yaml_template_err(struct loader *l, yaml_mark_t at)
{
	return template_on(l, at.line) || (at.line && template_on(l, at.line - 1));
}

/* The value that was meant: up to a comment, or inside brackets from the last item to the next. */
static void narrow(struct str *before, struct str *rest)
{
	size_t end = str_find(*rest, STR(" #")), from = before->len;

	if (end == STR_NONE)
		end = rest->len;
	while (from && !strchr("{[,", before->ptr[from - 1]))
		from--;
	for (size_t i = 0; from && i < end; i++)
		if (strchr(",]}", rest->ptr[i]))
			end = i;
	*before = str_trim(str_slice(*before, from, before->len));
	*rest = str_trim(str_slice(*rest, 0, end));
}

/* A value that starts with a character which means something else in YAML. */
static bool unquoted_err(struct loader *l, yaml_mark_t at)
{
	struct buf fix = BUF_ARENA(l->arena);
	struct str before, value;

	cut_line(l, at, &before, &value);
	narrow(&before, &value);
	if (!value.len || value.len > 100 || before.len > 100)
		return yaml_err(l, E_SYNTAX, at, "a value that starts so must be quoted in YAML");
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\'')
			buf_byte(&fix, '\'');
		buf_byte(&fix, value.ptr[i]);
	}
	return yaml_err(l, E_SYNTAX, at, "'%.*s' must be quoted in YAML: write %.*s%s'%.*s'",
			STR_ARG(value), STR_ARG(before), before.len ? " " : "",
			STR_ARG(buf_slice(&fix)));
}

static bool is_unquoted(const struct loader *l, yaml_mark_t at)
{
	struct str before, rest;

	cut_line(l, at, &before, &rest);
	return rest.len && strchr("@`%*&!|>", rest.ptr[0]);
}

bool yaml_syntax_err(struct loader *l)
{
	const yaml_parser_t *p = &l->parser;
	const char *context = p->context ? p->context : "";
	const char *problem = p->problem ? p->problem : "not YAML";
	yaml_mark_t at = p->problem_mark;
	struct str before, rest;

	if (p->error == YAML_MEMORY_ERROR)
		out_of_memory(0);
	if (yaml_template_err(l, at) || (*context && template_on(l, p->context_mark.line)))
		return false;
	yaml_mark_t start = {.line = *context ? p->context_mark.line : at.line};
	cut_line(l, start, &before, &rest);
	if (str_has_prefix(rest, STR("<<<<<<< ")))
		return yaml_err(l, E_SYNTAX, start, "the marks of a merge conflict stand here");
	if (strcmp(problem, "found character that cannot start any token") == 0) {
		cut_line(l, at, &before, &rest);
		if (rest.len && rest.ptr[0] == '\t')
			return yaml_err(l, E_SYNTAX, at, "a tab cannot indent: use spaces");
		return unquoted_err(l, at);
	}
	if (p->error == YAML_SCANNER_ERROR && *context && is_unquoted(l, p->context_mark))
		return unquoted_err(l, p->context_mark);
	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		if (strcmp(problem, messages[i].problem) != 0 ||
		    (messages[i].context && strcmp(context, messages[i].context) != 0))
			continue;
		if (messages[i].at_context && *context)
			at = p->context_mark;
		if (!str_has_suffix(str_from(messages[i].message), STR(" on line")))
			return yaml_err(l, E_SYNTAX, at, "%s", messages[i].message);
		return yaml_err(l, E_SYNTAX, at, "%s %zu", messages[i].message,
				p->context_mark.line + 1);
	}
	return yaml_err(l, E_SYNTAX, at, "%s%s%s", context, *context ? ": " : "", problem);
}
