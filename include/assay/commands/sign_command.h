#ifndef ASSAY_COMMANDS_SIGN_COMMAND_H
#define ASSAY_COMMANDS_SIGN_COMMAND_H

#include "assay/commands/command.h"

extern const struct command sign_command;

#endif
