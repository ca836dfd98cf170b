//! `docs/law.md`: every number of every shipped pack with its law and article, and what shows it. Generated from the packs, the
//! scenarios and the border tables; `tests/tests/procedures.rs` holds that it is not stale.

use std::fmt::Write as _;
use std::path::Path;

use siyi_api::pages::Lang;
use siyi_api::run::procedure::numbers::{Row, Rows};
use siyi_domain::procedure::{Certainty, Procedure};
use siyi_domain::rules::Rules;

mod evidence;

use evidence::Evidence;

const HEAD: &str = "\
# 法规与数字 Law and numbers

Generated from `schemas/procedures`, `schemas/laws`, `tests/scenarios` and `tests/borders`; do not edit it.
`SIYI_BLESS=1 cargo test -p siyi-tests --test procedures` writes it anew; the same test fails while it is stale.

每个规则包一节，每个数字一行：在文件中的位置、内容、依据（法律、版本、条）、来源、条文大意、哪些情景和界限表证明它。「见于原文」是在所引文本中读到
的，「凭记忆」是记得的做法，可由地方配置；`SIYI` 是本系统默认值，不是法律。变体只列与其基础不同的数字。

One section a pack, one row a number: its place in the file, what it says, by which law, version and article, whether it was read
in the text or is remembered, what the article orders, and what shows it. A variant lists what differs from its base. What is
shown nowhere by name (—) is a rule of form, or is computed by a read model and shown in its tests.
";

/// What the document is made from.
struct World {
    rules: Rules,
    evidence: Evidence,
}

/// The pack on which each file rests, by the pack's id.
fn base_of(procedures: &Path, id: &str) -> Result<(String, Option<String>), String> {
    let entries = std::fs::read_dir(procedures).map_err(|e| e.to_string())?;
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.extension().is_none_or(|ext| ext != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let table: toml::Table = toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        let field = |name: &str| table.get(name).and_then(toml::Value::as_str).map(str::to_owned);
        if field("id").as_deref() == Some(id) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            return Ok((name, field("base")));
        }
    }
    Err(format!("no file under {} holds `{id}`", procedures.display()))
}

/// The document, from the folder of the repository.
///
/// # Errors
/// What is wrong with a file that it is made from.
pub fn document(repository: &Path) -> Result<String, String> {
    let rules = Rules::shipped().map_err(|e| e.to_string())?;
    let world = World { rules, evidence: Evidence::gather(&repository.join("tests"))? };
    let rules = &world.rules;
    let procedures = repository.join("schemas/procedures");
    let mut out = HEAD.to_owned();
    for pack in rules.procedures() {
        let (file, base) = base_of(&procedures, &pack.id)?;
        let base =
            base.as_deref().map(|id| rules.procedure(id).ok_or_else(|| format!("no pack `{id}`"))).transpose()?;
        out.push_str(&section(pack, &file, base, &world));
    }
    Ok(out)
}

fn section(pack: &Procedure, file: &str, base: Option<&Procedure>, world: &World) -> String {
    let until = pack.effective_until().map_or_else(String::new, |until| until.to_string());
    let mut out = format!(
        "\n## {} {}\n\n[{file}](../schemas/procedures/{file}), {}..{until}.",
        pack.id,
        pack.name.zh,
        pack.effective_from()
    );
    if let Some(base) = base {
        let _ = write!(out, " 其余同 Everything else as in `{}`.", base.id);
    }
    out.push_str("\n\n| 数字 number | 内容 says | 依据 by | 来源 source | 条文 article | 证明 shown by |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for row in differing(pack, base) {
        out.push_str(&line(pack, &row, world));
    }
    out
}

/// The rows of a pack that its base does not have, or has with another value or basis.
#[must_use]
pub fn differing<'a>(pack: &'a Procedure, base: Option<&'a Procedure>) -> Vec<Row<'a>> {
    let rows = |pack| Rows { pack, lang: Lang::Zh }.numbers();
    let known = base.map(rows).unwrap_or_default();
    let is_known = |row: &Row<'_>| {
        known.iter().any(|other| (&other.place, &other.value, other.basis) == (&row.place, &row.value, row.basis))
    };
    rows(pack).into_iter().filter(|row| !is_known(row)).collect()
}

fn line(pack: &Procedure, row: &Row<'_>, world: &World) -> String {
    let Some(basis) = row.basis else { return String::new() };
    let law = pack.source(&basis.law);
    let version = law.map_or("", |law| law.version.as_str());
    let article = law.and_then(|law| law.article(&basis.article)).map_or("", |article| article.zh.as_str());
    let source = match basis.certainty {
        Certainty::Found => "见于原文 found",
        Certainty::Memory => "凭记忆 memory",
    };
    let cells = [
        format!("`{}` {}", row.place, row.what),
        row.value.clone(),
        format!("{} ({version}) {}", basis.law, basis.article),
        source.to_owned(),
        article.to_owned(),
        shown_by(pack, row, world),
    ];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// What shows a number; what shows the same number in another pack, where nothing does in its own.
fn shown_by(pack: &Procedure, row: &Row<'_>, world: &World) -> String {
    let own = world.evidence.told(&pack.id, row);
    if !own.is_empty() {
        return own.join("; ");
    }
    let same = |other: &&Procedure| {
        let of_other = Rows { pack: other, lang: Lang::Zh }.numbers();
        let is_row = |found: &Row<'_>| (&found.place, &found.value, found.basis) == (&row.place, &row.value, row.basis);
        of_other.iter().any(is_row) && !world.evidence.told(&other.id, row).is_empty()
    };
    let other = world.rules.procedures().filter(|other| other.id != pack.id).find(same);
    other.map_or_else(|| "—".to_owned(), |other| format!("如 as in `{}`", other.id))
}
