//! The log as a public Merkle tree, so that nobody has to take the operator's word for it.
//!
//! Start reading at [`tlog`]: the public formats and proofs, without input and output, as a verifier uses them.

pub mod tlog;
