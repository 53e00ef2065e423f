import NeuralNetwork

/// The search for γ: the same beginning is trained with three of them, each time as a whole training in small, and the one
/// whose samples come closest to held-out rows is taken.
extension Trainer {
    /// Each trial is a twentieth of the training long.
    private var trialSteps: Int { specification.steps / 20 }

    /// γ on real and on generated rows at the beginning of the training, where they were looked for and found.
    package var foundGamma: (r1: Float, r2: Float)? {
        guard let recipe, let trials = state.counters.trials, trials.isOver else { return nil }
        let penalty = recipe.penalty(at: 0, factor: trials.factor)
        return (penalty.r1, penalty.r2)
    }

    /// Begins with trials where the recipe wants them and there are rows to tell which was the best.
    func beginTrials() {
        guard let recipe, recipe.findsGamma, judge != nil, trialSteps > 0, phase == .adversarial, step == 0,
            state.counters.trials == nil, recipe.r1.from + recipe.r2.from > 0
        else { return }
        (state.trialGenerator, state.trialDiscriminator) = (state.generator.weights, state.discriminator.weights)
        state.counters.trials = Checkpoint.Trials()
        state.counters.phase = .trial
    }

    func trialStep(_ networks: Networks, _ recipe: Recipe, _ workers: any Workers) {
        guard var trials = state.counters.trials else { return }
        guard let update = update(networks, recipe, workers, step: trials.step, of: trialSteps) else { return }
        trials.step += 1
        var isOver = trials.step == trialSteps
        // A γ that ends in numbers which are not finite is none to go on with.
        var error = Double.greatestFiniteMagnitude
        do throws(Diverged) {
            try settle(update, recipe, step: trials.step)
            if isOver { error = quality?.error ?? error }
        } catch {
            isOver = true
        }
        if isOver {
            trials.errors.append(error)
            trials.step = 0
        }
        state.counters.trials = trials
        if isOver { state.beginAgain() }
    }
}
