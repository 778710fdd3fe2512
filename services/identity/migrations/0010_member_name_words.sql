-- Names are found whichever apostrophe, hyphen or blank stands in them, or none.

-- The words of a folded name, without apostrophes and parted at hyphens; besides, runs of two or three words as one. A run
-- stands between signs of equality, so that it is found whole and by no beginning. Kept with the row, so its rule may not change
-- under its name.
create function name_words(folded_name text) returns text[] language sql immutable strict parallel safe as $$
    select array(
        select word[at] from generate_subscripts(word, 1) as at where word[at] <> ''
        union
        select '=' || array_to_string(word[at:at + more], '') || '='
        from generate_subscripts(word, 1) as at, generate_series(1, 2) as more
        where at + more <= cardinality(word))
    from (select regexp_split_to_array(btrim(replace(folded_name, '''', ''), ' -'), '[ -]+') as word) as parted
$$;

alter table member no force row level security;
alter table member_word no force row level security;

-- Kept with other apostrophes and hyphens so far, which are one of each now.
update member set folded_name = regexp_replace(
    regexp_replace(folded_name, '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇]', '''', 'g'), '[֊‐‑‒–—―⁃−﹘﹣－]', '-', 'g')
where folded_name ~ '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇֊‐‑‒–—―⁃−﹘﹣－]';

alter table member add column name_words text[] not null generated always as (name_words(folded_name)) stored;

create or replace function member_words_inserted() returns trigger language plpgsql as $$
begin
    insert into member_word (payer_id, word, member_id)
    select payer_id, word, member_id from fresh, unnest(name_words) as word;
    return null;
end
$$;
create or replace function member_words_updated() returns trigger language plpgsql as $$
begin
    delete from member_word w using stale, fresh
    where w.member_id = fresh.member_id and fresh.member_id = stale.member_id
        and fresh.folded_name <> stale.folded_name;
    insert into member_word (payer_id, word, member_id)
    select fresh.payer_id, word, fresh.member_id
    from fresh join stale using (member_id), unnest(fresh.name_words) as word
    where fresh.folded_name <> stale.folded_name;
    return null;
end
$$;

-- Who was registered before is found as well.
delete from member_word;
insert into member_word (payer_id, word, member_id)
select m.payer_id, word, m.member_id from member m, unnest(m.name_words) as word;

alter table member_word force row level security;
alter table member force row level security;
