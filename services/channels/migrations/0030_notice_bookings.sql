-- The bookings to come of an examination whose duration changed, and whether each still fits.
alter table channel_notice add bookings jsonb not null default '[]';
