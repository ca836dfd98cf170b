//! The smallest question that has the right shape, for every root field of the schema: what is asked for is not the point, but
//! whether one may ask.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use serde_json::{Map, Value, json};

/// The schema as it is published.
pub struct Shapes {
    types: BTreeMap<String, TypeDefinition>,
    /// What a field of this name is given, whatever its type would suggest.
    given: BTreeMap<&'static str, Value>,
}

/// A document and its variables.
pub struct Question {
    pub document: String,
    pub variables: Value,
}

impl Shapes {
    pub fn published(given: BTreeMap<&'static str, Value>) -> Self {
        let schema = parse_schema(siyi_api::graphql::sdl()).unwrap();
        let types = schema.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(of) => Some((of.node.name.node.to_string(), of.node)),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        });
        Self { types: types.collect(), given }
    }

    /// The names of a root's fields.
    pub fn fields(&self, root: &str) -> Vec<String> {
        self.root(root).map(|field| field.name.node.to_string()).collect()
    }

    fn root(&self, root: &str) -> impl Iterator<Item = &FieldDefinition> {
        let TypeKind::Object(object) = &self.types[root].kind else { panic!("{root} is no object") };
        object.fields.iter().map(|field| &field.node)
    }

    /// Asks for a field of a root with no more than it must have.
    pub fn question(&self, operation: &str, root: &str, field: &str) -> Question {
        let field = self.root(root).find(|one| one.name.node == field).unwrap();
        let needed = field.arguments.iter().map(|argument| &argument.node).filter(|argument| self.is_needed(argument));
        let (mut declared, mut passed, mut variables) = (Vec::new(), Vec::new(), Map::new());
        for InputValueDefinition { name, ty, .. } in needed {
            let name = &name.node;
            declared.push(format!("${name}: {}", ty.node));
            passed.push(format!("{name}: ${name}"));
            variables.insert(name.to_string(), self.value(name, &ty.node));
        }
        let bracketed = |inner: Vec<String>| {
            if inner.is_empty() { String::new() } else { format!("({})", inner.join(", ")) }
        };
        let selected = if self.has_fields(&field.ty.node) { " { __typename }" } else { "" };
        let (declared, passed, name) = (bracketed(declared), bracketed(passed), &field.name.node);
        Question {
            document: format!("{operation}{declared} {{ {name}{passed}{selected} }}"),
            variables: Value::Object(variables),
        }
    }

    /// An act's time is given too: a little too far ahead, so that whoever is let in has no effect.
    fn is_needed(&self, argument: &InputValueDefinition) -> bool {
        let must = !argument.ty.node.nullable && argument.default_value.is_none();
        must || self.given.contains_key(argument.name.node.as_str())
    }

    fn has_fields(&self, ty: &Type) -> bool {
        match &ty.base {
            BaseType::List(of) => self.has_fields(of),
            BaseType::Named(name) => {
                let kind = self.types.get(name.as_str()).map(|of| &of.kind);
                matches!(kind, Some(TypeKind::Object(_) | TypeKind::Union(_) | TypeKind::Interface(_)))
            }
        }
    }

    fn value(&self, name: &str, ty: &Type) -> Value {
        if let Some(given) = self.given.get(name) {
            return given.clone();
        }
        let BaseType::Named(base) = &ty.base else { return json!([]) };
        match (base.as_str(), self.types.get(base.as_str()).map(|of| &of.kind)) {
            (_, Some(TypeKind::InputObject(input))) => {
                let fields = input.fields.iter().map(|field| &field.node).filter(|field| self.is_needed(field));
                Value::Object(fields.map(|f| (f.name.node.to_string(), self.value(&f.name.node, &f.ty.node))).collect())
            }
            (_, Some(TypeKind::Enum(of))) => json!(of.values[0].node.value.node.as_str()),
            ("Int" | "Count" | "Fen" | "Position", _) => json!(1),
            ("Boolean", _) => json!(false),
            ("Date", _) => json!("2026-11-02"),
            ("DateTime", _) => json!("2026-11-02T09:00:00+08:00"),
            ("String" | "ID", _) => json!("x"),
            (other, _) => panic!("what is a smallest {other}?"),
        }
    }
}
