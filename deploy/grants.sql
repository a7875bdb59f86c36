-- What the program may do in its database. By the owner, after each `migrate` and each `restore`:
--   psql --file=deploy/grants.sql "$OWNER_DATABASE_URL"
-- A table that is new and not granted yet is closed; what only grows can be added to, never changed or emptied.
\set ON_ERROR_STOP on
\if :{?prefix} \else \set prefix register \endif
\set app :prefix _app

BEGIN;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM :"app";

-- The tables that the database itself guards: events, the log of reads and their seals.
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', tgrelid::regclass, :'app')
  FROM pg_trigger WHERE tgname LIKE '%\_append\_only' ORDER BY tgname \gexec
COMMIT;
