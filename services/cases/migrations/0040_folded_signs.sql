-- Apostrophes and hyphens are one of each in what is searched, and a name put together by them is found as one word, too. The
-- texts are sealed; their words are not.
alter table support_case no force row level security;
alter table case_message no force row level security;

update support_case set search = search || array_to_tsvector(array(
    select regexp_replace(word, '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇''֊‐‑‒–—―⁃−﹘﹣－-]', '', 'g') from unnest(tsvector_to_array(search)) word
    where word ~ '.[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇''֊‐‑‒–—―⁃−﹘﹣－-].' and word !~ '[0-9]'))
where array_to_string(tsvector_to_array(search), ' ') ~ '[^ ][`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇''֊‐‑‒–—―⁃−﹘﹣－-][^ ]';
update case_message set search = search || array_to_tsvector(array(
    select regexp_replace(word, '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇''֊‐‑‒–—―⁃−﹘﹣－-]', '', 'g') from unnest(tsvector_to_array(search)) word
    where word ~ '.[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇''֊‐‑‒–—―⁃−﹘﹣－-].' and word !~ '[0-9]'))
where array_to_string(tsvector_to_array(search), ' ') ~ '[^ ][`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇''֊‐‑‒–—―⁃−﹘﹣－-][^ ]';
update support_case set identifier_keys = array(
    select regexp_replace(regexp_replace(one, '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇]', '''', 'g'), '[֊‐‑‒–—―⁃−﹘﹣－]', '-', 'g')
    from unnest(identifier_keys) one)
where array_to_string(identifier_keys, ' ') ~ '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇֊‐‑‒–—―⁃−﹘﹣－]';

alter table case_message force row level security;
alter table support_case force row level security;
