#!/bin/sh
# SPDX-License-Identifier: MIT
# What the workers of the demonstration have behind container/exec: says who it
# is and what it was given. With "nap" in it, it sleeps for as long as it may.
read -r worker <name
input=$(cat)
case $input in
*nap*)
    echo $$ >exec.pid
    exec sleep 600
    ;;
esac
printf '{"worker":"%s","input":%s}\n' "$worker" "$input"
