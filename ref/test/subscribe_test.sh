#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# alkref subscribe, over real QUIC, to programs that stream: what is printed,
# with which exit status it ends, that a slow reader costs nobody anything, and
# that whoever leaves takes the program on the other side along.
set -eu
alkref=$PWD/$BUILD/san/alkref
cd "$TMP"
count=0
listener=

stop_listener() { [ -z "$listener" ] || kill "$listener" 2>/dev/null || :; }
trap stop_listener EXIT

fail() {
    echo "$*"
    tail -n 20 -- *.log out err
    exit 1
}
passed() { count=$((count + 1)); }

# soon COMMAND...: it succeeds within half a minute.
soon() {
    for _ in $(seq 600); do
        ! "$@" || { passed; return; }
        sleep 0.05
    done
    fail "never: $*"
}

lives() { [ -s "$1" ] && kill -0 "$(head -n 1 "$1")" 2>/dev/null; }
is_gone() { [ -s "$1" ] && ! lives "$1"; }
has_lines() { [ "$(wc -l <"$2")" -ge "$1" ]; }

field() { sed -n "1s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"; }

# Every program that does not end by itself leaves its number in a file.
cat >ops.json <<'P'
{"operations":[
 {"name":"t/three","op_type":"subscription","behaviour":{"exec":
  ["/bin/sh","-c","cat; printf '\n\n {\"a\":\r1}\n\"last\"'"]}},
 {"name":"t/none","op_type":"subscription","behaviour":{"exec":["/bin/true"]}},
 {"name":"t/fails","op_type":"subscription","behaviour":{"exec":
  ["/bin/sh","-c","echo 1; printf '{\"code\":\"OWN\",\"message\":\"m\",\"retryable\":false}'; exit 3"]}},
 {"name":"t/babbles","op_type":"subscription","behaviour":{"exec":
  ["/bin/sh","-c","echo 1; echo no json; exec sleep 600"]}},
 {"name":"t/ticks","op_type":"subscription","remote_safe":true,
  "behaviour":{"exec":
  ["/bin/sh","-c","echo $$ >ticks.pid; i=0; while :; do echo $((i=i+1)); sleep 0.05; done"]}},
 {"name":"t/once","op_type":"subscription","behaviour":{"exec":
  ["/bin/sh","-c","echo $$ >once.pid; echo 1; exec sleep 600"]}},
 {"name":"t/flood","op_type":"subscription","behaviour":{"exec":
  ["/bin/sh","-c","echo $$ >flood.pid; exec yes 1234567"]}},
 {"name":"t/slow","behaviour":{"exec":
  ["/bin/sh","-c","echo $$ >slow.pid; exec sleep 600"]}}]}
P
"$alkref" keygen server.key >server.pin
pin=$(field fingerprint server.pin)
: >server.log
"$alkref" listen --key server.key --ops ops.json >server.log 2>&1 &
listener=$!
soon grep -q address server.log
addr=$(field address server.log)

# is STATUS OUT-TEXT ERR-PART COMMAND...: all of standard output, a part of the
# other; nothing wanted is nothing there.
is() {
    status=$1 out=$2 err=$3 got=0
    shift 3
    timeout 60 "$alkref" "$@" --pin "$pin" >out 2>err || got=$?
    [ "$got" = "$status" ] || fail "exit $got instead of $status: $*"
    [ "$(cat out)" = "$out" ] || fail "not '$out': $*"
    if [ -n "$err" ]; then grep -qF -- "$err" err; else [ ! -s err ]; fi ||
        fail "not '$err': $*"
    passed
}

# Items, each on a line of its own, and every end there is.
is 0 '7
{"a": 1}
"last"' '' subscribe "$addr" t/three 7
is 0 '' '' subscribe "$addr" t/none
is 1 1 '"code":"OWN","message":"m"' subscribe "$addr" t/fails
is 1 1 '"code":"INTERNAL"' subscribe "$addr" t/babbles
is 1 '' '"code":"NOT_FOUND"' subscribe "$addr" t/nothing
is 1 1 '"code":"TIMEOUT"' subscribe "$addr" t/once --timeout 500
soon is_gone once.pid
is 2 '' '"kind":"transport"' subscribe 127.0.0.1:9 t/three --timeout 200
is 64 '' '--items: expected a number' subscribe "$addr" t/three --items 0
is 64 '' '--items: expected a number' subscribe "$addr" t/three --items 1x
is 64 '' '--items: no such option' call "$addr" t/slow --items 1
is 64 '' 'JSON:' subscribe "$addr" t/three '{'

# So many and no more; the program ends with its subscriber.
is 0 '1
2
3' '' subscribe "$addr" t/ticks --items 3
soon is_gone ticks.pid
is 0 1 '' subscribe "$addr" t/once --items 1

# begin COMMAND...: in the background, as $!, with standard output in out.
begin() {
    : >out
    "$alkref" "$@" --pin "$pin" >out 2>err &
}

# ends PID STATUS
ends() {
    got=0
    wait "$1" || got=$?
    [ "$got" = "$2" ] || fail "exit $got instead of $2"
    [ ! -s err ] || fail 'it complained'
    passed
}

# Ctrl-C: the program on the other side is killed, whatever it is doing. Shells
# make what they put behind them deaf to SIGINT; alkref hears it all the same.
for signal in INT TERM; do
    rm -f ticks.pid slow.pid
    begin subscribe "$addr" t/ticks
    soon has_lines 3 out
    lives ticks.pid || fail 'no program'
    kill -"$signal" "$!"
    ends "$!" 130
    soon is_gone ticks.pid
    begin call "$addr" t/slow
    soon lives slow.pid
    kill -"$signal" "$!"
    ends "$!" 130
    soon is_gone slow.pid
done
minds() { grep -q '^SigBlk:.*[2367abef]$' "/proc/$1/status"; } # it has SIGINT
begin subscribe 127.0.0.1:9 t/ticks # nobody there: nothing to abort
soon minds "$!"
kill -INT "$!"
ends "$!" 130

# The reader of the last one may go with it.
rm -f ticks.pid
for _ in 1 2 3 4 5; do
    "$alkref" subscribe "$addr" t/ticks --items 2 --pin "$pin" | head -n 2 >out
    [ "${PIPESTATUS[*]}" = '0 0' ] || fail 'all was printed'
done
passed

# head has enough: no word of it, and nothing keeps running. It is noticed also
# when no item comes any more.
for operation in ticks once; do
    rm -f "$operation.pid"
    "$alkref" subscribe "$addr" "t/$operation" --pin "$pin" 2>err |
        head -n 1 >out
    [ "${PIPESTATUS[*]}" = '141 0' ] || fail 'how did head end it?'
    [ "$(cat out)" = 1 ] && [ ! -s err ] || fail 'not one item'
    soon is_gone "$operation.pid"
done
got=0
"$alkref" subscribe "$addr" t/flood --pin "$pin" 2>err >/dev/full || got=$?
[ "$got" = 2 ] || fail "a full disk: $got"
grep -q 'standard output cannot be written: No space' err
soon is_gone flood.pid

# A reader that sleeps: the program behind it has to wait, and says nothing
# that is kept; whoever else asks is answered meanwhile; then all goes on.
mkfifo slow
rm -f flood.pid
"$alkref" subscribe "$addr" t/flood --items 400000 --pin "$pin" >slow 2>err &
subscriber=$!
exec 9<slow
said() { sed -n 's/^wchar: //p' "/proc/$(cat flood.pid)/io"; }
waits() { # it has said something, and in a quarter of a second nothing more
    before=$(said)
    sleep 0.25
    [ "$before" -gt 4096 ] && [ "$(said)" = "$before" ]
}
soon lives flood.pid
soon waits
is 0 '7
{"a": 1}
"last"' '' subscribe "$addr" t/three 7
waits || fail 'it was read on'
[ "$(said)" -lt 100000000 ] || fail 'somebody keeps all of it'
[ "$(sort <&9 | uniq -c | tr -s ' ')" = ' 400000 1234567' ] || fail 'not all'
exec 9<&-
ends "$subscriber" 0
soon is_gone flood.pid

# An interrupted one does not wait for its reader.
rm -f flood.pid
"$alkref" subscribe "$addr" t/flood --pin "$pin" >slow 2>err &
subscriber=$!
exec 9<slow
soon lives flood.pid
soon waits
kill -INT "$subscriber"
ends "$subscriber" 130
exec 9<&-
soon is_gone flood.pid

# With the node that runs it a program ends as well, and so does who listens.
rm -f ticks.pid
begin subscribe "$addr" t/ticks
subscriber=$!
soon has_lines 1 out
kill "$listener"
wait "$listener"
listener=
got=0
wait "$subscriber" || got=$?
[ "$got" = 2 ] && grep -q '"kind":"connection_closed"' err ||
    fail "the listener ended, and then $got"
soon is_gone ticks.pid
! grep -v 'address\|counts\|alkref: /bin/sh: a line' server.log || fail 'server'
echo "$count in ref/test/subscribe_test.sh"
