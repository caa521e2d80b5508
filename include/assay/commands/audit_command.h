#ifndef ASSAY_COMMANDS_AUDIT_COMMAND_H
#define ASSAY_COMMANDS_AUDIT_COMMAND_H

#include "assay/commands/command.h"

extern const struct command audit_command;

#endif
