/* A file of YAML documents: each that can be read, and for each other one why not. */
#include "yaml_internal.h"

#include "base/buf.h"
#include "base/limits.h"
#include "stream_internal.h"

/* A file, read in parts: each ends with the file or with a document that is refused. */
struct parts {
	struct loader loader;
	struct doc file;
	struct doc_list *out;
	struct buf docs, errors;
};

static bool bad_byte_err(struct loader *l, size_t offset)
{
	struct str text = l->doc->text;
	unsigned char c = (unsigned char)text.ptr[offset];

	if (!c)
		return text_err(l->err, E_SYNTAX, text, offset, "raw NUL byte");
	if (c < 0x20 || c == 0x7f)
		return text_err(l->err, E_SYNTAX, text, offset,
				"control character 0x%02x is not allowed in YAML", c);
	return text_err(l->err, E_SYNTAX, text, offset, "not UTF-8, or no character of YAML");
}

/* Where a document from this line on begins to have more directives %TAG than libyaml should see,
 * or the text ends. */
static size_t tags_end(const struct doc *file, size_t line)
{
	unsigned tags = 0;

	for (size_t i = line; i < file->lines; i++) {
		struct str rest = str_slice(file->text, file->starts[i], file->text.len);

		if (str_has_prefix(rest, STR("---")))
			tags = 0;
		else if (str_has_prefix(rest, STR("%TAG")) && tags++ == LIMIT_TAGS)
			return file->starts[i];
	}
	return file->text.len;
}

/* The first byte that libyaml was not shown. */
static bool unseen_err(struct loader *l, size_t offset)
{
	struct str text = l->doc->text;

	if (text.ptr[offset] == '%')
		return text_err(l->err, E_LIMIT, text, offset,
				"more than %u directives %%TAG for one document", LIMIT_TAGS);
	return bad_byte_err(l, offset);
}

/* Below this line (from 0) the first that begins a document, whatever stands above it: not even a
 * block of text goes on there. The number of lines when there is none. */
static size_t next_document(const struct doc *file, size_t line)
{
	for (line++; line < file->lines; line++) {
		struct str text = doc_line(file, (uint32_t)line + 1);

		if (str_has_prefix(text, STR("---")) &&
		    (text.len == 3 || text.ptr[3] == ' ' || text.ptr[3] == '\t'))
			break;
	}
	return line;
}

/* What libyaml can be shown from this line on ends at this byte. */
static size_t readable(const struct parts *p, size_t line)
{
	size_t from = p->file.starts[line], tags = tags_end(&p->file, line);
	size_t bad = from + text_readable(str_slice(p->file.text, from, p->file.text.len));

	return tags < bad ? tags : bad;
}

static bool read_part(struct parts *p, size_t line, size_t end)
{
	struct loader *l = &p->loader;
	struct str text = str_slice(p->file.text, p->file.starts[line], end);

	if (!yaml_parser_initialize(&l->parser))
		out_of_memory(sizeof l->parser);
	yaml_parser_set_encoding(&l->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l->parser, (const unsigned char *)text.ptr, text.len);
	l->parser.mark.line = line; /* all places count from here */
	l->begun = line;
	p->docs.len = p->out->len * sizeof(struct doc *); /* what was dropped is gone */
	l->complete = p->out->len;
	l->closed = true;
	bool read = yaml_read_stream(l, &p->file, p->out, &p->docs);
	yaml_parser_delete(&l->parser);
	l->doc = &p->file;
	return read;
}

/* The document in lines from `from` to before `to`, from 0, is refused. */
static void refuse(struct parts *p, const struct err *err, size_t from, size_t to)
{
	struct doc_error e = {*err, (uint32_t)from + 1, (uint32_t)to + 1};

	buf_add(&p->errors, &e, sizeof e);
	p->out->errors = (const struct doc_error *)(const void *)p->errors.ptr;
	p->out->errors_len++;
}

/* Where to go on; at the number of lines nothing is left to read. */
static size_t skip(struct parts *p, const struct err *err, size_t from, size_t next)
{
	/* What crosses a limit is not tried again with what follows. */
	if (err->code == E_LIMIT || p->out->errors_len + 1 >= LIMIT_REFUSED)
		next = p->file.lines;
	refuse(p, err, from, next);
	return next;
}

/* `good`: bytes of the file that libyaml can be shown. */
static void read_parts(struct parts *p, size_t line, size_t good)
{
	const struct doc *file = &p->file;
	size_t tags = tags_end(file, 0), end = tags < good ? tags : good;

	while (line < file->lines) {
		struct err err = {0};

		p->loader.err = &err;
		bool read = read_part(p, line, end);
		size_t begun = p->loader.begun, next = next_document(file, begun);
		if (read && end == file->text.len)
			return;
		if (read || next >= file->lines || file->starts[next] > end) {
			bool unseen = end < file->text.len;

			if (unseen) {
				/* The document that was cut off may have looked complete. */
				p->out->len = p->loader.complete;
				unseen_err(&p->loader, end);
				next = next_document(file, err.line - 1);
			}
			line = skip(p, &err, begun, next);
			if (unseen && line < file->lines)
				end = readable(p, line);
		} else {
			/* A directive belongs to the document that begins below it. */
			if (str_has_prefix(doc_line(file, err.line), STR("%")))
				next = next_document(file, next);
			line = skip(p, &err, begun, next);
		}
	}
}

bool doc_read_yaml_within(struct arena *a, struct str bytes, struct doc_budget *budget,
			  struct doc_list *out, struct err *err)
{
	struct parts p = {.file = {.positions = true},
			  .loader = {.arena = a, .budget = budget},
			  .docs = BUF_ARENA(a),
			  .errors = BUF_ARENA(a),
			  .out = out};
	size_t line = 0;

	*out = (struct doc_list){0};
	if (bytes.len > LIMIT_FILE_BYTES)
		return err_set(err, E_LIMIT, "more than %u bytes", LIMIT_FILE_BYTES);
	if (str_has_prefix(bytes, STR("\xef\xbb\xbf")))
		bytes = str_slice(bytes, 3, bytes.len);
	size_t good = lines_index(a, bytes, &p.file);
	enum json_stream stream = json_stream_read(a, &p.file, budget, out, err);
	if (stream == STREAM_READ)
		return true;
	p.loader.doc = &p.file;
	if (stream == STREAM_REFUSED) {
		size_t from = err->line ? err->line - 1 : 0;

		buf_add(&p.docs, out->docs, out->len * sizeof(struct doc *));
		line = skip(&p, err, 0, next_document(&p.file, from));
	}
	read_parts(&p, line, good);
	if (out->errors_len)
		*err = out->errors[0].err;
	return !out->errors_len;
}

bool doc_read_yaml(struct arena *a, struct str bytes, struct doc_list *out, struct err *err)
{
	return doc_read_yaml_within(a, bytes, &DOC_BUDGET, out, err);
}
