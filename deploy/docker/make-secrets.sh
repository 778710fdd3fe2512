#!/bin/sh
# Makes the secrets that docker-compose.yml mounts; those that are there already stay as they are.
#   deploy/docker/make-secrets.sh [FOLDER]      the folder is deploy/docker/secrets unless named
#
# Where the servers are, as hosts with ports, is taken from POSTGRES, REDIS and NATS; in docker-compose.yml they have these names.
# The files are readable for all because containers run as users of their own; the folder is not.
set -eu
umask 077

folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

random() {
    od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n'
}

# keep NAME CONTENT: writes beside and moves, so that a secret is whole or not there.
keep() {
    [ -e "$1.txt" ] && return
    printf '%s\n' "$2" >"$1.part"
    chmod 444 "$1.part"
    mv "$1.part" "$1.txt"
    echo "made $1.txt"
}

# Called so when documents were visits' alone. Without it they cannot be read.
[ ! -e visits_document_keys.txt ] || mv visits_document_keys.txt document_keys.txt

for name in service_secret postgres_password grafana_admin_password \
    identity_master_key identity_code_pepper identity_operator_password \
    visits_master_key document_keys renewals_master_key cases_master_key channels_master_key; do
    keep "$name" "$(random)"
done

for service in identity visits renewals cases channels; do
    keep "${service}_database_url" "postgres://${service}_app:$(random)@${POSTGRES:-postgres:5432}/$service"
    keep "${service}_migration_database_url" "postgres://${service}_owner:$(random)@${POSTGRES:-postgres:5432}/$service"
done

# What the server asks for and what clients bring are one password: the second is made from the first.
keep redis_auth "requirepass $(random)"
keep redis_url "redis://:$(sed 's/^requirepass //' redis_auth.txt)@${REDIS:-redis:6379}"

keep nats_auth "authorization { user: careway, password: \"$(random)\" }"
keep nats_url "nats://careway:$(sed 's/.*password: "\(.*\)".*/\1/' nats_auth.txt)@${NATS:-nats:4222}"
