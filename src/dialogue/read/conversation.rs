//! What people say to steer a conversation, in the light of what is pending.

use super::{Act, Reader};
use crate::dialogue::buttons::Pressed;
use crate::dialogue::next::Prompt;
use crate::dialogue::session::{Entry, Outcome, RemedyResult, StepResult};
use crate::text::{corrects, skeleton};
use crate::understanding::{Understood, Zone};

impl Reader<'_> {
    /// What such an intent means here. Some mean the same everywhere; the rest answer what is pending.
    pub(super) fn conversation(&self, intent: &str, normalised: &str) -> Act {
        match intent {
            "greet" => Act::Greet,
            "thanks" => Act::Thanks,
            "bye" => Act::Bye,
            "help" if self.is_stuck(normalised) => Act::Stuck,
            "help" => Act::Help,
            "why" => Act::Why,
            "back" => Act::Back,
            "restart" => Act::Tell(vec![Entry::Fresh]),
            "cancel" => Act::Tell(vec![Entry::End(Outcome::Cancelled)]),
            "human" => Act::Tell(vec![Entry::End(Outcome::HandedOver)]),
            _ => match &self.place.prompt {
                Prompt::Menu => at_menu(intent),
                Prompt::Ask { .. } => at_question(intent),
                Prompt::Step { guide, step, .. } => {
                    let told = |result| Entry::Step {
                        guide: guide.clone(),
                        step: step.clone(),
                        result,
                    };
                    match intent {
                        "yes" | "next" | "solved" => Act::Tell(vec![told(StepResult::Done)]),
                        "no" | "not_solved" => Act::Tell(vec![told(StepResult::Failed)]),
                        "unsure" => Act::Why,
                        _ => Act::Lost,
                    }
                }
                Prompt::Remedy { problem, remedy } => {
                    let told = |result| Entry::Remedy {
                        problem: problem.clone(),
                        remedy: remedy.clone(),
                        result,
                    };
                    match intent {
                        "solved" => Act::Tell(vec![told(RemedyResult::Helped)]),
                        // "All right" may only mean that they will try; once asked outright, it is an answer.
                        "yes" if self.session.repair.asked_if_helped => {
                            Act::Tell(vec![told(RemedyResult::Helped)])
                        }
                        "yes" | "next" => Act::Done,
                        "no" | "not_solved" => Act::Tell(vec![told(RemedyResult::NotHelped)]),
                        "unsure" => Act::Why,
                        _ => Act::Lost,
                    }
                }
                Prompt::Ended { outcome, .. } => self.at_end(intent, *outcome),
            },
        }
    }

    /// A cry for help in the middle of something is about that, unless it asks who we are and what we can do.
    pub(super) fn is_stuck(&self, normalised: &str) -> bool {
        let is_open = match &self.place.prompt {
            Prompt::Ask { .. } | Prompt::Step { .. } | Prompt::Remedy { .. } => true,
            Prompt::Menu | Prompt::Ended { .. } => false,
        };
        let said = skeleton(normalised);
        let mut about_us = self.assistant.about_us.iter();
        is_open && !about_us.any(|piece| said.contains(piece.as_str()))
    }

    /// "Wait", alone or with the reason why.
    pub(super) fn asks_for_patience(
        &self,
        normalised: &str,
        clauses: &[String],
        understood: &Understood,
    ) -> bool {
        let waits = &self.assistant.waits;
        let mut listed = clauses.iter().map(|clause| waits.contains(clause));
        // Some who have to look for their phone sound as if they gave up.
        let says_more = understood.zone == Zone::Sure
            && !matches!(understood.intent.as_deref(), Some("cancel" | "next"));
        waits.contains(&skeleton(normalised))
            || (!clauses.is_empty() && listed.clone().all(|listed| listed))
            || (understood.facts.is_empty()
                && !says_more
                && !corrects(clauses)
                && listed.any(|listed| listed))
    }

    /// Yes and no to "did you mean …?". No button of what is pending stands there then, so neither is an answer to that.
    pub(super) fn to_what_was_offered(&self, understood: &Understood) -> Option<Act> {
        let offered = &self.session.repair.offered;
        let plain = understood.zone == Zone::Sure && understood.facts.is_empty();
        if offered.is_empty() || !plain {
            return None;
        }
        match (understood.intent.as_deref()?, offered.as_slice()) {
            ("yes", [reading]) => Some(self.press(&Pressed::Reading(reading.clone()))),
            ("yes" | "no" | "unsure", _) => Some(self.press(&Pressed::NoReading)),
            _ => None,
        }
    }

    fn at_end(&self, intent: &str, outcome: Outcome) -> Act {
        match (intent, self.place.kept.first()) {
            ("next" | "yes", Some(kept)) => return self.choose(kept, Vec::new()),
            ("no", Some(kept)) => return Act::Tell(vec![Entry::Dropped(kept.clone())]),
            _ => {}
        }
        match intent {
            // Whoever takes a refusal for an answer is not told that we were glad to help.
            "solved" | "next" | "yes" if outcome == Outcome::Refused => Act::Bye,
            "solved" | "next" | "yes" => Act::Thanks,
            "no" => Act::Bye,
            "unsure" => Act::Help,
            // Nothing is left to try here: say again where help is.
            "not_solved" if outcome == Outcome::HandedOver => {
                Act::Topic(self.assistant.knowledge.contact.clone())
            }
            "not_solved" => self.not_solved(),
            _ => Act::Lost,
        }
    }
}

fn at_menu(intent: &str) -> Act {
    match intent {
        "next" => Act::Again,
        "unsure" => Act::Help,
        _ => Act::Lost,
    }
}

fn at_question(intent: &str) -> Act {
    match intent {
        "next" => Act::Again,
        "solved" => Act::Tell(vec![Entry::End(Outcome::Solved)]),
        // "It still does not work" in the middle of a question: say why it has to be answered all the same.
        "not_solved" => Act::Why,
        _ => Act::Lost,
    }
}
