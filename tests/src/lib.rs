//! Test support: a whole engine in a folder, the promises of the ports, scenarios, crash rounds and loads for benches.

pub mod between;
pub mod borders;
pub mod conditions;
pub mod crash;
pub mod law;
pub mod load;
pub mod postgres;
pub mod promises;
pub mod s3;
pub mod scenario;
pub mod small_village;
pub mod websocket;
pub mod world;
