#!/bin/sh
# The same contract in a shell script: whatever can send an HTTP request can be kept by a spawner.
# Usage: model-server.sh ID PORT LIVELINESS
id=$1 port=$2 liveliness=$3

report() {
  curl --silent --output /dev/null --request POST "$liveliness/$id?liveliness=$1"
}

end() {
  report disconnect
  exit 0
}
trap end TERM

echo "would listen on port $port"
report ready
while true; do
  # The wait ends at once when a signal comes; a plain sleep would be waited for.
  sleep 1 &
  wait $!
  report ping
done
