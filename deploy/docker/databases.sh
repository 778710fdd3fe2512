#!/bin/bash
# Runs once, when the cluster is made: a database per service, a role that owns it (for migrations) and a role that
# uses it. Services and passwords are those of the URLs among the secrets.
set -euo pipefail

for file in /run/secrets/*_migration_database_url; do
    service=$(basename "$file" _migration_database_url)
    SERVICE=$service psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv service SERVICE
\set owner :service _owner
\set app :service _app
\set owner_password `sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' "/run/secrets/${SERVICE}_migration_database_url"`
\set app_password `sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' "/run/secrets/${SERVICE}_database_url"`

create role :"owner" login password :'owner_password';
create role :"app" login password :'app_password';
create database :"service" owner :"owner";
revoke all on database :"service" from public;
grant connect on database :"service" to :"app";
SQL
done
