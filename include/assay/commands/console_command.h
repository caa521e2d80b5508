/* assay console, and assay alone */
#ifndef ASSAY_COMMANDS_CONSOLE_COMMAND_H
#define ASSAY_COMMANDS_CONSOLE_COMMAND_H

#include "assay/commands/command.h"

extern const struct command console_command;

#endif
