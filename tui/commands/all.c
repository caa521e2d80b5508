#include "assay/commands/all.h"

#include "assay/commands/completion_command.h"
#include "assay/commands/help_command.h"

const struct command *const all_commands[] = {
    &completion_command,
    &help_command,
    NULL,
};
