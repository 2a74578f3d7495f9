/*
 * Alternatives among folders. When one object is defined in two places, the branches in which they
 * lie below their common folder are alternatives: two environments, two Kubernetes clusters in one
 * repository. So is all that lies below one branch to all below the other.
 *
 *     clusters/prod/db/pg.yaml and clusters/lab/db/pg.yaml: prod and lab below clusters/
 *
 * Definitions without a namespace may be of two namespaces. Unless they lie alike in both branches,
 * only the two places themselves are alternatives then.
 */
#ifndef INPUT_FORKS_H
#define INPUT_FORKS_H

#include "cnpg/inventory.h"

struct forks; /* keeps what it is told in the arena */
struct place; /* of a bundle: in a folder, below all others there */

struct forks *forks_new(struct arena *a);
void forks_free(struct forks *f);

/* A new place. `folder` is absolute and must live as long as the arena. */
struct place *forks_place(struct forks *f, const char *folder);
const char *forks_folder(const struct place *p);
/* `what` (any text that names it) is defined at this place; `surely`: it is one object wherever
 * this text is given. In time linear in the depth of the folder. */
void forks_define(struct forks *f, struct str what, struct place *place, bool surely);
/* Strictly, when both lie in folders below the common one. */
enum apart forks_apart(const struct place *a, const struct place *b);

#endif
