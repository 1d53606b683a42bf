/* SPDX-License-Identifier: MIT */
/* See encrypted_data.h. */
#include "ref/model/encrypted_data.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

static bool is_byte(const json_t *number)
{
    return json_is_integer(number) && json_integer_value(number) >= 0 &&
           json_integer_value(number) <= UINT8_MAX;
}

static bool check_bytes(const json_t *list, const char *name, struct failure *f)
{
    if (json_array_size(list) > BOUNDS_SEALED_MAX)
        return failure_say(f, "%s: expected at most %u bytes", name,
                           BOUNDS_SEALED_MAX);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!is_byte(json_array_get(list, i)))
            return failure_say(f,
                               "%s: expected a list of numbers from 0 to "
                               "255",
                               name);
    return true;
}

/* Of a list that was checked. */
static struct slice own_bytes(const json_t *list)
{
    size_t len = json_array_size(list);
    uint8_t *bytes = xalloc(len ? len : 1, 1);

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)json_integer_value(json_array_get(list, i));
    return slice_make(bytes, len);
}

bool encrypted_data_read(const json_t *object, struct encrypted_data *ret,
                         struct failure *ret_failure)
{
    const json_t *version, *salt, *iv, *data;
    const struct value_field fields[] = {
        {"key_version", VALUE_INTEGER, true, &version},
        {"salt", VALUE_LIST, true, &salt},
        {"iv", VALUE_LIST, true, &iv},
        {"data", VALUE_LIST, true, &data},
    };

    if (!value_fields(object, fields, sizeof fields / sizeof *fields,
                      ret_failure))
        return false;
    if (json_integer_value(version) > UINT32_MAX)
        return failure_say(ret_failure, "key_version: expected a number of "
                                        "32 bits");
    if (!check_bytes(salt, "salt", ret_failure) ||
        !check_bytes(iv, "iv", ret_failure) ||
        !check_bytes(data, "data", ret_failure))
        return false;
    *ret = (struct encrypted_data){
        .key_version = (uint32_t)json_integer_value(version),
        .salt = own_bytes(salt),
        .iv = own_bytes(iv),
        .data = own_bytes(data),
    };
    return true;
}

static json_t *bytes_tree(struct slice bytes)
{
    json_t *list = json_array();

    for (size_t i = 0; i < bytes.len; i++)
        json_array_append_new(list, json_integer(bytes.data[i]));
    return list;
}

json_t *encrypted_data_tree(const struct encrypted_data *e)
{
    json_t *tree = json_object();

    json_object_set_new(tree, "key_version", json_integer(e->key_version));
    json_object_set_new(tree, "salt", bytes_tree(e->salt));
    json_object_set_new(tree, "iv", bytes_tree(e->iv));
    json_object_set_new(tree, "data", bytes_tree(e->data));
    return tree;
}

static struct slice copy_bytes(struct slice bytes)
{
    return slice_make(xalloc_copy(bytes), bytes.len);
}

struct encrypted_data encrypted_data_copy(const struct encrypted_data *from)
{
    return (struct encrypted_data){
        .key_version = from->key_version,
        .salt = copy_bytes(from->salt),
        .iv = copy_bytes(from->iv),
        .data = copy_bytes(from->data),
    };
}

void encrypted_data_clear(struct encrypted_data *e)
{
    xalloc_free((void *)(uintptr_t)e->salt.data);
    xalloc_free((void *)(uintptr_t)e->iv.data);
    xalloc_free((void *)(uintptr_t)e->data.data);
    *e = (struct encrypted_data){.key_version = 0};
}
