//! The rows of the roads, of the ways off them, and of the owners' decision beside them.

use siyi_domain::procedure::{CallRule, DetourRule, LaneRule};
use siyi_domain::wire;

use super::{Row, Rows};

impl<'a> Rows<'a> {
    /// The roads.
    #[must_use]
    pub fn lanes(self) -> Vec<Row<'a>> {
        self.pack.lanes.iter().flat_map(|lane| self.lane(lane)).collect()
    }

    fn lane(self, lane: &'a LaneRule) -> Vec<Row<'a>> {
        let place = format!("lane.{}", lane.lane.as_str());
        let name = self.lang.pick(&lane.name.zh, &lane.name.en);
        let mut rows = vec![Self::rule(&place, name, lane.steps.join(" → "), &lane.basis)];
        rows.extend(lane.limit.as_ref().map(|limit| {
            let what = format!("{name}{}", self.t("：金额上限", ": most that may be spent"));
            Self::rule(format!("{place}.limit"), &what, self.lang.money(limit.fen), &limit.basis)
        }));
        rows.extend(lane.report.as_ref().map(|days| {
            let what =
                format!("{name}{}", self.t("：向代表会议报告，不超过", ": reported to the representatives within"));
            self.days(format!("{place}.report"), &what, days)
        }));
        rows.extend(lane.ratify.as_ref().map(|days| {
            let what = format!("{name}{}", self.t("：追认，不超过", ": ratified within"));
            self.days(format!("{place}.ratify"), &what, days)
        }));
        rows
    }

    /// The ways off a resolved matter.
    #[must_use]
    pub fn detours(self) -> Vec<Row<'a>> {
        self.pack.detours.iter().flat_map(|detour| self.detour(detour)).collect()
    }

    fn detour(self, detour: &'a DetourRule) -> Vec<Row<'a>> {
        let over = if detour.over_tolerance { ".over_tolerance" } else { "" };
        let place = format!("detour.{}{over}", detour.purpose.as_str());
        let over = if detour.over_tolerance { self.t("（超出幅度）", " (over the tolerance)") } else { "" };
        let what = format!("{}{over}", self.named(detour.purpose));
        let mut rows = vec![Self::rule(&place, &what, detour.steps.join(" → "), &detour.basis)];
        rows.extend(detour.calls.iter().flat_map(|call| self.call(detour, &place, &what, call)));
        rows
    }

    /// Who may call for a detour. Two callers of one kind are told apart by the form that they may ask for.
    fn call(self, detour: &'a DetourRule, place: &str, what: &str, call: &'a CallRule) -> Vec<Row<'a>> {
        let last = detour.steps.last().and_then(|code| self.pack.step(code));
        let form = call.forms.first().or_else(|| last.and_then(|step| step.forms.first()).map(|form| &form.id));
        let place = format!("{place}/{}/{}", wire::name(&call.kind), form.map_or("", String::as_str));
        let what = format!("{what}{}{}", self.t("，提出者：", ", called for by "), self.named(call.kind));
        let value = match call.forms.as_slice() {
            [] => self.t("任一形式", "any form of meeting").to_owned(),
            forms => self.lang.list(forms.iter().map(|id| self.form_name(id))),
        };
        let mut rows = vec![Self::rule(&place, &what, value, &call.basis)];
        rows.extend(call.share.as_ref().map(|share| self.share(format!("{place}.share"), &what, share)));
        rows
    }

    pub(super) fn form_name(self, id: &'a str) -> &'a str {
        let form = self.pack.steps.iter().find_map(|step| step.form(id));
        form.map_or(id, |form| self.lang.pick(&form.name.zh, &form.name.en))
    }

    /// The linked decision of owners.
    #[must_use]
    pub fn owners(self) -> Vec<Row<'a>> {
        let Some(owners) = &self.pack.owners else { return Vec::new() };
        vec![
            self.share(
                "owners.participation",
                self.t("参与表决，面积和人数", "taking part, by area and by owners"),
                &owners.participation,
            ),
            self.share(
                "owners.ordinary",
                self.t("一般事项同意，面积和人数", "agreeing on ordinary matters, by both"),
                &owners.ordinary,
            ),
            self.share(
                "owners.special",
                self.t("特别事项同意，面积和人数", "agreeing on special matters, by both"),
                &owners.special,
            ),
        ]
    }
}
