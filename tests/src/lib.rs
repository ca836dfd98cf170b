//! Test support: a whole engine in a folder, the promises of the ports, scenarios, crash rounds and loads for benches.

pub mod crash;
pub mod load;
pub mod promises;
pub mod scenario;
pub mod world;
