-- As in grants.sql; the role of spans creates the schema of its own.
grant create on schema public to :"app";
do $$ begin execute format('grant create on database %I to %s', current_database(), $role$:"observability"$role$); end $$;
