#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The schema of operations files, the example and the loader say the same: what
# the schema allows is loaded, what it forbids is refused with exit 64.
set -eu
alkref=$PWD/$BUILD/san/alkref
folder=$PWD/ref/bin
cd "$TMP"
printf 'key\n' >api.key

cat >variants.py <<'P'
# Every edit of the example that the schema can judge, with its judgement. Of
# JSON Schema just what ops.schema.json uses; anything else is an error.
import copy, json, re, sys

schema = json.load(open(sys.argv[1] + "/ops.schema.json"))
example = json.load(open(sys.argv[1] + "/ops.example.json"))
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "integer": int, "null": type(None)}


def fits(v, s):
    def of(t):
        return isinstance(v, TYPES[t]) and (t != "integer" or v is not True)
    for k, arg in s.items():
        ok = {
            "$ref": lambda: fits(v, schema["$defs"][arg.split("/")[-1]]),
            "anyOf": lambda: any(fits(v, x) for x in arg),
            "type": lambda: any(map(of, [arg] if isinstance(arg, str) else arg)),
            "enum": lambda: v in arg,
            "pattern": lambda: not isinstance(v, str) or bool(re.search(arg, v)),
            "minimum": lambda: v >= arg, "maximum": lambda: v <= arg,
            "minItems": lambda: len(v) >= arg,
            "items": lambda: all(fits(x, arg) for x in v),
            "required": lambda: all(x in v for x in arg),
            "properties": lambda: all(fits(v[x], arg[x]) for x in arg if x in v),
            "additionalProperties": lambda: all(
                arg is not False and fits(v[x], arg)
                for x in v if x not in s.get("properties", {})),
            "description": lambda: True, "title": lambda: True,
            "$schema": lambda: True, "$defs": lambda: True}[k]()
        if not ok:
            return False
    return True


def places(v, path=()):
    yield path
    for k in v if isinstance(v, dict) else range(len(v)) if isinstance(v, list) else ():
        if k not in ("input_schema", "output_schema"):
            yield from places(v[k], path + (k,))


def edits():
    yield example
    for path in places(example):
        for new in (None, True, 7, -1, "x", [], {}, ["x"], {"x": "y"}, "drop"):
            e = copy.deepcopy(example)
            at = e
            for k in path[:-1]:
                at = at[k]
            if not path:
                e = new
            elif new == "drop":
                at.pop(path[-1])
            else:
                at[path[-1]] = new
            yield e


for n, e in enumerate(edits()):
    json.dump(e, open(f"{n}.json", "w"))
    print(n, "good" if fits(e, schema) else "bad")
P
python3 variants.py "$folder" >judged
[ "$(head -n 1 judged)" = "0 good" ]

# A loader that is content goes on to the address, and is stopped there. What
# the schema cannot know (files, programs, names taken, whether the behaviour
# suits the kind of operation) it may refuse as well.
count=0
while read -r n verdict; do
    got=0
    timeout 60 "$alkref" listen --ops "$n.json" --addr 192.0.2.1:1 >out 2>err || got=$?
    case $verdict.$got in
    good.2 | bad.64) ;;
    good.64) grep -qE 'cannot be read|absolute path|registered already|streaming handler|within reach|input_schema' err ;;
    *) false ;;
    esac || { echo "schema: $verdict, loader: $got"; cat "$n.json" err; exit 1; }
    count=$((count + 1))
done <judged
echo "$count edits of the example in ref/test/ops_schema_test.sh"
