#ifndef ASSAY_COMMANDS_CHECK_COMMAND_H
#define ASSAY_COMMANDS_CHECK_COMMAND_H

#include "assay/commands/command.h"

extern const struct command check_command;

#endif
