#ifndef ASSAY_COMMANDS_HELP_COMMAND_H
#define ASSAY_COMMANDS_HELP_COMMAND_H

#include "assay/commands/command.h"

extern const struct command help_command;

#endif
