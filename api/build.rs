//! Puts GraphiQL's bundles into the binary where `scripts/setup` has installed them; without them `/graphql` says so.

use std::path::Path;
use std::{env, fs, io};

const BUNDLES: [(&str, &str); 4] = [
    ("graphiql/graphiql.min.js", "graphiql.js"),
    ("graphiql/graphiql.min.css", "graphiql.css"),
    ("react/umd/react.production.min.js", "react.js"),
    ("react-dom/umd/react-dom.production.min.js", "react-dom.js"),
];

fn main() -> io::Result<()> {
    let Some(out) = env::var_os("OUT_DIR") else { return Ok(()) };
    // The folder and not the files: a file that is missing would make cargo run this at every build.
    println!("cargo::rerun-if-changed=graphiql");
    for (from, to) in BUNDLES {
        let from = Path::new("graphiql/node_modules").join(from);
        let to = Path::new(&out).join(to);
        if from.exists() {
            fs::copy(&from, &to)?;
        } else {
            fs::write(&to, [])?;
        }
    }
    Ok(())
}
