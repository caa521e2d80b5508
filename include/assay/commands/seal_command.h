#ifndef ASSAY_COMMANDS_SEAL_COMMAND_H
#define ASSAY_COMMANDS_SEAL_COMMAND_H

#include "assay/commands/command.h"

extern const struct command seal_command;

#endif
