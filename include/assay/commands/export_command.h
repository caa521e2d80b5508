#ifndef ASSAY_COMMANDS_EXPORT_COMMAND_H
#define ASSAY_COMMANDS_EXPORT_COMMAND_H

#include "assay/commands/command.h"

extern const struct command export_command;

#endif
