//! The doors of Siyi: GraphQL, pages, feeds and the command line. They hold no rule.
//!
//! Start with [`app`], which wires one process together. [`graphql`], [`pages`] and [`case`] are the three ways to it;
//! [`server`] puts the first two on a port, [`run`] is what each subcommand of [`cli`] does.

pub mod accounts;
pub mod app;
pub mod attachments;
pub mod caller;
pub mod case;
pub mod cli;
pub mod doors;
pub mod elsewhere;
pub mod erasing;
pub mod esdb;
pub mod gate;
pub mod graphql;
pub mod health;
pub mod judged;
pub mod named;
pub mod pages;
pub mod public_log;
pub mod reading;
pub mod retention;
pub mod run;
pub mod server;
pub mod sign_in;
