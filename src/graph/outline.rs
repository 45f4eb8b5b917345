//! What is in the picture, before anybody thinks of boxes: the pack cut down to titles, and where each thing leads.
//!
//! A step has no title in the pack: it is called by the first sentence of its text. Words between the titles (a failing
//! step, "not sure") are the pack's own buttons, so that a picture speaks one language.

use super::words::{heading, name};
use crate::knowledge::{
    Condition, Guide, Id, Item, Knowledge, Language, Phrase, Problem, Text, UNSURE,
};
use std::collections::BTreeSet;

/// The picture's content.
#[derive(Debug)]
pub struct Outline {
    pub language: Language,
    /// The pack's name.
    pub name: Id,
    /// What the menu is called.
    pub menu_title: String,
    pub menu: Vec<Link>,
    /// What is worked through: first what the menu offers, in its order.
    pub goals: Vec<Goal>,
    pub topics: Vec<Topic>,
    /// The button of whom a step fails for.
    pub failed: String,
}

/// Something that can be gone to.
#[derive(Debug, Clone)]
pub struct Link {
    pub to: Item,
    pub title: String,
}

/// A guide or a problem.
#[derive(Debug)]
pub struct Goal {
    pub link: Link,
    pub routes: Vec<Route>,
    pub body: Body,
    /// Titles of what is offered beside it.
    pub related: Vec<String>,
}

/// What a guide or a problem consists of.
#[derive(Debug)]
pub enum Body {
    Guide {
        steps: Vec<Step>,
        /// Where a step leads that fails and names no problem of its own.
        fails: Option<Link>,
    },
    Problem {
        causes: Vec<Cause>,
        remedies: Vec<Remedy>,
        /// The button for a human, and the topic that it ends at.
        human: String,
        contact: Option<Link>,
    },
}

/// Answers that lead elsewhere.
#[derive(Debug)]
pub struct Route {
    pub question: String,
    pub answers: String,
    pub link: Link,
}

#[derive(Debug)]
pub struct Step {
    pub title: String,
    /// The answers that it is for; empty: for everybody.
    pub answers: String,
    /// The button that leaves it out, if it may be left out.
    pub skip: Option<String>,
    /// Where it leads when it fails, if not where the whole guide does.
    pub fails: Option<Link>,
}

impl Step {
    /// What there is to say of it beside its title: that it may be left out, and for whom it is.
    #[must_use]
    pub fn notes(&self) -> String {
        match &self.skip {
            Some(skip) if self.answers.is_empty() => skip.clone(),
            Some(skip) => format!("{skip} {}", self.answers),
            None => self.answers.clone(),
        }
    }
}

#[derive(Debug)]
pub struct Cause {
    pub title: String,
    /// How probable before anything is known.
    pub percent: u32,
}

#[derive(Debug)]
pub struct Remedy {
    pub title: String,
    /// The causes that it helps against, by their number from 1, and how often it does; the best first.
    pub fixes: Vec<(usize, u32)>,
}

impl Body {
    /// What is in the box, in words alone, for formats that draw no marks: `1 · step`, `(1) cause 28 %`, and
    /// `✓ remedy → (1) 75 %`.
    #[must_use]
    pub fn listed(&self) -> Vec<String> {
        match self {
            Self::Guide { steps, .. } => steps
                .iter()
                .zip(1..)
                .map(|(step, number)| {
                    let listed = format!("{number} \u{b7} {}\n{}", step.title, step.notes());
                    listed.trim_end().to_owned()
                })
                .collect(),
            Self::Problem {
                causes, remedies, ..
            } => {
                let causes = causes.iter().zip(1..).map(|(cause, number)| {
                    format!("({number}) {} {}\u{a0}%", cause.title, cause.percent)
                });
                let remedies = remedies.iter().map(Remedy::listed);
                vec![
                    causes.collect::<Vec<_>>().join("\n"),
                    remedies.collect::<Vec<_>>().join("\n"),
                ]
            }
        }
    }
}

impl Remedy {
    fn listed(&self) -> String {
        let fixes: Vec<String> = self
            .fixes
            .iter()
            .map(|(number, percent)| format!("({number})\u{a0}{percent}\u{a0}%"))
            .collect();
        format!("\u{2713} {} \u{2192} {}", self.title, fixes.join(", "))
    }
}

impl Goal {
    /// Everything that leads out of the box: the words on the line, where it goes, and whether it is for what fails.
    #[must_use]
    pub fn leads(&self, failed: &str) -> Vec<(String, &Link, bool)> {
        let routes = self.routes.iter().map(|route| {
            (
                format!("{}\n{}", route.question, route.answers),
                &route.link,
                false,
            )
        });
        let mut leads: Vec<_> = routes.collect();
        if let Body::Guide { steps, fails } = &self.body {
            let own = steps.iter().zip(1..).filter_map(|(step, number)| {
                Some((
                    format!("{number} \u{b7} {failed}"),
                    step.fails.as_ref()?,
                    true,
                ))
            });
            leads.extend(own);
            leads.extend(fails.iter().map(|link| (failed.to_owned(), link, true)));
        }
        leads
    }
}

#[derive(Debug)]
pub struct Topic {
    pub link: Link,
    pub related: Vec<String>,
}

impl Outline {
    #[must_use]
    pub fn of(knowledge: &Knowledge, language: Language) -> Self {
        let reader = Reader {
            knowledge,
            language,
        };
        let guides = knowledge.guides.keys().cloned().map(Item::Guide);
        let problems = knowledge.problems.keys().cloned().map(Item::Problem);
        let topics = knowledge.topics.keys().cloned().map(Item::Topic);
        // The menu's order is the author's; what is not in it follows by name.
        let mut seen = BTreeSet::new();
        let items: Vec<Item> = knowledge
            .menu
            .iter()
            .cloned()
            .chain(guides)
            .chain(problems)
            .chain(topics)
            .filter(|item| seen.insert(item.clone()))
            .collect();
        Self {
            language,
            name: knowledge.id.clone(),
            menu_title: knowledge.phrase(language, Phrase::ButtonMenu).to_owned(),
            menu: reader.links(&knowledge.menu),
            goals: items.iter().filter_map(|item| reader.goal(item)).collect(),
            topics: items
                .iter()
                .filter(|item| !item.is_goal())
                .filter_map(|item| reader.topic(item))
                .collect(),
            failed: reader.button(Phrase::ButtonFailed),
        }
    }

    /// The guides, as they follow each other.
    pub fn guides(&self) -> impl Iterator<Item = &Goal> {
        self.goals
            .iter()
            .filter(|goal| matches!(goal.body, Body::Guide { .. }))
    }

    /// The problems, as they follow each other.
    pub fn problems(&self) -> impl Iterator<Item = &Goal> {
        self.goals
            .iter()
            .filter(|goal| matches!(goal.body, Body::Problem { .. }))
    }
}

/// Reads a pack in one language.
struct Reader<'k> {
    knowledge: &'k Knowledge,
    language: Language,
}

impl Reader<'_> {
    fn heading(&self, text: &Text) -> String {
        heading(text.get(self.language))
    }

    fn name(&self, text: &Text) -> String {
        name(text.get(self.language))
    }

    /// A button's label, as the console writes buttons.
    fn button(&self, phrase: Phrase) -> String {
        format!("[{}]", self.knowledge.phrase(self.language, phrase))
    }

    fn link(&self, to: &Item) -> Option<Link> {
        let title = self.name(self.knowledge.title(to)?);
        Some(Link {
            to: to.clone(),
            title,
        })
    }

    fn links(&self, items: &[Item]) -> Vec<Link> {
        items.iter().filter_map(|item| self.link(item)).collect()
    }

    fn titles(&self, items: &[Item]) -> Vec<String> {
        self.links(items)
            .into_iter()
            .map(|link| link.title)
            .collect()
    }

    fn problem_link(&self, id: Option<&Id>) -> Option<Link> {
        self.link(&Item::Problem(id?.clone()))
    }

    fn topic(&self, item: &Item) -> Option<Topic> {
        Some(Topic {
            link: self.link(item)?,
            related: self.titles(self.knowledge.related(item)),
        })
    }

    fn goal(&self, item: &Item) -> Option<Goal> {
        let mut refused = Vec::new();
        let (body, routes) = match item {
            Item::Guide(id) => {
                let guide = self.knowledge.guides.get(id)?;
                refused = self.declines(guide);
                (self.guide(guide), &guide.route)
            }
            Item::Problem(id) => {
                let problem = self.knowledge.problems.get(id)?;
                (self.problem(problem), &problem.route)
            }
            Item::Topic(_) => return None,
        };
        Some(Goal {
            link: self.link(item)?,
            routes: self.routes(routes).into_iter().chain(refused).collect(),
            body,
            related: self.titles(self.knowledge.related(item)),
        })
    }

    /// What is refused leads to the topic that says so.
    fn declines(&self, guide: &Guide) -> Vec<Route> {
        let declines = guide.declines.iter().filter_map(|decline| {
            Some(Route {
                question: self.questions(&decline.when),
                answers: self.answers(&decline.when),
                link: self.link(&decline.topic)?,
            })
        });
        declines.collect()
    }

    /// Routes of one question to one place are one route: "not safe" and "not sure" go the same way.
    fn routes(&self, routes: &[crate::knowledge::Route]) -> Vec<Route> {
        let mut merged: Vec<Route> = Vec::new();
        for route in routes {
            let Some(link) = self.link(&route.to) else {
                continue;
            };
            let question = self.questions(&route.when);
            let answers = self.answers(&route.when);
            let one_fact = route.when.facts().count() == 1;
            let same = merged
                .iter_mut()
                .find(|known| one_fact && known.link.to == link.to && known.question == question);
            if let Some(known) = same {
                known.answers = format!("{} / {answers}", known.answers);
            } else {
                merged.push(Route {
                    question,
                    answers,
                    link,
                });
            }
        }
        merged
    }

    fn questions(&self, when: &Condition) -> String {
        let questions: Vec<String> = when
            .facts()
            .filter_map(|(fact, _)| self.knowledge.facts.get(fact))
            .map(|fact| self.heading(&fact.question))
            .collect();
        questions.join(" + ")
    }

    /// `answer / answer` for one fact, `(answer / answer) + answer` for two.
    fn answers(&self, when: &Condition) -> String {
        let mut facts: Vec<String> = Vec::new();
        for (fact, answers) in when.facts() {
            let labels = self.labels(fact, answers);
            let alone = labels.len() == 1 || when.facts().count() == 1;
            let joined = labels.join(" / ");
            facts.push(if alone { joined } else { format!("({joined})") });
        }
        facts.join(" + ")
    }

    /// The answers as their question lists them, "not sure" last.
    fn labels(&self, fact: &str, wanted: &BTreeSet<Id>) -> Vec<String> {
        let known = self.knowledge.facts.get(fact);
        let mut labels: Vec<String> = known
            .into_iter()
            .flat_map(|fact| &fact.answers)
            .filter(|answer| wanted.contains(&answer.id))
            .map(|answer| self.name(&answer.label))
            .collect();
        if wanted.contains(UNSURE) {
            let unsure = self.knowledge.phrase(self.language, Phrase::ButtonUnsure);
            labels.push(unsure.to_owned());
        }
        labels
    }

    fn guide(&self, guide: &Guide) -> Body {
        let steps = guide.steps.iter().map(|step| Step {
            title: self.heading(&step.text),
            answers: self.answers(&step.when),
            skip: step.optional.then(|| self.button(Phrase::ButtonSkip)),
            // What holds for the whole guide is said once, at its end.
            fails: self.problem_link(step.fails.as_ref().filter(|_| step.fails != guide.fails)),
        });
        Body::Guide {
            steps: steps.collect(),
            fails: self.problem_link(guide.fails.as_ref()),
        }
    }

    fn problem(&self, problem: &Problem) -> Body {
        let causes = problem.causes.iter().map(|cause| Cause {
            title: self.name(&cause.title),
            percent: percent(cause.prior),
        });
        let remedies = problem.remedies.iter().map(|remedy| {
            let mut fixes: Vec<(usize, u32)> = problem
                .causes
                .iter()
                .zip(1..)
                .filter_map(|(cause, number)| {
                    Some((number, percent(*remedy.fixes.get(&cause.id)?)))
                })
                .collect();
            // The sort is stable: causes that it helps alike stay in their order.
            fixes.sort_by_key(|(_, percent)| std::cmp::Reverse(*percent));
            Remedy {
                title: self.name(&remedy.title),
                fixes,
            }
        });
        Body::Problem {
            causes: causes.collect(),
            remedies: remedies.collect(),
            human: self.button(Phrase::ButtonHuman),
            contact: self.link(&Item::Topic(self.knowledge.contact.clone())),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a probability is between 0 and 1"
)]
fn percent(probability: f64) -> u32 {
    (probability * 100.0).round() as u32
}
