with wanted as (
    select w.resource_id, w.lane, w.ends, tstzrange(w.starts, w.ends) as span,
        w.starts - interval '32 hours' as earliest
    from (select @RESOURCE@::uuid as resource_id, 0::smallint as lane, @START@::timestamptz as starts,
        @START@::timestamptz + interval '15 minutes' as ends) w
), expired as (
    select o.occupation_id from wanted w
    join occupation o on o.resource_id = w.resource_id and o.span && w.span
        and o.starts < w.ends and o.starts > w.earliest
    where o.until <= now() order by o.occupation_id for update of o
), moving as (
    select occupation_id from occupation where booking_id = null::uuid order by occupation_id for update
), gone as (
    delete from occupation where occupation_id in (
        select occupation_id from expired union all select occupation_id from moving)
    returning 1
), taken as (
    insert into occupation (provider_id, resource_id, lane, span, hold_id, booking_id, until)
    select (select provider_id from bench_booking), w.resource_id, w.lane, w.span, null, @BOOKING@::uuid, null
    from (select count(*) from gone) as cleared, wanted w order by w.resource_id
    on conflict do nothing returning 1
), done as (select count(*) = 1 as whole from taken)
insert into booking select r.* from done, bench_booking b,
    jsonb_populate_record(null::booking, to_jsonb(b) || jsonb_build_object('booking_id', @BOOKING@::uuid,
        'resource_ids', array[@RESOURCE@::uuid], 'starts_at', @START@::timestamptz,
        'ends_at', @START@::timestamptz + interval '15 minutes')) r
where done.whole
