-- Each open hold of a connection has one of its places: two at once never have the same, so nobody holds more than there are.
alter table hold add column place smallint;
alter table hold add constraint hold_place
    exclude using gist (connection_id with =, place with =, tstzrange(created_at, until) with &&) where (state = 'OPEN');
