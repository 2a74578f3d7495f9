/*
 * What the patches of kustomizations say, as far as it matters here. A file is read once, however
 * often and by whomever it is named.
 */
#ifndef INPUT_PATCHES_H
#define INPUT_PATCHES_H

#include "base/arena.h"
#include "base/str.h"

enum patch_says {
	PATCH_OURS = 1,	  /* the name of a kind of ours */
	PATCH_LINKS = 2,  /* who is meant by whom, or where an archive lies */
	PATCH_MORE = 4,	  /* what else rules miss when it is not there */
	PATCH_OBJECT = 8, /* an apiVersion */
	PATCH_UNREAD = 16 /* it cannot be read, and may say anything */
};

unsigned patch_says(struct str text);

/* Files by their absolute paths; begins as zeros but for the arena. */
struct patches {
	struct arena *arena;
	void *files; /* a tsearch tree */
};

void patches_release(struct patches *p);

/* Reads the file when it was not asked for before. `scratch` is as before afterwards. */
unsigned patches_say(struct patches *p, struct arena *scratch, const char *path);

bool patches_know(const struct patches *p, const char *path); /* it was asked for */

#endif
