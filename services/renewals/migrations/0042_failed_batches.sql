-- How often the next batch of an import could not be taken.
alter table import add column failures integer not null default 0;
