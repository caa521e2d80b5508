#include "assay/commands/all.h"

#include "assay/commands/completion_command.h"
#include "assay/commands/help_command.h"
#include "assay/commands/queue_command.h"
#include "assay/commands/show_command.h"

const struct command *const all_commands[] = {
    &queue_command, &show_command, &completion_command, &help_command, NULL,
};
