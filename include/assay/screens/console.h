/* The console: the screens over one repository, from the first paint to the last. */
#ifndef ASSAY_SCREENS_CONSOLE_H
#define ASSAY_SCREENS_CONSOLE_H

#include "assay/base/error.h"

/* Until the person leaves. Needs a terminal. */
int console_run(const char *folder, struct error *error);

#endif
