//! Inputs of the mutations: the shapes of the domain's commands, which they become by way of JSON.

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(async_graphql::InputObject, Debug, Clone, serde::Serialize)]
            #[serde(rename_all = "camelCase")]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
        )+
    };
}

mod disclosure;
mod meeting;
mod motion;
mod oversight;
mod place;

pub use disclosure::*;
pub use meeting::*;
pub use motion::*;
pub use oversight::*;
pub use place::*;
