-- A channel's bookings as a feed, too.
create index feed_item_bookings on feed_item (item_id) where kind = 'booking' and deleted_at is null;

-- What was booked before.
alter table booking no force row level security;
alter table feed_item no force row level security;
insert into feed_item (channel_id, kind, item_id, connection_id)
select channel_id, 'booking', booking_id, connection_id from booking;
alter table feed_item force row level security;
alter table booking force row level security;
