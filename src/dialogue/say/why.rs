//! Why: the reason for what is put, out of the pack and out of the numbers.

use super::Speaker;
use crate::diagnosis;
use crate::dialogue::next::Prompt;
use crate::knowledge::{Id, Phrase, Remedy};

impl Speaker<'_> {
    /// Answers "why?" for what is pending.
    pub(super) fn why(&mut self) {
        let knowledge = &self.assistant.knowledge;
        match &self.place.prompt {
            Prompt::Ask { fact, .. } => {
                if let Some(known) = knowledge.facts.get(fact) {
                    self.parts.push(known.why.get(self.language).to_owned());
                }
            }
            Prompt::Step { guide, step, .. } => {
                let Some(known) = knowledge.guides.get(guide) else {
                    return;
                };
                match known.step(step).and_then(|step| step.why.as_ref()) {
                    Some(why) => self.parts.push(why.get(self.language).to_owned()),
                    None => self.phrase_with(
                        Phrase::WhyStep,
                        &[("title", known.title.get(self.language))],
                    ),
                }
            }
            Prompt::Remedy { problem, remedy } => {
                let cause = self.cause(
                    problem,
                    knowledge
                        .problems
                        .get(problem)
                        .and_then(|problem| problem.remedy(remedy)),
                );
                self.phrase_with(Phrase::WhyRemedy, &[("cause", &cause)]);
            }
            Prompt::Menu | Prompt::Ended { .. } => self.phrase(Phrase::WhyMenu),
        }
    }

    /// Answers "I can't follow" for what is pending: why it is put, what is to be done once more, and where help is.
    pub(super) fn explain(&mut self) {
        match &self.place.prompt {
            Prompt::Step { .. } => {
                self.why();
                self.put();
                self.phrase(Phrase::Stuck);
            }
            // What is to be done begins with the reason for it.
            Prompt::Remedy { .. } => {
                self.put();
                self.phrase(Phrase::Stuck);
            }
            Prompt::Ask { .. } | Prompt::Menu | Prompt::Ended { .. } => {
                self.why();
                self.put();
            }
        }
    }

    /// Asks which answer a no means, by what stands on the buttons.
    pub(super) fn ask_which(&mut self) {
        let Prompt::Ask { fact, .. } = &self.place.prompt else {
            return;
        };
        let label = |answer| {
            let answer = self.assistant.knowledge.answer(fact, answer);
            answer.map_or("", |answer| answer.label.get(self.language))
        };
        self.phrase_with(Phrase::Which, &[("yes", label("yes")), ("no", label("no"))]);
    }

    /// Asks outright whether the remedy helped, and repeats by what it is told.
    pub(super) fn ask_if_helped(&mut self) {
        self.phrase(Phrase::DidItHelp);
        let Prompt::Remedy { problem, remedy } = &self.place.prompt else {
            return;
        };
        let known = self.assistant.knowledge.problems.get(problem);
        if let Some(known) = known.and_then(|problem| problem.remedy(remedy)) {
            self.phrase_with(Phrase::See, &[("see", known.see.get(self.language))]);
            self.show(format!("problem:{problem}/{remedy}"));
        }
    }

    /// The most probable cause; with a remedy, the one that it most probably fixes.
    pub(super) fn cause(&self, id: &Id, remedy: Option<&Remedy>) -> String {
        let Some(problem) = self.assistant.knowledge.problems.get(id) else {
            return String::new();
        };
        let ranked = diagnosis::ranked(problem, &self.view.facts, &self.view.tried(id));
        let fixed = |cause: &Id| remedy.is_none_or(|remedy| remedy.fixes.contains_key(cause));
        let best = ranked
            .into_iter()
            .find(|(cause, _)| fixed(cause))
            .and_then(|(cause, _)| problem.cause(cause));
        best.map_or("", |cause| cause.title.get(self.language))
            .to_owned()
    }
}
