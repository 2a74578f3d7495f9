/* parse FILE...: libyaml's bare parse of them, event by event. The floor of what check can cost. */
#include <stdbool.h>
#include <stdio.h>
#include <yaml.h>

static bool parse(FILE *file)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool end = false, ok = yaml_parser_initialize(&parser) != 0;

	if (!ok)
		return false;
	yaml_parser_set_input_file(&parser, file);
	while (!end && (ok = yaml_parser_parse(&parser, &event) != 0)) {
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return ok;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rbe");

		if (!file || !parse(file)) {
			fprintf(stderr, "parse: %s cannot be read\n", argv[i]);
			return 1;
		}
		fclose(file);
	}
	return 0;
}
