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

alter table participant no force row level security;

-- Kept with other apostrophes and hyphens so far, which are one of each now.
update participant set folded_name = regexp_replace(
    regexp_replace(folded_name, '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇]', '''', 'g'), '[֊‐‑‒–—―⁃−﹘﹣－]', '-', 'g')
where folded_name ~ '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇֊‐‑‒–—―⁃−﹘﹣－]';

alter table participant add column name_words text[] not null generated always as (name_words(folded_name)) stored;

alter table participant force row level security;
