#ifndef ASSAY_COMMANDS_LOG_COMMAND_H
#define ASSAY_COMMANDS_LOG_COMMAND_H

#include "assay/commands/command.h"

extern const struct command log_command;

#endif
