//! The macros for events: their data, and the enum of an aggregate with its wire names.

/// Declares an aggregate's events: one struct each, its wire name with version, and the two ways across the wire.
///
/// Stored shapes: a name that was ever released keeps its line here. When a shape changes, the new struct takes the next
/// version and the old name gets an `upcast` line with a total function from the old struct to the new one.
macro_rules! events {
    (
        $(#[$enum_doc:meta])* $enum:ident,
        current { $($variant:ident = $wire:literal),+ $(,)? }
        upcast { $($old_wire:literal => $old:ident => $into:ident),* $(,)? }
    ) => {
        $(#[$enum_doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $enum {
            $(#[doc = concat!("`", $wire, "`")] $variant($variant),)+
        }

        impl $enum {
            /// Every wire name that can be read, released versions included.
            pub const WIRE_NAMES: &'static [&'static str] = &[$($wire,)+ $($old_wire,)*];

            /// The wire name with version.
            #[must_use]
            pub const fn wire_name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $wire,)+ }
            }

            /// The JSON Schema of each event's data, by wire name.
            #[cfg(feature = "schema")]
            #[must_use]
            pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                vec![$(($wire, schemars::schema_for!($variant)),)+]
            }

            /// The event's data as JSON.
            ///
            /// # Errors
            /// Never for the shapes of this crate; the serializer's error otherwise.
            pub fn to_data(&self) -> Result<serde_json::Value, serde_json::Error> {
                match self { $(Self::$variant(data) => serde_json::to_value(data),)+ }
            }

            /// Reads an event by its wire name; `None` if the name is not of this aggregate.
            ///
            /// # Errors
            /// The parser's error if the data does not fit the name.
            pub fn from_wire(name: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
                match name {
                    $($wire => serde_json::from_str(data).map(|event| Some(Self::$variant(event))),)+
                    $($old_wire => serde_json::from_str::<$old>(data)
                        .map(|old| Some(Self::$into(old.into()))),)*
                    _ => Ok(None),
                }
            }
        }

        $(impl From<$variant> for $enum {
            fn from(event: $variant) -> Self {
                Self::$variant(event)
            }
        })+
    };
}

/// Declares the data of events. Times, actor and body stand in the envelope, not here.
macro_rules! event_structs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
        )+
    };
}
pub(crate) use {event_structs, events};
