/* The names of the project, said once. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#define PROGRAM "backup-guard"
#define PROGRAM_VERSION "0.1.0"

#endif
