-- The index of attachments. The files lie in an object store, sealed; what stands here beside owner, village and size is sealed too.

-- One row: where the files lie, once they do.
create table siyi.attachments_place (
    the_only_one boolean primary key default true check (the_only_one),
    place text not null
);

create table siyi.attachments (
    keyed bytea not null check (octet_length(keyed) = 32),
    owner uuid not null,
    file uuid not null unique,
    village text not null,
    stored_bytes bigint not null check (stored_bytes >= 0),
    sealed bytea not null,
    primary key (keyed, owner)
);

create index attachments_of_owner on siyi.attachments (owner);
create index attachments_of_village on siyi.attachments (village);

-- A file without a row: one that is being written, or one that is owed, that is, to be wiped.
create table siyi.attachment_notes (
    file uuid primary key,
    owner uuid not null,
    village text not null,
    stored_bytes bigint not null check (stored_bytes >= 0),
    is_owed boolean not null,
    noted_at timestamptz not null default now()
);

create index attachment_notes_of_village on siyi.attachment_notes (village);

-- Owners whose erasure has begun and not ended.
create table siyi.attachment_erasing (owner uuid primary key);
