#!/bin/sh
# Prints the Secrets that deploy/kubernetes mounts, made of the files of a folder:
#   deploy/kubernetes/secrets.sh FOLDER | kubectl apply --namespace careway --filename -
#
# In the folder is what deploy/docker/make-secrets.sh makes, and beside it renewals_smtp_url.txt, documents_s3_access_key_id.txt,
# documents_s3_secret_access_key.txt, and a folder routes with routes.toml and the files that it names.
set -eu
cd "$1"

# A Secret a line, and the files in it.
list() {
    echo careway-shared service_secret redis_url nats_url
    echo careway-identity identity_database_url identity_master_key identity_code_pepper identity_operator_password
    echo careway-visits visits_database_url visits_master_key
    echo careway-renewals renewals_database_url renewals_master_key renewals_smtp_url
    echo careway-cases cases_database_url cases_master_key
    echo careway-channels channels_database_url channels_master_key
    echo careway-documents document_keys documents_s3_access_key_id documents_s3_secret_access_key
    for service in identity visits renewals cases channels; do
        echo "careway-$service-migration" "${service}_migration_database_url"
    done
}

# part NAME FILE
part() {
    printf '  %s: %s\n' "$1" "$(base64 <"$2" | tr -d '\n')"
}

begin() {
    printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n' "$1"
    printf '  labels: {app.kubernetes.io/part-of: careway}\ntype: Opaque\ndata:\n'
}

# All of them or none: what is missing is told before anything is printed.
missing=$(list | while read -r _ files; do
    for file in $files; do [ -s "$file.txt" ] || echo "$file.txt"; done
done)
[ -s routes/routes.toml ] || missing="$missing routes/routes.toml"
if [ -n "$missing" ]; then
    echo "$1 lacks: $missing" | tr "\n" " " >&2
    exit 1
fi

list | while read -r name files; do
    begin "$name"
    for file in $files; do part "$file" "$file.txt"; done
done
begin careway-routes
for file in routes/*; do part "$(basename "$file")" "$file"; done
