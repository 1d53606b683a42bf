/* SPDX-License-Identifier: MIT */
/* See number.h. jansson keeps a number as 64 bits or as a double, by whether
 * it was written with a point or an exponent; no double is infinite or none. */
#include "ref/base/number.h"

static const double int_end = 0x1p63; /* the first beyond 64 bits */

static int order_ints(json_int_t a, json_int_t b)
{
    return (a > b) - (a < b);
}

static int order_reals(double a, double b)
{
    return (a > b) - (a < b);
}

static bool is_beyond_int(double real)
{
    return real >= int_end || real < -int_end;
}

/* Cutting a double at its point loses nothing, making one of an integer may. */
static int order_mixed(json_int_t a, double b)
{
    json_int_t whole;
    int order;

    if (is_beyond_int(b))
        return b > 0 ? -1 : 1;
    whole = (json_int_t)b;
    order = order_ints(a, whole);
    return order ? order : order_reals((double)whole, b);
}

static int order_int(json_int_t a, const json_t *b)
{
    return json_is_integer(b) ? order_ints(a, json_integer_value(b))
                              : order_mixed(a, json_real_value(b));
}

int number_order(const json_t *a, const json_t *b)
{
    if (json_is_integer(a))
        return order_int(json_integer_value(a), b);
    if (json_is_integer(b))
        return -order_int(json_integer_value(b), a);
    return order_reals(json_real_value(a), json_real_value(b));
}

int number_order_count(size_t count, const json_t *number)
{
    return order_int((json_int_t)count, number);
}

/* A double that is beyond 64 bits has no bits left behind its point. */
bool number_is_whole(const json_t *number)
{
    double real;

    if (json_is_integer(number))
        return true;
    real = json_real_value(number);
    return is_beyond_int(real) ||
           order_reals((double)(json_int_t)real, real) == 0;
}
