-- As in grants.sql; this store creates its schema even where it is there, and needs the right to.
grant create on schema public to :"app";
do $$ begin execute format('grant create on database %I to %s', current_database(), $role$:"app"$role$); end $$;
