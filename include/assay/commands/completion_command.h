#ifndef ASSAY_COMMANDS_COMPLETION_COMMAND_H
#define ASSAY_COMMANDS_COMPLETION_COMMAND_H

#include "assay/commands/command.h"

extern const struct command completion_command;

#endif
