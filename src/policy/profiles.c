/* The files of deploy/policy, which are part of the program, byte for byte. */
#include "policy/policy.h"

/* The path is relative to the root of the repository, where make runs. Hidden symbols need no
 * relocation in a PIE. */
#define EMBED(name)                                                                                \
	__asm__(".pushsection .rodata.profile_" #name ",\"a\",@progbits\n"                         \
		".hidden profile_" #name "\n"                                                      \
		".hidden profile_" #name "_end\n"                                                  \
		".globl profile_" #name "\n"                                                       \
		".globl profile_" #name "_end\n"                                                   \
		"profile_" #name ":\n"                                                             \
		".incbin \"deploy/policy/" #name ".yaml\"\n"                                       \
		"profile_" #name "_end:\n"                                                         \
		".popsection\n");                                                                  \
	extern const char profile_##name[] __attribute__((visibility("hidden")));                  \
	extern const char profile_##name##_end[] __attribute__((visibility("hidden")))

EMBED(generic);
EMBED(homelab);
EMBED(strict);

static const struct {
	const char *from, *to;
} texts[] = {
	{profile_generic, profile_generic_end},
	{profile_homelab, profile_homelab_end},
	{profile_strict, profile_strict_end},
};

const char *const policy_profiles[] = {"generic", "homelab", "strict", NULL};
_Static_assert(ARRAY_LEN(policy_profiles) == ARRAY_LEN(texts) + 1, "one name for each text");

bool policy_profile_text(struct str name, struct str *text)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!str_is(name, policy_profiles[i]))
			continue;
		*text = (struct str){texts[i].from, (size_t)(texts[i].to - texts[i].from)};
		return true;
	}
	return false;
}
