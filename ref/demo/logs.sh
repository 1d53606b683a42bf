#!/bin/sh
# SPDX-License-Identifier: MIT
# What the workers of the demonstration have behind container/logs: a line of
# log after the other, until somebody puts an end to it.
read -r worker <name
echo $$ >logs.pid
n=0
while n=$((n + 1)); do
    printf '{"worker":"%s","line":%d}\n' "$worker" "$n"
    sleep 0.1
done
