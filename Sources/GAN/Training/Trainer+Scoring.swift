import Formats
import NeuralNetwork

/// The second phase of a training: the scorer learns to tell real rows from all that is not, and the discriminator goes on
/// beside it.
extension Trainer {
    /// Of so many steps of the scorer, one is beside one of the discriminator.
    private static let tuningInterval = 2
    private static let rankedRows = 10_000
    private static let scorerRate = Schedule(from: 2e-3, to: 2e-5)

    func beginScoring(_ networks: Networks) {
        state.counters.phase = .scoring
        state.discriminator = Checkpoint.Player(weights: state.discriminator.weights)
        state.scorer = Checkpoint.Player(weights: networks.scorer.initialWeights(random(.scorerInitialization)))
        makeNegatives()
    }

    func scoringStep(_ networks: Networks, _ recipe: Recipe, _ workers: any Workers) throws(Diverged) {
        if scorerProgress >= 1 {
            endScoring()
        } else {
            let time = interruption(ofStepWithin: scoringTime?.allowance ?? allowance)
            let discriminator = time.map { _ in state.discriminator }
            if state.counters.scorerStep.isMultiple(of: Self.tuningInterval) {
                tuneDiscriminator(networks, recipe, workers, within: time)
            }
            guard try trainScorer(workers, within: time) else {
                if let discriminator { state.discriminator = discriminator }
                return
            }
            if state.counters.scorerStep >= scorerSteps { endScoring() }
        }
    }

    private func endScoring() {
        if state.counters.scorerStep < scorerSteps {
            shortened.append("the scorer learned for \(state.counters.scorerStep) of \(scorerSteps) steps")
        }
        // One that has learned nothing scores worse than the discriminator.
        if state.counters.scorerStep == 0 { state.scorer = Checkpoint.Player(weights: []) }
        state.counters.phase = .finished
    }

    /// What the scorer is to tell from real rows, and where its part of a batch is worked on; left out where the training
    /// is to stop.
    func makeNegatives() {
        guard let networks, specification.resolvedFamily.isCalibrated, step > 0 else { return }
        let scored = try? keepingSubnormals { () throws(Allowance.Interruption) in
            try encoder.scoringRows(training, without: setAside, within: allowance.untilStopped)
        }
        guard let real = scored else { return }
        let blocks = [real, scoringHeldOut].lazy.flatMap(\.blocks).prefix { [allowance] _ in !allowance.isStopped }
        let box = Box(around: blocks, width: networks.scorer.inputs)
        guard !allowance.isStopped else { return }
        negatives = Negatives(
            networks: networks, generators: [state.average] + state.earlier, encoder: encoder, real: real, box: box,
            seed: specification.seed)
        if let shares {
            let time = allowance.part(
                leaving: shares.publication + shares.evaluation, atLeast: shares.least(0.15))
            scoringTime = (time, time.elapsed)
        }
        scorerShards =
            networks.hasOtherScorer
            ? Objective.shards(
                networks.forScoring, batchSize: specification.batchSize, groups: scorerPenalty.groups, together: 1)
            : shards
        scorerGradient = [Float](repeating: 0, count: networks.scorer.weightCount)
    }

    /// Whether some of a table's rows are kept from the scorer: where there are many to learn from, and few held out.
    static func setsAside(rows: Int) -> Bool { rows - rows / 10 >= rankedRows && rows / 10 < rankedRows }

    /// The places of training rows that the scorer does not learn from, so that there are enough real rows that are new to
    /// it to tell percentiles by: more than are held out, where it can spare them.
    var setAside: [Int] {
        let missing = Self.rankedRows - heldOut.count
        guard Self.setsAside(rows: table.rowCount) else { return [] }
        return evenSteps(min(missing, training.count / 10), through: training.count)
    }

    /// Keeps the scorer from learning its few real rows by heart, while it never sees the same noise twice: the more
    /// columns, the farther apart rows are and the easier that is; the more rows, the harder. Found by measuring
    /// (Benchmarks/Peers/anomalies.py).
    private var scorerPenalty: Penalty {
        let rarity = min(1, 4_000 / Float(max(1, training.count)))
        let gamma = rarity * min(3, 0.15 * Float(max(0, encoder.ranges.count - 1)))
        return Penalty(r1: gamma, r2: gamma)
    }

    /// The discriminator goes on learning to tell real rows from those of the served generator, which stands still by now:
    /// so its logits come to be the log-odds that samples are chosen by.
    private func tuneDiscriminator(
        _ networks: Networks, _ recipe: Recipe, _ workers: any Workers, within time: Allowance?
    ) {
        let scorerStep = state.counters.scorerStep
        let batch = Objective.Batch(
            loss: .nonsaturating, penalty: recipe.tuningPenalty(factor: state.counters.trials?.factor ?? 1),
            row: scorerStep * specification.batchSize, size: specification.batchSize, mixing: random(.mixing),
            dropout: random(.dropout))
        discriminate(
            batch, shards, weights: state.discriminator.weights, real: rows(.tuningData),
            fake: GeneratedRows(
                networks: networks, weights: state.average, latent: random(.tuningLatent), choices: .hard), workers,
            within: time)
        if time?.isInterrupted == true { return }
        let loss = collect(shards, discriminator: true, into: &discriminatorGradient)
        guard isSound(loss, discriminatorGradient) else { return }
        state.discriminator.update(
            discriminatorGradient, learningRate: Self.scorerRate.value(at: scorerProgress), beta1: 0.9, beta2: 0.99)
    }

    /// As many as show the scorer a million rows, where that is neither too few nor more than it needs.
    var scorerSteps: Int { min(3_000, max(1_000, 1_000_000 / specification.batchSize)) }

    /// How much of its steps or of its time the scorer has had, from 0 to 1.
    var scorerProgress: Float {
        let steps = Float(state.counters.scorerStep) / Float(scorerSteps)
        guard let scoringTime else { return steps }
        return max(steps, Float(scoringTime.allowance.share(since: scoringTime.began)))
    }

    /// - Returns: whether there was a step; nothing has changed where it was interrupted.
    private func trainScorer(_ workers: any Workers, within time: Allowance?) throws(Diverged) -> Bool {
        guard let negatives else { return false }
        let scorerStep = state.counters.scorerStep
        let batch = Objective.Batch(
            loss: .nonsaturating, penalty: scorerPenalty, row: scorerStep * specification.batchSize,
            size: specification.batchSize, mixing: random(.mixing), dropout: random(.scorerDropout))
        let real = TrainingRows(rows: negatives.real, random: random(.scorerData))
        discriminate(
            batch, scorerShards, weights: state.scorer.weights, real: real, fake: negatives, workers, within: time)
        if time?.isInterrupted == true { return false }
        _ = collect(scorerShards, discriminator: true, into: &scorerGradient)
        let isSound = allFinite(scorerGradient.span)
        if isSound {
            state.scorer.update(
                scorerGradient, learningRate: Self.scorerRate.value(at: scorerProgress), beta1: 0.9, beta2: 0.99)
        }
        state.counters.scorerStep += 1
        try guardAgainstDivergence(isSound)
        return true
    }
}
