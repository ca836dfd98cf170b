//! The doors of Siyi: GraphQL, pages, feeds and the command line. They hold no rule.
//!

pub mod app;
pub mod case;
pub mod cli;
pub mod graphql;
pub mod run;
