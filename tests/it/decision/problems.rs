//! Problems made up by a seed: the same seed, the same problem.

use mibao::decision::{Model, Question, Remedy};

#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub causes: usize,
    pub remedies: usize,
    pub questions: usize,
}

/// Costs and chances as packs have them: questions take half a minute, remedies some minutes, the handover an hour or two;
/// most answers point to one or two causes, and one remedy in four needs an answer first.
pub fn problem(size: Size, seed: u64) -> Model {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d);
    let priors: Vec<f64> = (0..size.causes).map(|_| 0.2 + dice.roll()).collect();
    let sum: f64 = priors.iter().sum();
    let questions = (0..size.questions).map(|_| {
        let answers = 2 + dice.below(3);
        let mut likelihoods = vec![Vec::new(); answers];
        for _ in 0..size.causes {
            let weights: Vec<f64> = (0..answers)
                .map(|_| if dice.below(4) == 0 { 20.0 } else { 1.0 })
                .collect();
            let sum: f64 = weights.iter().sum();
            for (of_answer, weight) in likelihoods.iter_mut().zip(&weights) {
                of_answer.push(weight / sum);
            }
        }
        Question {
            minutes: Some(0.5),
            given: false,
            likelihoods,
        }
    });
    let questions: Vec<Question> = questions.collect();
    let remedies = (0..size.remedies).map(|_| {
        let mut chances = vec![0.0; size.causes];
        for _ in 0..=dice.below(2) {
            chances[dice.below(size.causes)] = 0.3 + 0.6 * dice.roll();
        }
        let needs = (dice.below(4) == 0)
            .then(|| (dice.below(size.questions), 1))
            .into_iter()
            .collect();
        Remedy {
            minutes: 2.0 + 20.0 * dice.roll(),
            chances,
            needs,
        }
    });
    Model {
        priors: priors.iter().map(|prior| prior / sum).collect(),
        remedies: remedies.collect(),
        questions,
        handover_minutes: 60.0 + 60.0 * dice.roll(),
    }
}

/// Xorshift64*: enough to make up problems.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to 1.
    fn roll(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % end
    }
}
