-- The zone that the calendar of a booking has now, for its two sides: a channel does not see calendars.
create view booking_clock with (security_barrier) as
select b.booking_id, r.calendar ->> 'zone' as zone
from booking b join resource r on r.resource_id = b.resource_ids[1]
where caller_is_system() or b.provider_id = caller_organization() or b.channel_id = caller_organization();
grant select on booking_clock to channels_app;

create index booking_channel_times on booking (channel_id, ends_at) where state in ('PENDING', 'BOOKED');
