/*
 * What a shell offers for the last word of a command line, from the rows of commands, options and
 * rules, and the contexts of the kubeconfig. The shells' scripts (`completion`) and kubectl ask the
 * program itself.
 */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "cmd/cmd.h"

/* The command that asks for it, and the name under which kubectl does: it looks for this program
 * beside the plugin kubectl-backup_guard. */
#define COMPLETE_COMMAND "__complete"
#define COMPLETE_PLUGIN "kubectl_complete-backup_guard"

/*
 * `words` are those behind the program's name; the last one is being typed, and may be empty. Of
 * --option=value what fits behind the '='. As kubectl reads it: a word a line, its help behind a
 * tab, at last ":0" where a file may stand, too, or ":4" where none can.
 */
void complete_words(const struct cmd *const *table, size_t len, const struct str *words,
		    size_t words_len, struct arena *a, struct buf *out);

#endif
