/* SPDX-License-Identifier: MIT */
/*
 * Only what JSON demands is escaped: quotes, backslashes and control
 * characters. One function writes what stands before every value (a comma,
 * perhaps a name), and everything else comes after a call of it.
 */
#include "conformance/json_out.h"

#include "reports/utf8.h"

static void quote_control(struct buf *buf, uint8_t c)
{
    static const char letters[] = "btn?fr"; /* 8 to 13; 11 has none */

    buf_put_byte(buf, '\\');
    if (c >= '\b' && c <= '\r' && c != '\v') {
        buf_put_byte(buf, (uint8_t)letters[c - '\b']);
        return;
    }
    buf_put(buf, "u00");
    buf_put_hex(buf, slice_make(&c, 1));
}

void json_out_quote(struct buf *buf, struct slice text)
{
    buf_put_byte(buf, '"');
    while (text.len) {
        uint8_t c = text.data[0];
        size_t step = utf8_step(text);

        if (step == 0)
            buf_put(buf, UTF8_REPLACEMENT);
        else if (c < 0x20)
            quote_control(buf, c);
        else if (c == '"' || c == '\\')
            buf_put_slice(buf, slice_make((uint8_t[]){'\\', c}, 2));
        else
            buf_put_slice(buf, slice_head(text, step));
        text = slice_skip(text, step ? step : 1);
    }
    buf_put_byte(buf, '"');
}

static void print_container(struct buf *buf, const struct json *v)
{
    bool is_object = v->kind == JSON_OBJECT;

    buf_put(buf, is_object ? "{" : "[");
    for (const struct json *item = v->first; item; item = item->next) {
        if (item != v->first)
            buf_put_byte(buf, ',');
        if (is_object) {
            json_out_quote(buf, item->name);
            buf_put_byte(buf, ':');
        }
        json_out_print(buf, item);
    }
    buf_put(buf, is_object ? "}" : "]");
}

void json_out_print(struct buf *buf, const struct json *v)
{
    switch (v->kind) {
    case JSON_NULL:
        buf_put(buf, "null");
        break;
    case JSON_BOOL:
        buf_put(buf, v->is_true ? "true" : "false");
        break;
    case JSON_NUMBER:
        buf_put_slice(buf, v->text);
        break;
    case JSON_STRING:
        json_out_quote(buf, v->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        print_container(buf, v);
        break;
    }
}

static void lead_in(struct json_out *out, const char *name)
{
    assert(out->level > 0);
    if (out->needs_comma)
        buf_put_byte(out->buf, ',');
    out->needs_comma = true;
    if (!name)
        return;
    json_out_quote(out->buf, slice_of(name));
    buf_put_byte(out->buf, ':');
}

static void open_level(struct json_out *out, char opener, char closer)
{
    assert(out->level < JSON_OUT_LEVELS);
    buf_put_byte(out->buf, (uint8_t)opener);
    out->closer[out->level++] = closer;
    out->needs_comma = false;
}

void json_out_begin(struct json_out *out, struct buf *buf)
{
    *out = (struct json_out){.buf = buf};
    open_level(out, '{', '}');
}

void json_out_begin_array(struct json_out *out, struct buf *buf)
{
    *out = (struct json_out){.buf = buf};
    open_level(out, '[', ']');
}

void json_out_end(struct json_out *out)
{
    assert(out->level > 0);
    buf_put_byte(out->buf, (uint8_t)out->closer[--out->level]);
    out->needs_comma = true;
}

void json_out_text(struct json_out *out, const char *name, struct slice text)
{
    lead_in(out, name);
    json_out_quote(out->buf, text);
}

void json_out_hex(struct json_out *out, const char *name, struct slice bytes)
{
    lead_in(out, name);
    buf_put_byte(out->buf, '"');
    buf_put_hex(out->buf, bytes);
    buf_put_byte(out->buf, '"');
}

void json_out_u64(struct json_out *out, const char *name, uint64_t number)
{
    lead_in(out, name);
    buf_put_u64(out->buf, number);
}

void json_out_bool(struct json_out *out, const char *name, bool is_true)
{
    json_out_raw(out, name, slice_of(is_true ? "true" : "false"));
}

void json_out_null(struct json_out *out, const char *name)
{
    json_out_raw(out, name, slice_of("null"));
}

void json_out_raw(struct json_out *out, const char *name, struct slice json)
{
    lead_in(out, name);
    buf_put_slice(out->buf, json);
}

void json_out_value(struct json_out *out, const char *name,
                    const struct json *v)
{
    lead_in(out, name);
    json_out_print(out->buf, v);
}

void json_out_object(struct json_out *out, const char *name)
{
    lead_in(out, name);
    open_level(out, '{', '}');
}

void json_out_array(struct json_out *out, const char *name)
{
    lead_in(out, name);
    open_level(out, '[', ']');
}
