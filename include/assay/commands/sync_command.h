#ifndef ASSAY_COMMANDS_SYNC_COMMAND_H
#define ASSAY_COMMANDS_SYNC_COMMAND_H

#include "assay/commands/command.h"

extern const struct command sync_command;

#endif
