#ifndef ASSAY_COMMANDS_GATE_COMMAND_H
#define ASSAY_COMMANDS_GATE_COMMAND_H

#include "assay/commands/command.h"

extern const struct command gate_command;

#endif
