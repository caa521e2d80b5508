#ifndef ASSAY_COMMANDS_INIT_COMMAND_H
#define ASSAY_COMMANDS_INIT_COMMAND_H

#include "assay/commands/command.h"

extern const struct command init_command;

#endif
