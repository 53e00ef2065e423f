import NeuralNetwork

/// The search for γ: the same beginning is trained with three of them, each time as a whole training in small, and the one
/// whose samples come closest to held-out rows is taken.
struct GammaSearch {
    /// Of each trial.
    let steps: Int
    private let recipe: Recipe

    /// - Returns: `nil` where the recipe wants no search, or there are too few rows or steps to tell which γ was the best.
    init?(_ setup: TrainingSetup) {
        steps = setup.specification.steps / 20
        guard let recipe = setup.recipe, recipe.findsGamma, setup.judge != nil, steps > 0,
            recipe.r1.from + recipe.r2.from > 0
        else { return nil }
        self.recipe = recipe
    }

    /// Begins with trials, before the first step of a training.
    func begin(_ state: inout Checkpoint) {
        guard state.counters.phase == .adversarial, state.counters.step == 0, state.counters.trials == nil else {
            return
        }
        (state.trialGenerator, state.trialDiscriminator) = (state.generator.weights, state.discriminator.weights)
        state.counters.trials = Checkpoint.Trials()
        state.counters.phase = .trial
    }

    /// Counts a step, and goes on with the next γ, or the training itself, behind the last of a trial.
    ///
    /// - Parameters:
    ///   - hasDiverged: a γ that ends in numbers which are not finite is none to go on with.
    ///   - quality: of the trial's samples.
    func count(_ state: inout Checkpoint, hasDiverged: Bool, quality: () -> Quality?) {
        guard var trials = state.counters.trials else { return }
        trials.step += 1
        let isOver = hasDiverged || trials.step == steps
        if isOver {
            let quality = hasDiverged ? nil : quality()
            trials.errors.append(quality?.error ?? .greatestFiniteMagnitude)
            trials.step = 0
        }
        state.counters.trials = trials
        if isOver { state.beginAgain() }
    }

    /// Ends the search: what there is, is the training so far.
    static func end(_ state: inout Checkpoint) {
        guard state.counters.phase == .trial, let trials = state.counters.trials else { return }
        state.counters.step = trials.step
        state.counters.phase = .adversarial
        state.counters.trials = nil
        (state.trialGenerator, state.trialDiscriminator) = ([], [])
    }

    /// γ on real and on generated rows at the beginning of the training, where they were looked for and found.
    static func found(_ state: Checkpoint, _ recipe: Recipe?) -> (r1: Float, r2: Float)? {
        guard let recipe, let trials = state.counters.trials, trials.isOver else { return nil }
        let penalty = recipe.penalty(at: 0, factor: trials.factor)
        return (penalty.r1, penalty.r2)
    }
}
