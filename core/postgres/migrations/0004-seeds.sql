-- Seeds that wait for a signature, for minutes, sealed under a key that the master key wraps. Unlogged: they are in no write-ahead log
-- and so in no archive and on no standby, and after a crash the table is empty; then acts are signed anew.
create unlogged table siyi.seeds (
    command uuid primary key,
    kept_ms bigint not null,
    sealed bytea not null
);

create index seeds_by_age on siyi.seeds (kept_ms);
