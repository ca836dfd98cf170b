-- The key store and the vault. Whoever reads these tables without the master key reads nothing.

-- One row: which key store this is, which master key wraps the keys, and what it is used for.
create table siyi.key_store (
    the_only_one boolean primary key default true check (the_only_one),
    store uuid not null,
    ring bigint not null check (ring > 0),
    master text not null,
    master_check text not null,
    used_for text not null check (used_for in ('real', 'trial'))
);

-- A key of a person and purpose, wrapped by the master key. A key that is deleted never comes back under its id.
create table siyi.data_keys (
    key_id uuid primary key,
    subject uuid not null,
    purpose smallint not null,
    created_at text not null,
    wrapped text not null,
    unique (subject, purpose)
);

-- A disclosure by its digest, encrypted under a key of its person. It goes with its key.
create table siyi.disclosures (
    digest bytea primary key check (octet_length(digest) = 32),
    subject uuid not null,
    key_id uuid not null references siyi.data_keys on delete cascade,
    sealed bytea not null
);

create index disclosures_of_subject on siyi.disclosures (subject);
create index disclosures_of_key on siyi.disclosures (key_id);
