-- What every call does first and last. As functions, so that a connection plans their statements once: sent as text with each
-- call they were parsed, checked against their policies and planned anew each time.

-- The caller, how long its statements may take, and the key it comes with, if any.
create function open_call(in_organization text, in_kind text, in_purpose text, in_timeout text, in_key bytea,
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

create function record_event(in_event_id uuid, in_organization_id uuid, in_also_organization uuid, in_aggregate_type text,
    in_aggregate_id uuid, in_aggregate_version bigint, in_type text, in_payload bytea, in_traceparent text,
    in_occurred_at timestamptz)
returns void language plpgsql as $$
begin
    insert into outbox (event_id, organization_id, also_organization, aggregate_type, aggregate_id, aggregate_version, type,
        payload, traceparent, occurred_at)
    values (in_event_id, in_organization_id, in_also_organization, in_aggregate_type, in_aggregate_id, in_aggregate_version,
        in_type, in_payload, in_traceparent, in_occurred_at);
end
$$;

create function note_access(in_at timestamptz, in_organization_id uuid, in_subject text, in_action text, in_member_id uuid,
    in_visit_id uuid, in_detail text, in_trace_id text)
returns void language plpgsql as $$
begin
    insert into audit_entry (at, organization_id, subject, action, member_id, visit_id, detail, trace_id)
    values (in_at, in_organization_id, in_subject, in_action, in_member_id, in_visit_id, in_detail, in_trace_id);
end
$$;

create function keep_answer(in_key bytea, in_answer bytea) returns void language plpgsql as $$
begin
    update idempotency_record set answer = in_answer where key_hash = in_key;
end
$$;

-- Of the outbox only what is unpublished is ever looked for by its place; no other index has places, so that no plan can
-- walk past everything that was published. Everything else is found by its event.
alter table outbox drop constraint outbox_pkey;
alter table outbox drop constraint outbox_event_id_key;
alter table outbox add constraint outbox_pkey primary key (event_id);
