-- Roles of the register in PostgreSQL. Once, by its administrator; run again, it changes nothing but what is written here:
--   psql --set=database=register --file=deploy/roles.sql postgres
-- Passwords are set afterwards, where no shell remembers them: \password register_web
--
--   register_owner  owns the tables: migrations and restoring, by hand
--   register_app    what the program may do (deploy/grants.sql); nobody signs in as it
--   register_web    pages: no statement takes longer than 5 seconds. A setting of the role holds behind PgBouncer too.
--   register_jobs   publish_due, backup and the other commands: without that limit
\set ON_ERROR_STOP on
\if :{?database} \else \set database register \endif
\if :{?prefix} \else \set prefix register \endif
\set owner :prefix _owner
\set app :prefix _app
\set web :prefix _web
\set jobs :prefix _jobs

SELECT format('CREATE ROLE %I %s', name, rights) FROM (VALUES
    (:'owner', 'LOGIN'), (:'app', 'NOLOGIN'), (:'web', 'LOGIN'), (:'jobs', 'LOGIN')) AS wanted (name, rights)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
GRANT :"app" TO :"web", :"jobs";

SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";

-- UTC, as the program wants it: it then has nothing to set in a session, which a pool would hand to others.
ALTER ROLE :"web" SET timezone = 'UTC';
ALTER ROLE :"jobs" SET timezone = 'UTC';
ALTER ROLE :"web" SET statement_timeout = '5s';
ALTER ROLE :"web" SET lock_timeout = '4s';
ALTER ROLE :"web" SET idle_in_transaction_session_timeout = '30s';
