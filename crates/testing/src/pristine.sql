-- Put into every template: what the migrations left behind, and how to get back to it.
create schema pristine;

-- Everything of the schema that a test could have changed. Clones share the template's oids, so that what was
-- dropped and made again shows too.
create function pristine.shape() returns text language sql stable as $$
    with spaces as (
        select oid, nspacl from pg_namespace where nspname not like 'pg\_%' and nspname not in ('information_schema', 'pristine')
    ), tables as (
        select c.* from pg_class c join spaces on spaces.oid = relnamespace
    )
    select md5(string_agg(line, ';' order by line)) from (
        select format('n %s %s', oid, nspacl) from spaces
        union all select format('c %s %s %s %s %s %s', oid, relname, relowner, relrowsecurity, relforcerowsecurity, relacl) from tables
        union all select format('a %s %s %s %s %s %s', attrelid, attname, atttypid, attnotnull, atthasdef, attisdropped)
            from pg_attribute join tables on tables.oid = attrelid
        union all select format('d %s', d.oid) from pg_attrdef d join tables on tables.oid = adrelid
        union all select format('k %s %s %s', k.oid, conname, convalidated) from pg_constraint k join spaces on spaces.oid = connamespace
        union all select format('t %s %s %s', t.oid, tgname, tgenabled) from pg_trigger t join tables on tables.oid = tgrelid
        union all select format('p %s %s %s %s', p.oid, polroles, md5(polqual::text), md5(polwithcheck::text))
            from pg_policy p join tables on tables.oid = polrelid
        union all select format('f %s %s %s', p.oid, md5(prosrc || coalesce(prosqlbody::text, '')), proacl)
            from pg_proc p join spaces on spaces.oid = pronamespace
        union all select format('e %s %s', enumtypid, enumlabel) from pg_enum
    ) shape (line)
$$;

create table pristine.kept (shape text not null);
create table pristine.sequence (sequence regclass not null, value bigint not null, is_called boolean not null);

-- Called once, when the template is complete.
create function pristine.keep() returns void language plpgsql as $$
declare
    t record;
    filled boolean;
begin
    for t in select n.nspname, c.relname, c.relkind, c.oid::regclass as name
             from pg_class c join pg_namespace n on n.oid = relnamespace
             where relkind in ('r', 'S') and nspname not like 'pg\_%' and nspname not in ('information_schema', 'pristine')
    loop
        if t.relkind = 'S' then
            execute format('insert into pristine.sequence select %L, last_value, is_called from %s', t.name, t.name);
        else
            execute format('select exists (select from %s)', t.name) into filled;
            if filled then
                execute format('create table pristine.%I as table %s', t.nspname || '.' || t.relname, t.name);
            end if;
        end if;
    end loop;
    insert into pristine.kept select pristine.shape();
end $$;

-- Empties what a test filled and brings back what it took. False when the test changed the schema.
create function pristine.reset() returns boolean language plpgsql as $$
declare
    t record;
begin
    if pristine.shape() is distinct from (select shape from pristine.kept) then
        return false;
    end if;
    -- No triggers and no foreign keys for this once: the whole ends consistent.
    set local session_replication_role = replica;
    for t in select c.oid::regclass as name, to_regclass(format('pristine.%I', nspname || '.' || relname)) as copy,
                 (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                  where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns
             from pg_class c join pg_namespace n on n.oid = relnamespace
             where relkind = 'r' and nspname not like 'pg\_%' and nspname not in ('information_schema', 'pristine')
    loop
        execute format('delete from %s', t.name);
        if t.copy is not null then
            execute format('insert into %s (%s) overriding system value select %s from %s', t.name, t.columns, t.columns, t.copy);
        end if;
    end loop;
    perform setval(sequence, value, is_called) from pristine.sequence;
    return true;
end $$;
