/* Which option a word is. */
#include "cmd/cmd.h"

static const struct opt *find_long(const struct cmd *c, struct str name)
{
	for (size_t i = 0; i < c->opts_len; i++)
		if (str_is(name, c->opts[i].name))
			return &c->opts[i];
	return NULL;
}

static const struct opt *find_letter(const struct cmd *c, char letter)
{
	for (size_t i = 0; i < c->opts_len; i++)
		if (c->opts[i].letter == letter)
			return &c->opts[i];
	return NULL;
}

const struct opt *cmd_option(const struct cmd *c, struct str word, struct str *value)
{
	struct str name;

	if (str_has_prefix(word, STR("--"))) {
		*value = str_slice(word, 2, word.len);
		str_split(value, '=', &name);
		return find_long(c, name);
	}
	*value = (struct str){NULL, 0};
	if (word.len > 2)
		*value = str_slice(word, 2, word.len);
	return word.len > 1 && word.ptr[0] == '-' ? find_letter(c, word.ptr[1]) : NULL;
}
