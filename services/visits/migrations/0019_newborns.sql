-- A newborn whom no payer knows yet has visits of its own under its mother's number: beside hers, and beside its twin's.
alter table visit add column newborn boolean not null default false;
drop index visit_open_once;
create unique index visit_open_once on visit (facility_id, member_id, service_type, service_date)
    where state = 'ADMITTED' and not newborn;

-- Whose care a line is, where it is not the member's own: such a newborn's, by its visit. The same care of the mother and
-- of her child on one day is claimed once each.
alter table service_line add column newborn_visit_id uuid;
drop index service_line_claimed_once;
create unique index service_line_claimed_once
    on service_line (member_id, given_on, code, coalesce(newborn_visit_id, member_id)) where active and owner_kind = 'CLAIM';
