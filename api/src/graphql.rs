//! GraphQL at `/graphql`: one mutation for each command, queries over the read models, a subscription to the log.
//!
//! It holds no rule: a mutation turns its input into the command handler's JSON and answers what the handler answers.
//! Limits: [`MAX_DEPTH`], [`MAX_COMPLEXITY`], [`MAX_PAGE`]; body size and request time stand in [`crate::server`].

#![expect(clippy::unused_async, reason = "resolvers of async-graphql are async functions, whether they wait or not")]

use std::sync::Arc;

use async_graphql::Schema;

use crate::app::App;

mod actor;
mod consultation;
mod doors;
mod duty;
mod enums;
mod event;
mod flag;
pub(crate) mod forged;
mod graphiql;
mod http;
mod inputs;
mod jurisdiction;
mod law;
mod limits;
mod local;
mod meeting;
mod mutation;
mod notice;
mod outcome;
mod paging;
mod persisted;
mod plan;
mod procedure;
mod query;
mod reading;
mod retention;
mod routine;
mod rule;
mod scalars;
mod socket;
mod step;
mod submit;
mod subscription;
mod told;

pub use actor::{
    ASSERTION_HEADER, ATTENDANT_HEADER, ActHeaders, OFFICE_HEADER, PERSON_HEADER, SECOND_HEADER, SHEET_HEADER,
};
pub use forged::REQUEST_HEADER;
pub use http::router;
pub use limits::{MAX_ALIASES, MAX_NESTING, MAX_TOKENS};
pub use mutation::Mutation;
pub use persisted::shipped as shipped_operations;
pub use query::Query;
pub(crate) use submit::new_id;
pub use subscription::Subscription;

/// Deepest nesting of a query; what GraphiQL asks of the schema is 15 deep.
pub const MAX_DEPTH: usize = 20;
/// Greatest complexity of a query: each field counts one, a list counts its page size times its fields.
pub const MAX_COMPLEXITY: usize = 20_000;
/// Most entries of one page.
pub const MAX_PAGE: usize = 100;
/// Entries of a page if the query does not say.
pub const DEFAULT_PAGE: usize = 20;

/// The schema type.
pub type SiyiSchema = Schema<Query, Mutation, Subscription>;

/// The schema over an app.
#[must_use]
pub fn schema(app: Arc<App>) -> SiyiSchema {
    builder().data(app).finish()
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation, Subscription)
        .extension(doors::AskAtDoors)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .limit_recursive_depth(32)
        .limit_directives(8)
        .disable_suggestions()
        .register_output_type::<query::Node>()
}

/// The schema in SDL, sorted: a contract under `schemas/graphql/`.
#[must_use]
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}
