//! The ledger: nothing of what the pack was made from is lost silently.

use super::structure::report;
use crate::knowledge::diagnostic::{Diagnostic, Mistake};
use crate::knowledge::draft::{Draft, Part};
use crate::knowledge::raw::{At, Fate, Sources, Span};
use crate::knowledge::references::{self, Target};
use std::collections::{BTreeMap, BTreeSet};

/// Every statement is told, corrected or dropped with a reason; dropped ones are not told.
pub(super) fn ledger(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let Some(Part { file, value }) = &draft.sources else {
        return;
    };
    unique(file, value, diagnostics);
    cited(draft, diagnostics);
    let mut cited: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    let references = references::references(draft);
    for reference in references
        .iter()
        .filter(|reference| reference.target == Target::Source)
    {
        cited
            .entry(&reference.name.value)
            .or_default()
            .push(reference);
    }
    for statement in &value.statement {
        let id = statement.id.value.clone();
        let citing = cited.get(id.as_str());
        match statement.fate.value {
            Fate::Told | Fate::Corrected if citing.is_none() && !draft.is_partial() => {
                report(
                    diagnostics,
                    file,
                    statement.id.span,
                    Mistake::StatementUntold { id: id.clone() },
                );
            }
            Fate::Dropped => {
                for reference in citing.into_iter().flatten() {
                    report(
                        diagnostics,
                        reference.file,
                        reference.name.span,
                        Mistake::StatementDroppedButTold { id: id.clone() },
                    );
                }
            }
            Fate::Told | Fate::Corrected => {}
        }
        let needs_reason = statement.fate.value != Fate::Told;
        if needs_reason
            && statement
                .reason
                .as_ref()
                .is_none_or(|reason| reason.value.trim().is_empty())
        {
            report(
                diagnostics,
                file,
                statement.id.span,
                Mistake::StatementWithoutReason { id },
            );
        }
    }
}

/// Everything that is told to users names what it rests on.
fn cited(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let mut require = |file: &str, sources: &[At<String>], span: Span| {
        if sources.is_empty() {
            report(diagnostics, file, span, Mistake::Empty { what: "source" });
        }
    };
    for Part { file, value } in draft.facts.values() {
        require(file, &value.sources, value.question.span);
    }
    for Part { file, value } in draft.guides.values() {
        for step in &value.step {
            require(file, &step.sources, step.id.span);
        }
    }
    for Part { file, value } in draft.problems.values() {
        for cause in &value.cause {
            require(file, &cause.sources, cause.id.span);
        }
        for remedy in &value.remedy {
            require(file, &remedy.sources, remedy.id.span);
        }
        let handover = &value.handover;
        require(file, &handover.sources, handover.text.span);
    }
    for Part { file, value } in draft.prompts.values() {
        for prompt in &value.prompt {
            require(file, &prompt.sources, prompt.id.span);
        }
    }
    for Part { file, value } in draft.topics.values() {
        require(file, &value.sources, value.title.span);
    }
}

/// Sources and statements share one set of names: items cite both alike.
fn unique(file: &str, value: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for id in value
        .source
        .iter()
        .map(|source| &source.id)
        .chain(value.statement.iter().map(|statement| &statement.id))
    {
        if !seen.insert(id.value.as_str()) {
            report(
                diagnostics,
                file,
                id.span,
                Mistake::DuplicateId {
                    id: id.value.clone(),
                },
            );
        }
    }
}
