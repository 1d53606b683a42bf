/* SPDX-License-Identifier: MIT */
#include "ref/bin/testee.h"
#include <string.h>
int main(int argc, char **argv)
{
    value_setup(1);
    if (argc == 2 && strcmp(argv[1], "testee") == 0)
        return testee_run();
    return 64;
}
