-- At what the channel was told that a service is sold: its price, by the version of it, and how long it takes. What the
-- channel sees and books at are these while the service is published, and nothing else.
alter table connection_item
    add told_price    bigint,
    add told_amount   bigint,
    add told_currency text,
    add told_minutes  int,
    add shown_amount   bigint generated always as (case when state = 'PUBLISHED' then told_amount end) stored,
    add shown_currency text generated always as (case when state = 'PUBLISHED' then told_currency end) stored,
    add shown_minutes  int generated always as (case when state = 'PUBLISHED' then told_minutes end) stored;

-- With the newest price, and nothing where there is none.
create or replace view connection_offer with (security_barrier) as
select c.connection_id, s.service_id,
    coalesce((select bool_and(need.open) from (
        select bool_or(r.opens and r.deleted_at is null) as open
        from service_need n join resource r on r.resource_id = n.resource_id
        where n.service_id = s.service_id group by n.need) need), false) as calendar,
    p.minor is not null as price,
    p.price_id, p.minor as amount, p.currency, s.duration_minutes as minutes
from connection c
join service s on s.provider_id = c.provider_id and s.deleted_at is null
left join lateral (
    select price_id, minor, currency from price
    where price.service_id = s.service_id and price.channel_id = c.channel_id
    order by price_id desc limit 1) p on true
where caller_is_system() or caller_kind() = 'PLATFORM'
   or c.provider_id = caller_organization() or c.channel_id = caller_organization();

-- The owner's own policies let it read the offer; the items are not its to see but here.
alter table connection_item no force row level security;
update connection_item i
set told_price = p.price_id, told_amount = p.minor, told_currency = p.currency, told_minutes = s.duration_minutes
from connection c, service s, lateral (
    select price_id, minor, currency from price
    where price.service_id = s.service_id and price.channel_id = c.channel_id and price.minor is not null
    order by price_id desc limit 1) p
where c.connection_id = i.connection_id and s.service_id = i.service_id and i.state in ('NOTIFIED', 'PUBLISHED');
alter table connection_item force row level security;

alter table connection_item add constraint connection_item_told check (
    num_nonnulls(told_price, told_amount, told_currency, told_minutes)
        = case when state in ('NOTIFIED', 'PUBLISHED') then 4 else 0 end);
