#include "assay/commands/all.h"

#include "assay/commands/audit_command.h"
#include "assay/commands/bundle_command.h"
#include "assay/commands/check_command.h"
#include "assay/commands/completion_command.h"
#include "assay/commands/console_command.h"
#include "assay/commands/demo_command.h"
#include "assay/commands/export_command.h"
#include "assay/commands/gate_command.h"
#include "assay/commands/help_command.h"
#include "assay/commands/init_command.h"
#include "assay/commands/log_command.h"
#include "assay/commands/queue_command.h"
#include "assay/commands/seal_command.h"
#include "assay/commands/show_command.h"
#include "assay/commands/sign_command.h"
#include "assay/commands/sync_command.h"
#include "assay/commands/verify_command.h"

/* In the order in which a newcomer meets them. */
/* clang-format off */
const struct command *const all_commands[] = {
    &console_command,
    &demo_command,
    &init_command,
    &queue_command,
    &show_command,
    &check_command,
    &sign_command,
    &gate_command,
    &verify_command,
    &log_command,
    &seal_command,
    &audit_command,
    &bundle_command,
    &export_command,
    &sync_command,
    &completion_command,
    &help_command,
    NULL,
};
/* clang-format on */
