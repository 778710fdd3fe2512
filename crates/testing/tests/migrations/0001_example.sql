-- A service as small as one can be: reference rows, an identity, a generated column, a foreign key.
create table kind (kind text primary key, label text generated always as (upper(kind)) stored);
insert into kind (kind) values ('dental'), ('optical');
create table thing (
    id bigint generated always as identity primary key,
    kind text not null references kind
);
insert into thing (kind) values ('dental');
grant select, insert, update, delete on kind, thing to example_app;
