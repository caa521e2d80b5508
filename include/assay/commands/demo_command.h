#ifndef ASSAY_COMMANDS_DEMO_COMMAND_H
#define ASSAY_COMMANDS_DEMO_COMMAND_H

#include "assay/commands/command.h"

extern const struct command demo_command;

#endif
