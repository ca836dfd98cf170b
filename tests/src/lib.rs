//! Skeleton.

pub mod promises;
pub mod scenario;
pub mod world;
