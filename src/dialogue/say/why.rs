//! Why: the reason for what is put, out of the pack and out of the numbers.

use super::Speaker;
use crate::diagnosis::{self, Decision};
use crate::dialogue::next::Prompt;
use crate::knowledge::{Id, Item, Phrase, Remedy, UNSURE};

impl Speaker<'_> {
    /// Answers "why?" for what is pending.
    pub(super) fn why(&mut self) {
        let knowledge = &self.assistant.knowledge;
        match &self.place.prompt {
            Prompt::Ask { fact, within } => {
                if let Some(known) = knowledge.facts.get(fact) {
                    self.parts.push(known.why.get(self.language).to_owned());
                }
                if let Item::Problem(problem) = within {
                    self.what_answers_change(problem, fact);
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

    /// What would come next after each answer to a question, out of the policy. Answers that lead to more questions, or
    /// nowhere, are left out.
    fn what_answers_change(&mut self, id: &Id, fact: &Id) {
        let Some(problem) = self.assistant.knowledge.problems.get(id) else {
            return;
        };
        // What is asked before any diagnosis leads by routes, which the numbers do not know.
        if problem.ask.iter().any(|ask| ask.fact == *fact) {
            return;
        }
        let tried = self.view.tried(id);
        let consequences = diagnosis::consequences(problem, &self.view.facts, &tried, fact);
        if consequences.len() < 2 {
            return;
        }
        let lines = consequences.iter().filter_map(|consequence| {
            let Decision::Try(remedy) = &consequence.decision else {
                return None;
            };
            let title = problem.remedy(remedy)?.title.get(self.language);
            let labels = self.labels(fact, &consequence.answers);
            Some(self.filled(Phrase::WhyAnswer, &[("answers", &labels), ("title", title)]))
        });
        let lines: Vec<String> = lines.collect();
        if !lines.is_empty() {
            let heading = self.words(Phrase::WhyAnswers);
            self.parts.push(format!("{heading}\n{}", lines.join("\n")));
            self.fold_last();
        }
    }

    /// Answers as they stand on their buttons.
    fn labels(&self, fact: &Id, answers: &[Id]) -> String {
        let labels = answers.iter().filter_map(|answer| {
            if answer == UNSURE {
                return Some(self.words(Phrase::ButtonUnsure));
            }
            let answer = self.assistant.knowledge.answer(fact, answer)?;
            Some(answer.label.get(self.language))
        });
        let labels: Vec<&str> = labels.collect();
        labels.join(self.words(Phrase::ListSeparator))
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
