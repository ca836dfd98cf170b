//! The one macro for commands: a struct each, the enum of an aggregate, and the way from a GraphQL name and JSON to it.

/// Where and how an input differs from its command's shape.
pub type MisshapenInput = serde_path_to_error::Error<serde_json::Error>;

/// Declares an aggregate's commands.
macro_rules! commands {
    (
        $(#[$enum_doc:meta])* $enum:ident;
        $($(#[$doc:meta])* $name:ident = $graphql:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })+
    ) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

            impl From<$name> for $enum {
                fn from(command: $name) -> Self {
                    Self::$name(command)
                }
            }
        )+

        $(#[$enum_doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $enum { $(#[doc = $graphql] $name($name),)+ }

        impl $enum {
            /// The GraphQL names of all its commands.
            pub const NAMES: &'static [&'static str] = &[$($graphql),+];

            /// The command's GraphQL name.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $graphql,)+ }
            }

            /// Reads a command's input by its GraphQL name; `None` if the name is of another aggregate.
            ///
            /// # Errors
            /// The parser's error, with its path, if the input does not fit.
            pub fn from_input(
                name: &str,
                input: serde_json::Value,
            ) -> Option<Result<Self, $crate::command_enum::MisshapenInput>> {
                match name {
                    $($graphql => Some(serde_path_to_error::deserialize(input).map(Self::$name)),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use commands;
