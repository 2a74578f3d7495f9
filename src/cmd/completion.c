/* `completion`: what a shell runs to know what it may offer. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "cmd/complete.h"

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

/* Bash ends a word at each of COMP_WORDBREAKS, '=', '@' and ':' among them: $2 is behind the last
 * of them, and what stands before it stays. */
static const char *const scripts[] = {
	"# bash completion of backup-guard\n"
	"_backup_guard()\n"
	"{\n"
	"\tlocal line=${COMP_LINE:0:COMP_POINT} kept\n"
	"\tlocal -a words\n"
	"\n"
	"\tread -ra words <<<\"$line\"\n"
	"\t[[ $line != *[[:blank:]] ]] || words+=('')\n"
	"\tkept=${words[-1]#--*=}\n"
	"\tkept=${kept%\"$2\"}\n"
	"\tCOMPREPLY=()\n"
	"\twhile IFS= read -r line; do\n"
	"\t\tcase $line in\n"
	"\t\t:0) ;;\n"
	"\t\t:4) compopt +o default 2>/dev/null ;;\n"
	"\t\t*)\n"
	"\t\t\tline=${line%%$'\\t'*} line=${line#\"$kept\"}\n"
	"\t\t\t[[ $line != *[^[:alnum:]_@%+=:,./-]* ]] || printf -v line %q \"$line\"\n"
	"\t\t\tCOMPREPLY+=(\"$line\")\n"
	"\t\t\t;;\n"
	"\t\tesac\n"
	"\tdone < <(\"${1/#\\~\\//$HOME/}\" " COMPLETE_COMMAND " \"${words[@]:1}\" 2>/dev/null)\n"
	"}\n"
	"complete -o default -F _backup_guard backup-guard\n",

	"#compdef backup-guard\n"
	"_backup_guard()\n"
	"{\n"
	"\tlocal -a lines described\n"
	"\tlocal line\n"
	"\n"
	"\tlines=(\"${(@f)$(${~words[1]} " COMPLETE_COMMAND
	" \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
	"\t[[ $words[CURRENT] != --*=* ]] || compset -P '*='\n"
	"\tfor line in \"${(@)lines[1,-2]}\"; do\n"
	"\t\tline=${line//:/\\\\:}\n"
	"\t\tdescribed+=(\"${line/$'\\t'/:}\")\n"
	"\tdone\n"
	"\t(( ! $#described )) || _describe word described\n"
	"\t[[ $lines[-1] != :0 ]] || _files\n"
	"}\n"
	"if [ \"$funcstack[1]\" = _backup_guard ]; then\n"
	"\t_backup_guard \"$@\"\n"
	"else\n"
	"\tcompdef _backup_guard backup-guard\n"
	"fi\n",

	"# fish completion of backup-guard\n"
	"function __backup_guard_words\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l current (commandline -ct)\n"
	"\tset -l kept (string match -r -- '^--[^=]*=' \"$current\")\n"
	"\tset -l lines ($words[1] " COMPLETE_COMMAND " $words[2..-1] \"$current\" 2>/dev/null)\n"
	"\tfor line in $lines\n"
	"\t\tswitch $line\n"
	"\t\t\tcase :4\n"
	"\t\t\tcase :0\n"
	"\t\t\t\t__fish_complete_path \"$current\"\n"
	"\t\t\tcase '*'\n"
	"\t\t\t\techo \"$kept$line\"\n"
	"\t\tend\n"
	"\tend\n"
	"end\n"
	"complete -c backup-guard -f -a '(__backup_guard_words)'\n",
};
_Static_assert(ARRAY_LEN(scripts) + 1 == ARRAY_LEN(shells), "one for each");

static enum exit_code completion_main(const struct cmd_call *call)
{
	return cmd_print(str_from(scripts[call->word])) ? EXIT_CLEAN : EXIT_INTERNAL;
}

const struct cmd cmd_completion = {
	.name = "completion",
	.run = completion_main,
	.operands = "SHELL",
	.words = shells,
	.operands_min = 1,
	.operands_max = 1,
	.summary = "print completion for bash, zsh or fish",
	.about = "bash: source <(backup-guard completion bash)\n"
		 "\n"
		 "zsh: source <(backup-guard completion zsh)\n"
		 "\n"
		 "fish: backup-guard completion fish | source\n"
		 "\n"
		 "kubectl completes kubectl backup-guard by itself where " COMPLETE_PLUGIN
		 ", another name of this program, is in PATH.",
};
