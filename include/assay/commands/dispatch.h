/* From the command line to a command and its exit code. */
#ifndef ASSAY_COMMANDS_DISPATCH_H
#define ASSAY_COMMANDS_DISPATCH_H

#include "assay/commands/command.h"

/* The whole program but for the locale. `commands` ends with a NULL; `standard` runs when no command is named. */
int dispatch_main(const struct command *const *commands, const struct command *standard, int count, char **arguments);

#endif
