# Runs the command given as arguments until it ends, or until standard input does.
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
{ cat <&3 >/dev/null; kill -TERM "$server"; } 2>/dev/null &
exec 3<&-
wait "$server"
