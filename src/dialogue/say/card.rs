//! The handover: what a human needs to know to go on, ready to copy, with nothing private in it.

use super::Speaker;
use crate::diagnosis::{self, Against};
use crate::dialogue::session::RemedyResult;
use crate::knowledge::{Id, Item, Phrase};

/// Below this probability a cause is a guess, and a guess on the card would mislead.
const SUSPICION_MIN: f64 = 0.5;

/// So many causes are named as ruled out, those first that were the most probable at first: a card is read in a minute.
pub(crate) const RULED_OUT_MAX: usize = 4;

impl Speaker<'_> {
    /// Says where a human is, and hands the user the card for them.
    pub(super) fn hand_over(&mut self, of: Option<&Item>, chosen: bool) {
        self.phrase(if chosen {
            Phrase::HandedOver
        } else {
            Phrase::HandedOverExhausted
        });
        // A human may be asked for in the middle of a guide whose step has failed: what counts is the problem then.
        let subject = of.or(self.before.path.last()).cloned();
        if let Some(Item::Problem(id)) = &subject
            && !chosen
            && let Some(problem) = self.assistant.knowledge.problems.get(id)
        {
            self.parts
                .push(problem.handover.get(self.language).to_owned());
        }
        if let Some(subject) = subject {
            self.card = Some(self.card(&subject));
            self.show(subject.to_string());
        }
        let contact = self.assistant.knowledge.contact.clone();
        self.topic(&contact);
    }

    fn card(&self, subject: &Item) -> String {
        let mut lines = vec![
            self.words(Phrase::CardTitle).to_owned(),
            self.filled(Phrase::CardProblem, &[("title", self.title(subject))]),
        ];
        let told = self.told(&self.of_this_matter(subject));
        if !told.is_empty() {
            lines.push(self.filled(Phrase::CardFacts, &[("facts", &told)]));
        }
        if let Item::Problem(problem) = subject {
            let excluded = self.excluded(problem);
            if !excluded.is_empty() {
                lines.push(self.filled(Phrase::CardRuledOut, &[("causes", &excluded)]));
            }
            let tried = self.tried(problem);
            if !tried.is_empty() {
                lines.push(self.filled(Phrase::CardTried, &[("tried", &tried)]));
            }
            if let Some(cause) = self.suspicion(problem) {
                lines.push(self.filled(Phrase::CardLikely, &[("cause", &cause)]));
            }
        }
        lines.push(self.words(Phrase::CardNext).to_owned());
        lines.join("\n")
    }

    /// What is out of the question, each with what speaks against it.
    fn excluded(&self, id: &Id) -> String {
        let Some(problem) = self.assistant.knowledge.problems.get(id) else {
            return String::new();
        };
        let excluded = diagnosis::ruled_out(problem, &self.view.facts, &self.view.tried(id));
        let clauses = excluded.iter().filter_map(|excluded| {
            let cause = problem.cause(&excluded.cause)?.title.get(self.language);
            let by = match &excluded.by {
                Against::Fact(fact) => {
                    let answer = self.view.facts.get(fact)?;
                    let answer = self.assistant.knowledge.answer(fact, answer)?;
                    answer.told.get(self.language).to_owned()
                }
                Against::Remedy(remedy) => {
                    let title = problem.remedy(remedy)?.title.get(self.language);
                    self.filled(Phrase::TriedNotHelped, &[("title", title)])
                }
            };
            Some(self.filled(Phrase::RuledOut, &[("cause", cause), ("by", &by)]))
        });
        let clauses: Vec<String> = clauses.take(RULED_OUT_MAX).collect();
        clauses.join(self.words(Phrase::ListSeparator))
    }

    /// The most probable cause, if it is probable enough to send a human looking there.
    fn suspicion(&self, id: &Id) -> Option<String> {
        let problem = self.assistant.knowledge.problems.get(id)?;
        let ranked = diagnosis::ranked(problem, &self.view.facts, &self.view.tried(id));
        let (_, probability) = ranked.first()?;
        (*probability >= SUSPICION_MIN).then(|| self.cause(id, None))
    }

    fn tried(&self, id: &Id) -> String {
        let Some(problem) = self.assistant.knowledge.problems.get(id) else {
            return String::new();
        };
        let tried = self.view.remedies.iter().filter(|((of, _), _)| of == id);
        let clauses = tried.filter_map(|((_, remedy), result)| {
            let title = problem.remedy(remedy)?.title.get(self.language);
            let phrase = match result {
                RemedyResult::Helped => Phrase::TriedHelped,
                RemedyResult::NotHelped => Phrase::TriedNotHelped,
                RemedyResult::Impossible => Phrase::TriedImpossible,
            };
            Some(self.filled(phrase, &[("title", title)]))
        });
        clauses
            .collect::<Vec<_>>()
            .join(self.words(Phrase::ListSeparator))
    }
}
