#ifndef ASSAY_COMMANDS_QUEUE_COMMAND_H
#define ASSAY_COMMANDS_QUEUE_COMMAND_H

#include "assay/commands/command.h"

extern const struct command queue_command;

#endif
