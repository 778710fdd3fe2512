#!/bin/sh
# Copies every database, then the documents, into a folder that is not there yet:
#   POSTGRES=postgres://postgres@127.0.0.1:5432 DOCUMENTS=/data/documents deploy/backup.sh FOLDER
#
# POSTGRES is the server as a role that reads every row: a superuser, or one with BYPASSRLS. Where documents are in a bucket,
# DOCUMENTS is not given, and the bucket is copied when this has ended. Services go on meanwhile.
set -eu
umask 077

mkdir "$1"
# Who hears of others before whom it hears of: what it missed it is told again.
for database in ${DATABASES:-channels cases renewals visits identity}; do
    pg_dump --format=custom --file="$1/$database.dump" "$POSTGRES/$database"
done
# After the databases: each document that a row names is in the place before its row is there.
if [ -n "${DOCUMENTS:-}" ]; then
    cp -a "$DOCUMENTS" "$1/documents"
fi
echo "copied to $1"
