//! Skeleton.

pub mod promises;
