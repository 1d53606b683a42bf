#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# Builds every target as OSS-Fuzz and ClusterFuzzLite ask for it, in the root of
# the tree: with CC, CXX, CFLAGS, CXXFLAGS and LIB_FUZZING_ENGINE, into OUT,
# with WORK for what is on the way. Beside a target lie its seeds, its
# dictionary, and the libraries it needs, for programs run where none are.
build=$WORK/build
mkdir -p "$build" "$OUT/lib"
touch "$build/.deps" "$build/.fuzz-deps" # the image has them
targets=$(basename -s .c fuzz/targets/*.c)
# Seeds are made by an ordinary program, which must not have their flags.
if grep -q '^fuzz-seeds:' Makefile; then
    env -u CFLAGS -u CXXFLAGS make -s -j"$(nproc)" BUILD="$build" CC="${HOST_CC:-clang}" fuzz-seeds
fi
# shellcheck disable=SC2086
make -j"$(nproc)" BUILD="$build" LF_CC="$CC" LF_FLAGS= \
    LF_LD="$CXX $CXXFLAGS -Wl,-rpath,'\$\$ORIGIN/lib'" LF_ENGINE="$LIB_FUZZING_ENGINE" \
    $(printf "$build/lf/fuzz-%s " $targets)
for target in $targets; do
    program=$OUT/fuzz-$target
    cp "$build/lf/fuzz-$target" "$program"
    ldd "$build/lf/fuzz-$target" | awk '$3 ~ /^\// {print $3}' |
        grep -vE '/(libc|libm|libdl|libpthread|librt|ld-linux[^/]*)\.so' |
        xargs -r cp -Lu -t "$OUT/lib"
    folders=()
    for folder in "$build/fuzz/seeds/$target" "fuzz/found/$target"; do
        [ ! -d "$folder" ] || folders+=("$folder")
    done
    [ ${#folders[@]} = 0 ] || python3 -m zipfile -c "${program}_seed_corpus.zip" "${folders[@]}"
    cp fuzz/dictionary.txt "$program.dict"
done
