#include <locale.h>
#include <stddef.h>

#include "assay/commands/all.h"
#include "assay/commands/dispatch.h"

int main(int count, char **arguments)
{
    setlocale(LC_ALL, "");
    return dispatch_main(all_commands, all_commands[0], count, arguments);
}
