#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The floors check is worth something only if it fails: a copy of the tree gets
# one thing put into it that has no business there, and the check has to say so.
set -eu
root=$PWD
copy=$TMP/copy
count=0

fresh() {
    rm -rf "$copy"
    mkdir -p "$copy"
    cp -r ref conformance netsim fuzz reports vectors "$copy/"
}

# says SENTENCE-PART COMMAND...: the command fails and says that.
says() {
    want=$1
    shift
    if "$@" >"$TMP/said" 2>&1; then
        echo "not noticed: $want"
        exit 1
    fi
    grep -q -- "$want" "$TMP/said" || { cat "$TMP/said"; exit 1; }
    count=$((count + 1))
}

# plant FILE LINE: puts a line behind the includes of a file of the copy.
plant() {
    printf '%s\n' "$2" >>"$copy/$1"
}

includes() { (cd "$copy" && "$root/.ci/floors" includes); }

symbols() {
    object=$TMP/dispatch.o
    (cd "$copy" && gcc -std=c11 -I. $(pkg-config --cflags jansson) -w \
        -D_POSIX_C_SOURCE=200809L -c -o "$object" ref/rules/dispatch.c)
    rm -f "$TMP/librules.a"
    cp "$root/$BUILD/plain/librules.a" "$TMP/librules.a"
    ar r "$TMP/librules.a" "$object" 2>/dev/null
    libs=()
    for floor in base model state session; do
        libs+=("$root/$BUILD/plain/lib$floor.a")
    done
    "$root/.ci/floors" symbols "${libs[@]}" "$TMP/librules.a"
}

fresh
includes
plant ref/rules/dispatch.c '#include "ref/session/node.h"'
says 'may not include ref/session/node.h' includes
fresh
plant ref/state/pending.c '#include "ref/state/registry.h"'
says 'stands beside it or above it' includes
fresh
plant ref/session/connection.c '#include <time.h>'
says 'may not include <time.h>' includes
fresh
plant conformance/raw.c '#include "ref/base/scan.h"'
says 'may not include ref/base/scan.h' includes
fresh
plant ref/bin/assemble.c '#include "ref/bin/exec.h"'
says 'ref/bin/exec.h is for ref/bin/ops alone' includes
fresh
plant ref/bin/testee_scene.c '#include "ref/bin/ops.h"'
says 'ref/bin/ops.h is for ref/bin/listen and ref/bin/dial and fuzz/readers/parser_files alone' includes
fresh
plant ref/bin/acts.c '#include "ref/host/process.h"'
says 'ref/host/process.h is for ref/bin/exec and ref/bin/ops alone' includes
fresh
plant fuzz/peers/party.c '#include "netsim/takeover.h"'
says 'netsim/takeover.h is for .* alone' includes
fresh
plant fuzz/mutator/edit.c '#include "fuzz/target.h"'
says 'may not include fuzz/target.h' includes
fresh
plant fuzz/peers/kin.c '#include "ref/rules/abort.h"'
says 'may not include ref/rules/abort.h' includes

fresh
symbols
plant ref/rules/dispatch.c 'char *getenv(const char *); char *dispatch_x(void);
char *dispatch_x(void) { return getenv("HOME"); }'
says 'calls getenv' symbols
fresh
plant ref/rules/dispatch.c 'long time(long *); long dispatch_y(void);
long dispatch_y(void) { return time(0); }'
says 'calls time' symbols

sed 's|^LOAD \(.*\)conformance/raw.o|&\nLOAD \1ref/model/envelope.o|' \
    "$BUILD/callspec.map" >"$TMP/lied.map"
says 'linked with .*ref/model/envelope.o' .ci/floors map "$TMP/lied.map"
echo "$count in .ci/floors_test.sh"
