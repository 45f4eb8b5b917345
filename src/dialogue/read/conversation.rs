//! What people say to steer a conversation, in the light of what is pending.

use super::{Act, Reader};
use crate::dialogue::next::Prompt;
use crate::dialogue::session::{Entry, Outcome, RemedyResult, StepResult};

impl Reader<'_> {
    /// What such an intent means here. Some mean the same everywhere; the rest answer what is pending.
    pub(super) fn conversation(&self, intent: &str) -> Act {
        match intent {
            "greet" => Act::Greet,
            "thanks" => Act::Thanks,
            "bye" => Act::Bye,
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

    fn at_end(&self, intent: &str, outcome: Outcome) -> Act {
        match intent {
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
