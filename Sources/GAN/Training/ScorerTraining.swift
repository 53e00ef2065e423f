import NeuralNetwork

/// The second phase of a training: the scorer learns to tell real rows from all that is not, and the discriminator goes on
/// beside it.
final class ScorerTraining {
    let negatives: Negatives
    private let setup: TrainingSetup
    private let recipe: Recipe
    private let time: Timekeeper
    /// The scorer's part of a batch; the discriminator's where it is the same network.
    private let batch: ShardedBatch
    private let discriminatorBatch: ShardedBatch
    private let penalty: Penalty
    /// The time of the phase, and when that began; `nil` where it has no end.
    private let allowance: (time: Allowance, began: Double)?

    /// One step of the discriminator goes with this many of the scorer.
    private static let tuningInterval = 2
    private static let rate = Schedule(from: 2e-3, to: 2e-5)

    /// - Returns: `nil` where the training is to stop.
    init?(
        _ setup: TrainingSetup, _ networks: Networks, _ recipe: Recipe, generators: [[Float]],
        discriminatorBatch: ShardedBatch, _ time: Timekeeper
    ) {
        let (encoder, specification) = (setup.encoder, setup.specification)
        let scored = try? keepingSubnormals { () throws(Allowance.Interruption) in
            try encoder.scoringRows(setup.training, without: setup.setAside, within: time.allowance.untilStopped)
        }
        guard let real = scored else { return nil }
        let blocks = [real, setup.scoringHeldOut].lazy.flatMap(\.blocks)
            .prefix { [allowance = time.allowance] _ in !allowance.isStopped }
        let box = Box(around: blocks, width: networks.scorer.inputs)
        guard !time.allowance.isStopped else { return nil }
        negatives = Negatives(
            networks: networks, generators: generators, encoder: encoder, real: real, box: box,
            seed: specification.seed)
        allowance = time.scoring.map { ($0, $0.elapsed) }
        penalty = Self.penalty(rows: setup.training.count, columns: encoder.ranges.count)
        batch =
            networks.hasOtherScorer
            ? ShardedBatch(
                networks.forScoring, size: specification.batchSize, groups: penalty.groups, together: 1)
            : discriminatorBatch
        (self.setup, self.recipe, self.time, self.discriminatorBatch) = (setup, recipe, time, discriminatorBatch)
    }

    /// Keeps the scorer from learning its few real rows by heart, while it never sees the same noise twice: the more
    /// columns, the farther apart rows are and the easier that is; the more rows, the harder. Found by measuring
    /// (Benchmarks/Peers/anomalies.py).
    private static func penalty(rows: Int, columns: Int) -> Penalty {
        let rarity = min(1, 4_000 / Float(max(1, rows)))
        let gamma = rarity * min(3, 0.15 * Float(max(0, columns - 1)))
        return Penalty(r1: gamma, r2: gamma)
    }

    private var steps: Int { setup.specification.scorerSteps }

    /// Begins the phase.
    static func begin(_ state: inout Checkpoint, _ setup: TrainingSetup, _ networks: Networks) {
        state.counters.phase = .scoring
        state.discriminator = Checkpoint.Player(weights: state.discriminator.weights)
        state.scorer = Checkpoint.Player(
            weights: networks.scorer.initialWeights(setup.random(.scorerInitialization)))
    }

    /// How much of its steps or of its time the scorer has had, from 0 to 1.
    func progress(_ state: Checkpoint) -> Float {
        let share = Float(state.counters.scorerStep) / Float(steps)
        guard let allowance else { return share }
        return max(share, Float(allowance.time.share(since: allowance.began)))
    }

    /// One step of the scorer, and of the discriminator at every other; nothing has changed where it was interrupted.
    func step(_ state: inout Checkpoint, _ workers: any Workers) throws(Diverged) {
        guard progress(state) < 1 else { return end(&state) }
        let interruption = time.interruption(ofStepWithin: allowance?.time ?? time.allowance)
        let discriminator = interruption.map { _ in state.discriminator }
        if state.counters.scorerStep.isMultiple(of: Self.tuningInterval) {
            tuneDiscriminator(&state, workers, within: interruption)
        }
        guard try train(&state, workers, within: interruption) else {
            if let discriminator { state.discriminator = discriminator }
            return
        }
        if state.counters.scorerStep >= steps { end(&state) }
    }

    private func end(_ state: inout Checkpoint) {
        if state.counters.scorerStep < steps {
            time.note("the scorer learned for \(state.counters.scorerStep) of \(steps) steps")
        }
        // One that has learned nothing scores worse than the discriminator.
        if state.counters.scorerStep == 0 { state.scorer = Checkpoint.Player(weights: []) }
        state.counters.phase = .finished
    }

    /// The discriminator goes on learning to tell real rows from those of the served generator, which stands still by now:
    /// so its logits come to be the log-odds that samples are chosen by.
    private func tuneDiscriminator(_ state: inout Checkpoint, _ workers: any Workers, within time: Allowance?) {
        guard let networks = setup.networks else { return }
        let loss = discriminatorBatch.discriminate(
            batch(of: state, recipe.tuningPenalty(factor: state.counters.trials?.factor ?? 1), .dropout),
            weights: state.discriminator.weights, real: setup.rows(.tuningData),
            fake: setup.served(networks, state.average, .tuningLatent), workers, within: time)
        guard let loss, ShardedBatch.isSound(loss, discriminatorBatch.discriminatorGradient) else { return }
        state.discriminator.update(
            discriminatorBatch.discriminatorGradient, learningRate: Self.rate.value(at: progress(state)), beta1: 0.9,
            beta2: 0.99)
    }

    /// - Returns: whether there was a step.
    private func train(
        _ state: inout Checkpoint, _ workers: any Workers, within time: Allowance?
    ) throws(Diverged) -> Bool {
        let loss = batch.discriminate(
            batch(of: state, penalty, .scorerDropout), weights: state.scorer.weights,
            real: TrainingRows(rows: negatives.real, random: setup.random(.scorerData)), fake: negatives, workers,
            within: time)
        guard loss != nil else { return false }
        let gradient = batch.discriminatorGradient
        let isSound = allFinite(gradient.span)
        if isSound {
            state.scorer.update(
                gradient, learningRate: Self.rate.value(at: progress(state)), beta1: 0.9, beta2: 0.99)
        }
        state.counters.scorerStep += 1
        try state.guardAgainstDivergence(isSound)
        return true
    }

    private func batch(of state: Checkpoint, _ penalty: Penalty, _ dropout: Random.Stream) -> Shard.Batch {
        let size = setup.specification.batchSize
        return Shard.Batch(
            loss: .nonsaturating, penalty: penalty, row: state.counters.scorerStep * size, size: size,
            mixing: setup.random(.mixing), dropout: setup.random(dropout))
    }
}
