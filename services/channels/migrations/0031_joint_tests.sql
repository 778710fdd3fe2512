-- A joint test books on test calendars: the provider's, with nothing taken, under ids of their own. What is taken there takes none
-- of the provider's time, and what is taken of that leaves the test alone. Each test has its own.
alter table booking add column test_id uuid references joint_test;
create index booking_tested on booking (test_id) where test_id is not null and state in ('PENDING', 'BOOKED');

create policy joint_test_doors on joint_test for select to current_user using (true);
create or replace view bookable with (security_barrier) as
select c.connection_id, c.provider_id, c.channel_id, c.state as connection_state,
    s.service_id, (i.state = 'PUBLISHED' or i.ticked and t.test_id is not null) and s.deleted_at is null as published,
    s.duration_minutes, s.step_minutes, s.buffer_before, s.buffer_after,
    s.confirmed_by_provider, s.cancellation_minutes,
    coalesce(i.shown_currency, t.currency) as shown_currency, coalesce(i.shown_amount, t.minor) as shown_amount,
    (select coalesce(jsonb_agg(jsonb_build_object('need', n.need,
        'resource_id', case when t.test_id is null then n.resource_id
            else md5(t.test_id::text || n.resource_id::text)::uuid end,
        'calendar', case when r.deleted_at is null then r.calendar end) order by n.need, n.resource_id), '[]')
     from service_need n join resource r on r.resource_id = n.resource_id
     where n.service_id = s.service_id) as needs,
    array(select distinct case when t.test_id is null then n.resource_id
            else md5(t.test_id::text || n.resource_id::text)::uuid end
        from service_need n where n.service_id = s.service_id) as resource_ids,
    t.test_id
from connection_item i
join connection c on c.connection_id = i.connection_id
join service s on s.service_id = i.service_id
left join lateral (
    select j.test_id, p.minor, p.currency from joint_test j
    left join lateral (
        select minor, currency from price
        where price.service_id = s.service_id and price.channel_id = c.channel_id
        order by price_id desc limit 1) p on true
    where c.state = 'TESTING' and j.connection_id = c.connection_id
    order by j.test_id desc limit 1) t on true
where caller_is_system() or c.provider_id = caller_organization() or c.channel_id = caller_organization();
