-- The insured people. Phones, e-mails and national ids are sealed (AES-256-GCM-SIV, bound to table, column and row);
-- national ids are found by a keyed hash beside them.

create table member (
    member_id uuid primary key,
    payer_id uuid not null references organization,
    member_number text not null,
    given_names text not null,
    family_name text not null,
    -- family name and given names without diacritics, in lower case: what is searched and sorted
    folded_name text collate "C" not null,
    birth_date date not null,
    sex text not null constraint member_sex check (sex in ('FEMALE', 'MALE', 'OTHER')),
    phone bytea,
    mobile bytea,
    email bytea,
    language text not null constraint member_language check (language in ('rw', 'en', 'fr', 'vi', 'ro', 'bn')),
    principal_member_id uuid constraint member_not_own_principal check (principal_member_id <> member_id),
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint member_number_key unique (payer_id, member_number),
    constraint member_payer_key unique (payer_id, member_id),
    constraint member_principal_fkey foreign key (payer_id, principal_member_id)
        references member (payer_id, member_id)
);
create index member_name on member (payer_id, folded_name, member_id);
create index member_number_any_payer on member (member_number);
create index member_principal on member (principal_member_id, birth_date, member_id)
    where principal_member_id is not null;
alter table member enable row level security;
alter table member force row level security;
create policy member_parties on member
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

-- The words of a member's name, for search by prefix: comparisons of text may use an index under row-level security,
-- full-text and trigram operators may not.
create table member_word (
    payer_id uuid not null,
    word text collate "C" not null,
    member_id uuid not null references member on delete cascade,
    primary key (payer_id, word, member_id)
);
create index member_word_member on member_word (member_id);
alter table member_word enable row level security;
alter table member_word force row level security;
create policy member_word_parties on member_word
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

-- By statement, so that a list of thousands costs one of each.
create function member_words_inserted() returns trigger language plpgsql as $$
begin
    insert into member_word (payer_id, word, member_id)
    select distinct payer_id, word, member_id
    from fresh, unnest(string_to_array(folded_name, ' ')) as word where word <> '';
    return null;
end
$$;
create function member_words_updated() returns trigger language plpgsql as $$
begin
    delete from member_word w using stale, fresh
    where w.member_id = fresh.member_id and fresh.member_id = stale.member_id
        and fresh.folded_name <> stale.folded_name;
    insert into member_word (payer_id, word, member_id)
    select distinct fresh.payer_id, word, fresh.member_id
    from fresh join stale using (member_id), unnest(string_to_array(fresh.folded_name, ' ')) as word
    where word <> '' and fresh.folded_name <> stale.folded_name;
    return null;
end
$$;
create trigger member_words_inserted after insert on member referencing new table as fresh
    for each statement execute function member_words_inserted();
create trigger member_words_updated after update on member referencing old table as stale new table as fresh
    for each statement execute function member_words_updated();

-- A replaced card can carry a new number: the old one still finds the member.
create table member_national_id (
    national_id_id uuid primary key,
    member_id uuid not null references member,
    payer_id uuid not null,
    country text not null,
    kind text not null,
    number bytea not null,
    number_index bytea not null,
    valid_from date not null,
    valid_to date,
    constraint member_national_id_key unique (payer_id, number_index),
    constraint member_national_id_period check (valid_to >= valid_from)
);
create index member_national_id_member on member_national_id (member_id);
create index member_national_id_number on member_national_id (number_index);
alter table member_national_id enable row level security;
alter table member_national_id force row level security;
create policy member_national_id_parties on member_national_id
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

create table member_contact_change (
    change_id uuid primary key,
    member_id uuid not null references member,
    payer_id uuid not null,
    kind text not null constraint member_contact_change_kind check (kind in ('PHONE', 'MOBILE', 'EMAIL')),
    old_value bytea,
    new_value bytea,
    changed_at timestamptz not null,
    changed_by text not null
);
create index member_contact_change_member on member_contact_change (member_id, change_id desc);
alter table member_contact_change enable row level security;
alter table member_contact_change force row level security;
create policy member_contact_change_parties on member_contact_change
    using (caller_is_system() or payer_id = caller_organization())
    with check (caller_is_system() or payer_id = caller_organization());

-- What other services' people read or changed; identity's own accesses are in audit_entry.
create table member_access (
    member_access_id bigint generated always as identity primary key,
    member_id uuid not null,
    organization_id uuid,
    subject text not null,
    action text not null,
    visit_id uuid,
    at timestamptz not null
);
create index member_access_member on member_access (member_id, at desc, member_access_id desc);
alter table member_access enable row level security;
alter table member_access force row level security;
create policy member_access_system on member_access using (caller_is_system()) with check (caller_is_system());

grant select, insert, update on member, member_national_id to identity_app;
grant select, insert on member_contact_change, member_access to identity_app;
grant select, insert, delete on member_word to identity_app;
