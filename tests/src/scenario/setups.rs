//! What happened before: named setups and further acts, each of which the domain must accept.

use std::path::PathBuf;

use serde::Deserialize;
use siyi_domain::rules::Rules;

use super::Worlds;
use super::act::{Act, Written};
use super::world::World;

/// A `given` block, or a setup file, which has the same shape.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// The setups that come first, in order.
    #[serde(default)]
    setup: Names,
    #[serde(default)]
    act: Vec<Written>,
}

/// One name or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Names {
    fn all(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

impl Given {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }
}

/// The setup files, and the worlds they led to.
pub(super) struct Setups {
    folder: PathBuf,
    worlds: Worlds,
}

impl Setups {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, worlds: Worlds::new() }
    }

    /// The world after what was given.
    pub(super) fn world(&mut self, given: &Given, rules: &Rules) -> Result<World, String> {
        let mut world = World::default();
        let mut names = given.setup.all();
        // Setups after the first begin where those before them end.
        if let [first, rest @ ..] = names {
            world = self.named(first, rules)?;
            names = rest;
        }
        for name in names {
            self.layer(&mut world, name, rules)?;
        }
        happen(&mut world, &given.act, "given", rules)?;
        Ok(world)
    }

    fn named(&mut self, name: &str, rules: &Rules) -> Result<World, String> {
        if let Some(world) = self.worlds.get(name) {
            return Ok(world.clone());
        }
        let mut world = World::default();
        self.layer(&mut world, name, rules)?;
        self.worlds.insert(name.to_owned(), world.clone());
        Ok(world)
    }

    fn layer(&mut self, world: &mut World, name: &str, rules: &Rules) -> Result<(), String> {
        let given = self.read(name)?;
        let mut names = given.setup.all();
        if let ([first, rest @ ..], true) = (names, world.is_new()) {
            *world = self.named(first, rules)?;
            names = rest;
        }
        for below in names {
            self.layer(world, below, rules)?;
        }
        happen(world, &given.act, name, rules)
    }

    fn read(&self, name: &str) -> Result<Given, String> {
        let file = self.folder.join(format!("{name}.toml"));
        let text = std::fs::read_to_string(&file).map_err(|e| format!("setup `{name}`: {e}"))?;
        Given::parse(&text).map_err(|e| format!("setup `{name}`: {e}"))
    }
}

fn happen(world: &mut World, acts: &[Written], place: &str, rules: &Rules) -> Result<(), String> {
    for (number, written) in (1..).zip(acts) {
        let act = Act::try_from(written.clone()).map_err(|e| format!("{place}, act {number}: {e}"))?;
        let outcome = world.act(&act, rules).map_err(|e| format!("{place}, act {number}: {e}"))?;
        if let Err(refusal) = outcome {
            return Err(format!("{place}, act {number}, {}: refused: {refusal}", act.name));
        }
    }
    Ok(())
}
