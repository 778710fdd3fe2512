#!/bin/sh
# Puts a copy that backup.sh made into databases that are empty, and into a place for documents that is not there yet:
#   POSTGRES=postgres://postgres@127.0.0.1:5432 DOCUMENTS=/data/documents deploy/restore.sh FOLDER
#
# Roles and databases are there, no service runs, and NATS and Redis are empty.
set -eu
umask 077

if [ -n "${DOCUMENTS:-}" ] && [ -e "$DOCUMENTS" ]; then
    echo "$DOCUMENTS is there already" >&2
    exit 1
fi
for dump in "$1"/*.dump; do
    # All of a database or nothing; what is there already is a mistake.
    pg_restore --exit-on-error --single-transaction --dbname="$POSTGRES/$(basename "$dump" .dump)" "$dump"
done
if [ -n "${DOCUMENTS:-}" ]; then
    cp -a "$1/documents" "$DOCUMENTS"
fi
echo "restored from $1"
