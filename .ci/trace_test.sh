#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# .ci/trace sees every kind of hole, each made in a copy of the tree.
set -eu
BUILD=$(realpath "${BUILD:-build}")
export BUILD
count=0

# sees WHAT FILE SED: with that edit the hole is told, and the exit status is 1.
sees() {
    sed -i -E "$3" "$TMP/tree/$2"
    if BUILD=$TMP/built "$TMP/tree/.ci/trace" --quiet >"$TMP/out" 2>&1 ||
        ! grep -q "^hole: .*$1" "$TMP/out"; then
        echo "not seen: $1"
        cat "$TMP/out"
        exit 1
    fi
    cp "$2" "$TMP/tree/$2"
    count=$((count + 1))
}

mkdir "$TMP/built" "$TMP/tree"
ln -s "$BUILD/callspec" "$TMP/built/callspec"
cp -r --parents .ci/trace ref vectors conformance netsim/test reports/test "$TMP/tree"
BUILD=$TMP/built "$TMP/tree/.ci/trace" >"$TMP/out"
grep -q '^CK-3 .* code .* ref/session/served.c:' "$TMP/out"
sees 'XX-9 is no rule' ref/rules/dispatch.c 's/\[CK-3\]/[CK-3, XX-9]/'
sees 'CK-1: no line of ref/' ref/rules/dispatch.c 's/\[CK-1, LG-5\]/[LG-5]/'
sees 'FR-1: .*differ' conformance/SPEC.md 's/(\*\*FR-1\*\* )A/\1a/'
sees 'FR-2: .*differ' conformance/SPEC.md '/\*\*FR-2\*\*/d'
sees 'not the form' conformance/SPEC.md 's/(\*\*FR-3\*\* .*)must/\1shall/'
sees 'SM-25: no vector' vectors/requirements.json '/"SM-25"/s/"case"/"vector"/'
sees 'IP-1: .*no test' ref/test/peerbook_test.c 's/\[IP-1\]/[IP-2]/'
sees 'CC-17: no case' vectors/requirements.json '/"CC-17"/s/"excluded"/"case"/'
echo "$count kinds of holes are seen in .ci/trace_test.sh"
