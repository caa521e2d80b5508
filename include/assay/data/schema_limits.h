/* The keywords of sizes and numbers: min… and max… of items, keys, characters and numbers, multipleOf. */
#ifndef ASSAY_DATA_SCHEMA_LIMITS_H
#define ASSAY_DATA_SCHEMA_LIMITS_H

#include "assay/data/schema_report.h"

schema_rule_check schema_limits_check; /* by the name of the rule's keyword */
schema_rule_check schema_limits_check_multiple;

#endif
