//! Reading rows.

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Kind, Look, Pair, Row, from_json, index, invitation, of_account, parse};
use crate::error::SignInError;

/// A look at the rows.
pub(crate) struct Reader<'a>(pub(super) &'a dyn Look);

impl Reader<'_> {
    /// The rows of a kind.
    pub(crate) fn rows<T: DeserializeOwned>(&self, account: Uuid, kind: Kind) -> Result<Vec<Row<T>>, SignInError> {
        let prefix = of_account(account, kind, &[]);
        let read = self.scan(&prefix)?.into_iter().map(|(key, value)| {
            let id = key.get(prefix.len()..).unwrap_or_default().to_vec();
            parse(kind, id, &value)
        });
        read.collect()
    }

    /// One row.
    pub(crate) fn row<T: DeserializeOwned>(
        &self,
        account: Uuid,
        kind: Kind,
        id: &[u8],
    ) -> Result<Option<Row<T>>, SignInError> {
        let value = self.0.get(&of_account(account, kind, id))?;
        value.map(|value| parse(kind, id.to_vec(), &value)).transpose()
    }

    /// Whose row a digest finds, and its id.
    pub(crate) fn find(&self, kind: Kind, digest: &[u8; 32]) -> Result<Option<(Uuid, Vec<u8>)>, SignInError> {
        let Some(value) = self.0.get(&index(kind, digest))? else { return Ok(None) };
        let (account, id) =
            value.split_first_chunk::<16>().ok_or_else(|| SignInError::corrupt("a row of the index does not read"))?;
        Ok(Some((Uuid::from_bytes(*account), id.to_vec())))
    }

    /// An invitation.
    pub(crate) fn invitation<T: DeserializeOwned>(&self, digest: &[u8; 32]) -> Result<Option<T>, SignInError> {
        let value = self.0.get(&invitation(digest))?;
        value.map(|value| from_json(&value)).transpose()
    }

    /// Every invitation.
    pub(crate) fn invitations<T: DeserializeOwned>(&self) -> Result<Vec<([u8; 32], T)>, SignInError> {
        let read = self.scan(b"i")?.into_iter().map(|(key, value)| {
            let digest = key.last_chunk().ok_or_else(|| SignInError::corrupt("an invitation does not read"))?;
            Ok((*digest, from_json(&value)?))
        });
        read.collect()
    }

    /// Every key of an account, with the index entries that lead to it.
    pub(crate) fn everything_of(&self, account: Uuid) -> Result<Vec<Vec<u8>>, SignInError> {
        let prefix = [b"a".as_slice(), account.as_bytes()].concat();
        let mut keys = Vec::new();
        for (key, value) in self.scan(&prefix)? {
            if let (Some(kind), Some(digest)) = (key.get(prefix.len()), value.first_chunk::<32>())
                && INDEXED.contains(kind)
            {
                keys.push([b"x".as_slice(), &[*kind], digest].concat());
            }
            keys.push(key);
        }
        Ok(keys)
    }

    /// The value of a key.
    pub(crate) fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SignInError> {
        self.0.get(key)
    }

    /// The first rows whose keys begin with `prefix`.
    pub(crate) fn first(&self, prefix: &[u8], most: usize) -> Result<Vec<Pair>, SignInError> {
        self.0.first(prefix, most)
    }

    /// The rows whose keys begin with `prefix`.
    pub(crate) fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, SignInError> {
        self.0.scan(prefix)
    }
}

const INDEXED: [u8; 4] = [Kind::Name.byte(), Kind::OpenId.byte(), Kind::Token.byte(), Kind::Session.byte()];
