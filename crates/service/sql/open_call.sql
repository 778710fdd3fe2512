-- What a command's transaction begins with: the caller, how long its statements may take, and the key it comes with, if any.
create or replace function open_call(in_organization text, in_kind text, in_purpose text, in_timeout text, in_key bytea,
    in_fingerprint bytea)
returns void language plpgsql as $$
begin
    perform set_config('careway.organization', in_organization, true), set_config('careway.kind', in_kind, true),
        set_config('careway.purpose', in_purpose, true), set_config('statement_timeout', in_timeout, true);
    if in_key is not null then
        insert into idempotency_record (key_hash, organization_id, fingerprint)
        values (in_key, nullif(in_organization, '')::uuid, in_fingerprint);
    end if;
end
$$;
