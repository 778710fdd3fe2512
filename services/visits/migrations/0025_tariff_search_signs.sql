-- Apostrophes and hyphens are one of each in what is searched.
alter table tariff no force row level security;
update tariff set search = regexp_replace(
    regexp_replace(search, '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇]', '''', 'g'), '[֊‐‑‒–—―⁃−﹘﹣－]', '-', 'g')
where search ~ '[`´ʹʻʼʽʾʿˈ‘’‛′‵ꞌ＇֊‐‑‒–—―⁃−﹘﹣－]';
alter table tariff force row level security;
