-- Events of a member may come in another order than they happened: the newest stays.
alter table member_ref add column version bigint not null default 0;
