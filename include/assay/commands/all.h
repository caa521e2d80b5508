/* The table of all commands. Each lives in a file of its own and is a constant. */
#ifndef ASSAY_COMMANDS_ALL_H
#define ASSAY_COMMANDS_ALL_H

#include "assay/commands/command.h"

/* Ends with a NULL. */
extern const struct command *const all_commands[];

#endif
