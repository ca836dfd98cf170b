# The words of daily work. CI runs the same ones: `.ci/run` is `just test`.

# lists the recipes
default:
    @just --list --unsorted

# serve a demonstration at http://127.0.0.1:8420/
demo *args:
    scripts/demo {{args}}

# install what is missing and run every check
test:
    scripts/test

# install what building (demo), the tests or the benches need
setup purpose="demo":
    scripts/setup {{purpose}}

# format and lints, as CI judges them
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# bring the code into its format
fmt:
    cargo fmt --all

# one scenario file: `just scenario put-motion`
scenario name:
    #!/usr/bin/env bash
    set -euo pipefail
    if out=$(cargo test -q --locked -p siyi-tests --test scenarios every_scenario_holds 2>&1); then
        echo "scenarios/{{name}}.md holds, and so do all the others"
        exit
    fi
    grep -F 'scenarios/{{name}}.md:' <<<"$out" || printf '%s\n' "$out"
    exit 1

# what was promised to others, compared with the code
contracts:
    cargo test --locked -p siyi-tests --test contracts

# write new event schemas, examples, the GraphQL schema and docs/law.md; look at the diff before you commit it
bless:
    SIYI_BLESS=1 cargo test --locked -p siyi-tests --test contracts --test procedures

# write the GraphQL schema
schema:
    cargo run -q --locked -p siyi-api --bin siyi -- schema > schemas/graphql/schema.graphql

# the event store compared with a bare file, in one run
bench: (setup "benches")
    cargo bench --locked -p siyi-tests

# the documentation of the crates
doc:
    cargo doc --workspace --no-deps --locked --open
