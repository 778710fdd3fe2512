-- Puts a fact into the outbox.
create or replace function record_event(in_event_id uuid, in_organization_id uuid, in_also_organization uuid, in_aggregate_type text,
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
