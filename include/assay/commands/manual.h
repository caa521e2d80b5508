/* Help in three forms from one source, the command table: overview, one command, the manual page. */
#ifndef ASSAY_COMMANDS_MANUAL_H
#define ASSAY_COMMANDS_MANUAL_H

#include "assay/base/str.h"
#include "assay/commands/command.h"

void manual_overview(const struct command *const *commands, struct str *out);
void manual_usage(const struct command *command, struct str *out);
void manual_page(const struct command *const *commands, struct str *out); /* roff, man(7) macros */

#endif
