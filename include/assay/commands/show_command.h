#ifndef ASSAY_COMMANDS_SHOW_COMMAND_H
#define ASSAY_COMMANDS_SHOW_COMMAND_H

#include "assay/commands/command.h"

extern const struct command show_command;

#endif
