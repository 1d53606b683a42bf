/* SPDX-License-Identifier: MIT */
/* All reports there are, each with the option that asks for it. */
#include "conformance/report.h"

#include "reports/html.h"
#include "reports/junit.h"

#define REPORTS_COUNT 2u

/* One report, and the path where it is wanted; NULL: it is not. */
struct wish {
    const char *path;
    bool (*write)(const char *log_path, const char *path,
                  struct failure *ret_failure);
};

static void read_wishes(const struct options *o, struct wish ret[REPORTS_COUNT])
{
    ret[0] = (struct wish){o->junit, junit_write};
    ret[1] = (struct wish){o->html, html_write};
}

bool report_is_wanted(const struct options *o)
{
    struct wish wishes[REPORTS_COUNT];

    read_wishes(o, wishes);
    for (size_t i = 0; i < REPORTS_COUNT; i++)
        if (wishes[i].path)
            return true;
    return false;
}

bool report_make(const char *log_path, const struct options *o,
                 struct failure *ret_failure)
{
    struct wish wishes[REPORTS_COUNT];

    read_wishes(o, wishes);
    for (size_t i = 0; i < REPORTS_COUNT; i++)
        if (wishes[i].path &&
            !wishes[i].write(log_path, wishes[i].path, ret_failure))
            return false;
    return true;
}

int report(const char *log_path, const struct options *o, FILE *err)
{
    struct failure failure;

    if (!report_is_wanted(o)) {
        (void)fprintf(err, "callspec: report wants to know which: --html FILE "
                           "or --junit FILE\n");
        return 64;
    }
    if (!report_make(log_path, o, &failure)) {
        (void)fprintf(err, "callspec: %s\n", failure.sentence);
        return 5;
    }
    return 0;
}
