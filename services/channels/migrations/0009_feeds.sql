-- What a channel reads of its providers as a feed: which things it has, and in which order they changed. What each is like is
-- read with it.
create sequence feed_change;
create table feed_item (
    channel_id    uuid   not null,
    kind          text   not null constraint feed_item_kind check (kind in ('service', 'booking')),
    item_id       uuid   not null,
    connection_id uuid   not null references connection,
    -- Its place in the feed; null until what changed it is committed and numbered.
    change        bigint unique,
    deleted_at    timestamptz,
    primary key (channel_id, kind, item_id)
);
create index feed_item_unnumbered on feed_item (channel_id, kind, item_id) where change is null;
create index feed_item_order on feed_item (channel_id, kind, change);
create index feed_item_deleted on feed_item (deleted_at) where deleted_at is not null;
alter table feed_item enable row level security;
alter table feed_item force row level security;
create policy feed_item_sides on feed_item
    using (caller_is_system() or exists (select from connection c where c.connection_id = feed_item.connection_id))
    with check (caller_is_system()
        or exists (select from connection c where c.connection_id = feed_item.connection_id));
grant select, insert, update, delete on feed_item to channels_app;
grant usage on sequence feed_change to channels_app;

-- What is published before there was a feed.
alter table connection_item no force row level security;
alter table feed_item no force row level security;
insert into feed_item (channel_id, kind, item_id, connection_id)
select c.channel_id, 'service', i.service_id, c.connection_id
from connection_item i join connection c using (connection_id) where i.state = 'PUBLISHED';
alter table feed_item force row level security;
alter table connection_item force row level security;
