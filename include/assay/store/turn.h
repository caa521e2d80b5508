/* One at a time: who reads the ledger and puts a record of their own behind what it holds keeps the turn until that
 * record is in the log, so that two programs of one clone never make a fork of one person's chain. It may last as long
 * as somebody looks for a security key. `<git common dir>/assay/signing.lock`; the system gives it back when its holder
 * ends, however that comes about. A file system without locks (some of the network) has no turns: all go at once. */
#ifndef ASSAY_STORE_TURN_H
#define ASSAY_STORE_TURN_H

#include "assay/base/error.h"

struct turn {
    int descriptor; /* negative: not held */
};

#define TURN_INIT ((struct turn){-1})

enum { TURN_AS_LONG_AS_IT_TAKES = -1 };

/* `folder` is made with mode 0700. *taken is false when another has it after wait_ms, which is no error. */
int turn_take(const char *folder, int wait_ms, struct turn *turn, bool *taken, struct error *error);
void turn_give_back(struct turn *turn); /* twice is fine */

#endif
