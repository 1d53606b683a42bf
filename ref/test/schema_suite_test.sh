#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What runs the JSON Schema Test Suite counts right, and cannot be satisfied by
# wrong answers; here with a suite of three schemas.
set -eu
suite=$BUILD/san/ref/test/schema_suite

# runs STATUS FILE...: with that exit status
runs() {
    status=0
    "$suite" "${@:2}" >"$TMP/out" 2>"$TMP/err" || status=$?
    [ "$status" = "$1" ] || { echo "${*:2}: exit $status" >&2; exit 1; }
}

# says SENTENCE: its columns, however wide they are
says() {
    tr -s ' ' <"$TMP/out" | grep -qxF "$1" || { cat "$TMP/out" >&2; exit 1; }
}

# of ANSWER: a suite in which 7 is a string, or is not
of() {
    cat <<J
[{"description": "words", "schema": {"type": "string"}, "tests": [
    {"description": "a word", "data": "x", "valid": true},
    {"description": "a number", "data": 7, "valid": $1}]},
 {"description": "elsewhere", "schema": {"\$ref": "#"}, "tests": [
    {"description": "anything", "data": 7, "valid": true}]}]
J
}

of false >"$TMP/good.json"
of true >"$TMP/bad.json"
echo '{}' >"$TMP/none.json"
runs 0 "$TMP/good.json"
says "good 3 2 0 1"
runs 1 "$TMP/good.json" "$TMP/bad.json"
says "bad 3 1 1 1"
says "all 6 3 1 2"
says " differs: words: a number: fits, and we say it does not"
runs 2
runs 2 "$TMP/none.json"
runs 2 "$TMP/absent.json"
[ "$(wc -l <"$TMP/err")" = 1 ]
if make -s BUILD="$BUILD" SUITE="$TMP/absent" schema-suite 2>"$TMP/err"; then
    exit 1
fi
grep -q "install the package json-schema-test-suite" "$TMP/err"
echo "the runner of the JSON Schema Test Suite tells right from wrong"
