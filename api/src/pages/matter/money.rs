//! The money of a matter: resolved, contracted, varied, paid, accounted.

use std::cmp::Ordering;

use siyi_domain::ids::Fen;
use siyi_projections::dossier::Dossier;

use crate::pages::bar::Bar;
use crate::pages::lang::Lang;

/// The money of a matter, for readers.
#[derive(Debug, Clone, Default)]
pub struct MoneyView {
    /// What was resolved.
    pub budget: Option<Fen>,
    /// The sum of the contract.
    pub contract: Option<Fen>,
    /// All variations.
    pub variations: Fen,
    /// Contract and variations.
    pub committed: Option<Fen>,
    /// All payments.
    pub paid: Fen,
    /// The final account.
    pub final_account: Option<Fen>,
    /// The final account against the budget, in words.
    pub difference: Option<String>,
    /// Bars on one scale: name, amount, bar.
    pub bars: Vec<(&'static str, Fen, Bar)>,
}

impl MoneyView {
    /// The money of a matter.
    #[must_use]
    pub fn of(file: &Dossier, lang: Lang) -> Self {
        let budget = file.resolution.as_ref().and_then(|told| told.fact.budget_fen);
        let contract = file.contract.as_ref().map(|told| told.fact.terms.sum_fen);
        let variations: Fen = file.variations.iter().map(|told| told.fact.amount_fen).sum();
        let paid: Fen = file.payments.iter().map(|told| told.fact.amount_fen).sum();
        let final_account = file.acceptance.as_ref().map(|told| told.fact.final_fen);
        let mut money = Self {
            budget,
            contract,
            variations,
            committed: contract.map(|sum| sum.plus(variations)),
            paid,
            final_account,
            difference: budget.zip(final_account).map(|(budget, account)| difference(budget, account, lang)),
            bars: Vec::new(),
        };
        if contract.is_some() || paid > Fen(0) {
            money.bars = money.draw(lang);
        }
        money
    }

    fn draw(&self, lang: Lang) -> Vec<(&'static str, Fen, Bar)> {
        let amounts = [
            ("budget", lang.pick("决议预算", "budget resolved"), self.budget),
            ("contract", lang.pick("合同价加变更", "contract and variations"), self.committed),
            ("paid", lang.pick("累计付款", "paid"), Some(self.paid)),
            ("final", lang.pick("决算", "final account"), self.final_account),
        ];
        let most = amounts.iter().filter_map(|(.., amount)| *amount).max().unwrap_or_default();
        let drawn = amounts.into_iter().filter_map(|(id, name, amount)| {
            let amount = amount?;
            let title = format!("{name} {}", lang.money(amount));
            let whole = lang.money(most);
            let description = match lang {
                Lang::Zh => format!("横条全长为{whole}。"),
                Lang::En => format!("The whole bar is {whole}."),
            };
            let parts: &[(&'static str, u64)] = match (id, self.contract) {
                ("contract", Some(contract)) => &[("money", contract.0), ("variation", self.variations.0)],
                _ => &[("money", amount.0)],
            };
            Some((name, amount, Bar::of(format!("money-{id}"), title, description, most.0, parts)))
        });
        drawn.collect()
    }
}

/// The final account against the budget: 节约1.10万元.
#[must_use]
pub fn difference(budget: Fen, account: Fen, lang: Lang) -> String {
    let gap = Fen(budget.0.abs_diff(account.0));
    match (lang, account.cmp(&budget)) {
        (Lang::Zh, Ordering::Less) => format!("节约{}", lang.spoken(gap)),
        (Lang::Zh, Ordering::Equal) => "与预算一致".to_owned(),
        (Lang::Zh, Ordering::Greater) => format!("超出{}", lang.spoken(gap)),
        (Lang::En, Ordering::Less) => format!("{} saved", lang.money(gap)),
        (Lang::En, Ordering::Equal) => "as resolved".to_owned(),
        (Lang::En, Ordering::Greater) => format!("{} over", lang.money(gap)),
    }
}
