#ifndef ASSAY_COMMANDS_BUNDLE_COMMAND_H
#define ASSAY_COMMANDS_BUNDLE_COMMAND_H

#include "assay/commands/command.h"

extern const struct command bundle_command;

#endif
