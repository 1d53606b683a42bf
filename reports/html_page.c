/* SPDX-License-Identifier: MIT */
/*
 * Style and script, line by line. The page forbids itself every resource from
 * elsewhere, so that a text that slipped through could fetch nothing.
 *
 * The script hides instances by words, verdict and level; a cell of the matrix
 * follows the instance it points to, a row its cells, an area its rows.
 */
#include "reports/html_page.h"

#include "reports/text.h"

static const char *const style[] = {
    ":root{color-scheme:light dark;--bg:#fbfaf8;--fg:#22252a;--dim:#6b7078;",
    "--line:#e0ddd6;--card:#fff;--pass:#2d7d46;--fail:#b3261e;--warn:#9a6700;",
    "--na:#8a8f98;--our:#7a3fb0;--link:#1f5fae}",
    "@media(prefers-color-scheme:dark){:root{--bg:#16181c;--fg:#e3e4e6;",
    "--dim:#9aa0a8;--line:#30343b;--card:#1e2126;",
    "--pass:#63c384;--fail:#ff8a80;",
    "--warn:#e5b54a;--na:#868c95;--our:#c79bf2;--link:#8ab8f5}}",
    "*{box-sizing:border-box}",
    "body{margin:0 auto;max-width:1180px;padding:2rem 1.5rem 6rem;",
    "background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}",
    "h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2.5rem 0 .7rem}",
    "code,pre,.id{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace}",
    "a{color:var(--link)}",
    ".said{font-size:1.05rem;margin:.4rem 0 1.2rem}",
    ".alarm{border:2px solid var(--fail);border-radius:8px;",
    "padding:.6rem .9rem;margin:1rem 0}",
    "dl.facts{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:0 0 1.2rem}",
    "dl.facts dt{color:var(--dim);font-size:.8rem}dl.facts dd{margin:0}",
    ".bar{display:flex;height:14px;border-radius:7px;overflow:hidden;",
    "background:var(--line)}.bar i{background:currentColor;min-width:3px}",
    ".bar i+i{border-left:1px solid var(--bg)}",
    "[data-k]{font:inherit;font-size:.85rem;background:var(--card);",
    "border:1px solid var(--line);border-radius:999px;padding:.15rem .7rem;",
    "cursor:pointer}[data-k][aria-pressed=false]{opacity:.45;",
    "text-decoration:line-through}",
    ".tools{position:sticky;top:0;z-index:3;background:var(--bg);",
    "display:flex;flex-wrap:wrap;gap:.4rem;padding:.7rem 0;",
    "border-bottom:1px solid var(--line);margin-top:1rem}",
    ".tools input{flex:1 1 14rem;font:inherit;color:inherit;",
    "background:var(--card);border:1px solid var(--line);border-radius:8px;",
    "padding:.25rem .7rem}.tools .gap{width:1rem}",
    ".PASS{color:var(--pass)}.WARN{color:var(--warn)}.NA{color:var(--na)}",
    ".FAIL,.CRASH,.TIMEOUT,.UNTESTABLE,.NONDET{color:var(--fail)}",
    ".HARNESS{color:var(--our)}.level{color:var(--fg)}",
    ".wide{overflow-x:auto;position:relative}",
    "table{border-collapse:collapse;width:100%}",
    "th,td{padding:.25rem .6rem;text-align:left;vertical-align:top;",
    "border-bottom:1px solid var(--line)}",
    "thead th{font-weight:500;font-size:.8rem;color:var(--dim);",
    "border:0;padding:.05rem .6rem}thead tr:last-child th{",
    "padding-bottom:.5rem;border-bottom:1px solid var(--line)}",
    ".m td,.m thead th+th{text-align:center;white-space:nowrap}",
    ".m thead th:first-child{text-align:right}",
    ".m tbody th{font-weight:400;min-width:22rem}",
    ".m .area th{font-weight:600;padding-top:1.1rem}",
    ".m .area .claim{font-weight:400}",
    ".claim{display:block;color:var(--dim);font-size:.85rem}",
    ".m td a{text-decoration:none;display:inline-block;min-width:2.2rem;",
    "padding:.05rem .4rem;border-radius:6px;color:inherit;",
    "border:1px solid currentColor}",
    ".m td a.PASS,.m td a.NA{border-color:transparent}",
    ".m td a:hover,.m td a:focus{background:var(--line)}",
    ".m td a.PASS{color:var(--pass)}.m td a.NA{color:var(--na)}",
    ".m td a.WARN{color:var(--warn)}.m td a.HARNESS{color:var(--our)}",
    ".m td a.FAIL,.m td a.CRASH,.m td a.TIMEOUT,.m td a.UNTESTABLE,",
    ".m td a.NONDET{color:var(--fail);font-weight:600}",
    "details.i{background:var(--card);border:1px solid var(--line);",
    "border-left:4px solid currentColor;border-radius:6px;margin:.4rem 0;",
    "scroll-margin-top:5rem}details.i>summary{cursor:pointer;",
    "padding:.35rem .8rem;overflow-wrap:anywhere}",
    "details.i>summary .id{color:var(--fg)}",
    "details.i>summary small{color:var(--dim);margin-left:.6rem}",
    ".in{padding:.2rem 1rem 1rem;color:var(--fg)}",
    ".in dl{display:grid;grid-template-columns:6.5rem 1fr;gap:.3rem .8rem;",
    "margin:.6rem 0}.in dt{color:var(--dim)}.in dd{margin:0}",
    "pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}",
    "ol.t{list-style:none;margin:.8rem 0 0;padding:0;position:relative}",
    "ol.t:before{content:'';position:absolute;left:50%;top:0;bottom:0;",
    "border-left:2px solid var(--line)}",
    "ol.t li{position:relative;width:50%;padding:.15rem 1.2rem;",
    "font:12px/1.45 ui-monospace,Menlo,Consolas,monospace;",
    "overflow-wrap:anywhere}",
    "ol.t li:before{content:'';position:absolute;top:.5rem;width:8px;",
    "height:8px;border-radius:50%;background:var(--link)}",
    "ol.t .us{text-align:right}ol.t .us:before{right:-5px}",
    "ol.t .them{margin-left:50%}ol.t .them:before{left:-3px;",
    "background:var(--our)}",
    "ol.t .aside{width:100%;text-align:center;color:var(--dim)}",
    "ol.t .aside:before{display:none}",
    "ol.t .aside span{background:var(--card);padding:0 .6rem;",
    "position:relative}",
    "ol.t time{color:var(--dim);margin:0 .6rem}",
    "ol.t .lanes{position:relative;display:flex;width:100%;",
    "color:var(--dim);font-weight:600}ol.t .lanes:before{display:none}",
    "ol.t .lanes span{width:50%}ol.t .lanes span:first-child{",
    "text-align:right;padding-right:1.2rem}",
    "ol.t .lanes span+span{padding-left:1.2rem}",
    "[hidden]{display:none!important}",
    ".sr{position:absolute;width:1px;height:1px;overflow:hidden;",
    "clip-path:inset(50%)}",
    "@media print{.tools{display:none}}",
};

static const char *const script[] = {
    "'use strict';",
    "const every=(q,e=document)=>[...e.querySelectorAll(q)];",
    "const off=new Set(),words=document.querySelector('#q');",
    "const instances=every('details.i'),cells=every('.m td a');",
    "const none=document.querySelector('#none');",
    "const find=a=>document.getElementById(a.hash.slice(1));",
    "function show(){",
    "  const w=words.value.toLowerCase().split(/\\s+/).filter(Boolean);",
    "  for(const i of instances)",
    "    i.hidden=off.has(i.dataset.v)||off.has(i.dataset.l)||",
    "      !w.every(x=>i.dataset.t.toLowerCase().includes(x));",
    "  for(const c of cells)c.hidden=find(c).hidden;",
    "  for(const r of every('.m tr.case'))",
    "    r.hidden=every('a',r).every(c=>c.hidden);",
    "  for(const b of every('.m tbody'))",
    "    b.hidden=every('tr.case',b).every(r=>r.hidden);",
    "  none.hidden=instances.some(i=>!i.hidden);",
    "}",
    "words.addEventListener('input',show);",
    "for(const b of every('[data-k]'))b.addEventListener('click',()=>{",
    "  const on=b.getAttribute('aria-pressed')!=='true';",
    "  b.setAttribute('aria-pressed',on);",
    "  on?off.delete(b.dataset.k):off.add(b.dataset.k);show();});",
    "for(const c of cells)c.addEventListener('click',()=>{",
    "  find(c).open=true;});",
    "if(location.hash&&find(location))find(location).open=true;",
};

static void put_lines(struct buf *b, const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_put(b, lines[i]);
        buf_put(b, "\n");
    }
}

void html_page_begin(struct buf *b, struct slice title)
{
    buf_put(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
               "<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" "
               "content=\"default-src 'none'; style-src 'unsafe-inline'; "
               "script-src 'unsafe-inline'\">\n"
               "<meta name=\"viewport\" "
               "content=\"width=device-width,initial-scale=1\">\n<title>");
    text_markup(b, title);
    buf_put(b, "</title>\n<style>\n");
    put_lines(b, style, sizeof style / sizeof *style);
    buf_put(b, "</style>\n</head>\n<body>\n");
}

void html_page_end(struct buf *b)
{
    buf_put(b, "<script>\n");
    put_lines(b, script, sizeof script / sizeof *script);
    buf_put(b, "</script>\n</body>\n</html>\n");
}
