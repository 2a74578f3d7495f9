#include "input/helm.h"

#include "base/child.h"
#include "base/limits.h"

static const char *const *arguments(struct arena *a, const struct helm_run *run)
{
	const char **argv = ARENA_ARRAY(a, const char *, run->more_len + run->later_len + 10);
	size_t len = 0;
	struct str name = run->name.len ? run->name : STR("release-name");
	const struct str words[] = {STR("helm"), STR("template"), name, str_from(run->chart)};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		argv[len++] = arena_cstr(a, words[i]);
	for (size_t i = 0; i < run->more_len; i++)
		argv[len++] = arena_cstr(a, run->more[i]);
	const struct str values[] = {STR("--values"), STR("-")};
	const struct str namespace[] = {STR("--namespace"), run->namespace};
	for (size_t i = 0; run->values.len && i < ARRAY_LEN(values); i++)
		argv[len++] = arena_cstr(a, values[i]);
	for (size_t i = 0; i < run->later_len; i++)
		argv[len++] = arena_cstr(a, run->later[i]);
	for (size_t i = 0; run->namespace.len && i < ARRAY_LEN(namespace); i++)
		argv[len++] = arena_cstr(a, namespace[i]);
	return argv;
}

/* Its last word: "Error: ..." without what the name of the kind says. */
static bool refuse(struct str said, struct err *err)
{
	struct str line, last = STR("it failed without a word");

	while (str_split(&said, '\n', &line))
		if (str_has_prefix(line, STR("Error: ")))
			last = str_slice(line, 7, line.len);
	return err_set(err, E_VALUE, "helm template: %.*s", STR_ARG(last));
}

bool helm_template(struct arena *a, const struct helm_run *run, struct str *out, struct err *err)
{
	const struct child_run child = {.argv = arguments(a, run),
					.in = run->values,
					.seconds = LIMIT_HELM_SECONDS,
					.bytes = LIMIT_HELM_BYTES,
					.error_bytes = LIMIT_HELM_ERROR_BYTES};
	struct child_said said;

	if (!child_run(a, &child, &said, err))
		return err->code == E_IO ? err_within(err, "--helm: ") : false;
	*out = said.out;
	return said.good || refuse(said.errors, err);
}
