-- The secrets of sign-in, an ordered map. What stands in it is told in core/sign-in/src/store.rs.
create table siyi.secrets (
    key bytea primary key,
    value bytea not null
);
