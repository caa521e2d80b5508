#ifndef ASSAY_COMMANDS_VERIFY_COMMAND_H
#define ASSAY_COMMANDS_VERIFY_COMMAND_H

#include "assay/commands/command.h"

extern const struct command verify_command;

#endif
