import Formats
import Glibc
package import NeuralNetwork

/// One training from the data to the last snapshot, a step at a time.
///
/// The first phase trains the generator against the discriminator, the second the scorer on what real and generated rows
/// and noise look like. Everything is a function of the specification and the data.
package final class Trainer {
    /// Where the training stands; assigning one that was kept goes on from there.
    package internal(set) var state: Checkpoint

    let material: Material
    let networks: Networks?
    let recipe: Recipe?
    let split: Split
    let shards: [Objective]
    /// The scorer's part of a batch: other ones where it is another network than the discriminator is.
    var scorerShards: [Objective] = []
    /// Encoded rows: those to learn from and those held out.
    let training: CompactRows
    let heldOut: CompactRows
    /// The rows held out, as the scorer sees them.
    let scoringHeldOut: CompactRows
    /// `nil` where nothing is trained or there are too few rows to tell anything.
    let judge: Judge?
    let floor: Quality?
    var negatives: Negatives?
    let allowance: Allowance
    /// When the first step began, by the allowance's clock, the steps since then, and the seconds of one.
    var began: Double?
    var stepsTaken = 0
    var stepSeconds = 0.0
    /// The time of the scorer's phase, and when that began.
    var scoringTime: (allowance: Allowance, began: Double)?
    /// What the samples of the end come to.
    var finalJudgement: Judgement?
    /// What there was too little time for, in plain words.
    var shortened: [String] = []
    private var generatorGradient: [Float]
    var discriminatorGradient: [Float]
    var scorerGradient: [Float] = []

    /// Steps after which a weight counts half in the moving average, once the training is long enough for it.
    private static let averageHalfLife: Float = 1_000
    private static let runawayLoss: Float = 1_000
    /// How often a training is judged.
    private static let judgements = 20

    /// - Parameters:
    ///   - checkpoint: where to go on; of the same material.
    ///   - allowance: the time that the training may take.
    /// - Throws: `SpecificationError` where the data are not what the specification was made for, or the training is to
    ///   stop.
    package init(
        _ material: Material, from checkpoint: Checkpoint? = nil, within allowance: Allowance = .unlimited
    ) throws(SpecificationError) {
        self.material = material
        let (specification, table, encoder) = (material.specification, material.table, material.encoder)
        let family = specification.resolvedFamily
        self.allowance = allowance
        networks = material.networks
        recipe = specification.recipe
        split = Split(rows: table.rowCount, seed: specification.seed)
        training = try encoder.compactRows(
            split.training(at: 0..<split.trainingCount), of: table,
            random: Random(seed: specification.seed, stream: .encoding), within: allowance)
        heldOut = try encoder.compactRows(split.heldOut, of: table, within: allowance)
        scoringHeldOut =
            encoder.hasOtherScoringRows
            ? try encoder.compactRows(split.heldOut, of: table, forScoring: true, within: allowance) : heldOut
        var (generator, discriminator): ([Float], [Float]) = ([], [])
        if let networks {
            generator = networks.generator.initialWeights(
                Random(seed: specification.seed, stream: .generatorInitialization))
            discriminator = networks.discriminator.initialWeights(
                Random(seed: specification.seed, stream: .discriminatorInitialization))
            family.adjust(generator: &generator, discriminator: &discriminator, options: specification.options)
            shards = Objective.shards(
                networks, batchSize: specification.batchSize, groups: recipe?.penalty(at: 0).groups ?? 2,
                together: family.rowsTogether(specification.options))
        } else {
            shards = []
        }
        judge = networks == nil ? nil : try Self.judge(training, split, of: table, encoder, seed: specification.seed)
        try allowance.checkPreparing()
        floor = judge?.floor
        generatorGradient = [Float](repeating: 0, count: generator.count)
        discriminatorGradient = [Float](repeating: 0, count: discriminator.count)
        state = checkpoint ?? Checkpoint(generator: generator, discriminator: discriminator)
        guard state.generator.weights.count == generator.count,
            state.discriminator.weights.count == discriminator.count
        else { throw SpecificationError(.invalidParameter, at: "/resume", "the checkpoint is of another network") }
        if specification.steps == 0 { state.counters.phase = .finished }
        beginTrials()
        if phase != .adversarial { makeNegatives() }
    }

    private static func judge(
        _ training: CompactRows, _ split: Split, of table: Table, _ encoder: TableEncoder, seed: UInt64
    ) throws(SpecificationError) -> Judge? {
        guard split.holdsOut,
            let count = Judge.rowCount(
                training: training.count, heldOut: split.heldOut.count, width: encoder.width)
        else { return nil }
        let unseen = table.rows(evenSteps(count, through: split.heldOut.count).map { Int(split.heldOut[$0]) })
        return Judge(
            training: training.rows(evenSteps(count, through: training.count)),
            heldOut: try encoder.encode(unseen, random: Random(seed: seed, stream: .evaluation)).values,
            width: encoder.width, seed: seed)
    }

    var specification: Specification { material.specification }
    var table: Table { material.table }
    var encoder: TableEncoder { material.encoder }

    package var phase: Checkpoint.Phase { state.counters.phase }
    /// Adversarial steps done.
    package var step: Int { state.counters.step }
    /// Losses of the last steps, averaged over about a hundred of them.
    package var discriminatorLoss: Float { state.discriminatorLoss }
    package var generatorLoss: Float { state.generatorLoss }

    /// Floating-point operations of one step, for deciding whether several threads are worth it.
    package var operationsPerStep: Int {
        specification.batchSize * (networks?.operationsPerRow ?? 0)
    }

    /// Does one step of the current phase.
    ///
    /// - Returns: whether there is more to do.
    package func advance(_ workers: any Workers) throws(Diverged) -> Bool {
        try flushingSubnormals { () throws(Diverged) in try advancePhase(workers) }
    }

    private func advancePhase(_ workers: any Workers) throws(Diverged) -> Bool {
        guard let networks, let recipe else { return false }
        if allowance.isStopped { return phase != .finished }
        if began == nil { began = allowance.elapsed }
        switch phase {
        case .trial, .adversarial:
            if allowance.isLimited, trainingTime.isOver {
                stopEarly()
            } else if phase == .trial {
                trialStep(networks, recipe, workers)
            } else {
                try adversarialStep(networks, recipe, workers)
            }
        case .scoring: try scoringStep(networks, recipe, workers)
        case .finished: break
        }
        return phase != .finished
    }

    /// Ends the adversarial phase early, so that the next steps make what there is ready to serve.
    package func stopEarly() {
        if phase == .trial, let trials = state.counters.trials {
            // What there is, is the training so far.
            state.counters.step = trials.step
            state.counters.phase = .adversarial
            state.counters.trials = nil
            (state.trialGenerator, state.trialDiscriminator) = ([], [])
        }
        guard phase == .adversarial else { return }
        endAdversarialPhase()
    }

    private func adversarialStep(
        _ networks: Networks, _ recipe: Recipe, _ workers: any Workers
    ) throws(Diverged) {
        // A phase whose end was interrupted has no further step.
        if step < specification.steps, !hasOnlyGotWorse {
            guard let update = update(networks, recipe, workers, step: step, of: specification.steps) else { return }
            state.counters.step += 1
            try settle(update, recipe, step: step)
            if [1, 2, 3].contains(where: { step == specification.steps * $0 / 4 }) {
                state.earlier.append(state.average)
            }
            if step.isMultiple(of: max(1, specification.steps / Self.judgements)) { consider() }
        }
        if step == specification.steps || hasOnlyGotWorse { endAdversarialPhase() }
    }

    /// What a step of both players came to.
    struct Update {
        var discriminatorLoss: Float
        var generatorLoss: Float
        var isSound: Bool
    }

    /// One step of either player; `nil` where it was interrupted, and nothing has changed.
    func update(
        _ networks: Networks, _ recipe: Recipe, _ workers: any Workers, step: Int, of steps: Int
    ) -> Update? {
        let time = interruption(ofStepWithin: trainingTime)
        let discriminator = time.map { _ in state.discriminator }
        let fraction = Float(step) / Float(steps)
        let rate = recipe.learningRate.value(at: fraction) * state.rateFactor
        let beta2 = recipe.beta2.value(at: fraction)
        let batch = Objective.Batch(
            loss: recipe.loss, penalty: recipe.penalty(at: fraction, factor: state.counters.trials?.factor ?? 1),
            row: step * specification.batchSize, size: specification.batchSize, mixing: random(.mixing),
            dropout: random(.dropout))

        discriminate(
            batch, shards, weights: state.discriminator.weights, real: rows(.discriminatorData),
            fake: GeneratedRows(
                networks: networks, weights: state.generator.weights, latent: random(.discriminatorLatent)), workers,
            within: time)
        if time?.isInterrupted == true { return nil }
        let discriminatorLoss = collect(shards, discriminator: true, into: &discriminatorGradient)
        let discriminatorIsSound = isSound(discriminatorLoss, discriminatorGradient)
        if discriminatorIsSound {
            state.discriminator.update(
                discriminatorGradient, learningRate: rate, beta1: recipe.beta1, beta2: beta2)
        }

        generate(
            batch, discriminator: state.discriminator.weights, real: rows(.generatorData),
            fake: GeneratedRows(
                networks: networks, weights: state.generator.weights, latent: random(.generatorLatent)), workers,
            within: time)
        if time?.isInterrupted == true, let discriminator {
            state.discriminator = discriminator
            return nil
        }
        countStep()
        let generatorLoss = collect(shards, discriminator: false, into: &generatorGradient)
        let generatorIsSound = isSound(generatorLoss, generatorGradient)
        if generatorIsSound {
            state.generator.update(generatorGradient, learningRate: rate, beta1: recipe.beta1, beta2: beta2)
        }
        return Update(
            discriminatorLoss: discriminatorLoss, generatorLoss: generatorLoss,
            isSound: discriminatorIsSound && generatorIsSound)
    }

    /// - Parameter step: the steps done with this one.
    func settle(_ update: Update, _ recipe: Recipe, step: Int) throws(Diverged) {
        try guardAgainstDivergence(update.isSound)
        // Short trainings forget their beginning sooner (Karras et al. 2020, arXiv:2006.06676, ramp of the average).
        let halfLife = min(Self.averageHalfLife, max(1, 0.05 * Float(step)))
        state.moveAverage(decay: recipe.movingAverage ? exp2f(-1 / halfLife) : 0)
        if update.isSound { track(update.discriminatorLoss, update.generatorLoss, step: step) }
    }

    /// The shards' part of the discriminator's step. A function of its own, so that no copy of the weights is alive when
    /// they are updated: they would be copied on write.
    func discriminate(
        _ batch: Objective.Batch, _ shards: [Objective], weights: [Float], real: TrainingRows, fake: some RowSource,
        _ workers: any Workers, within time: Allowance?
    ) {
        workers.run(shards.count) { index in
            if time?.isInterrupted == true { return }
            flushingSubnormals { shards[index].discriminate(batch, weights: weights, real: real, fake: fake) }
        }
    }

    /// The shards' part of the generator's step; a function of its own for the same reason.
    private func generate(
        _ batch: Objective.Batch, discriminator: [Float], real: TrainingRows, fake: GeneratedRows,
        _ workers: any Workers, within time: Allowance?
    ) {
        let shards = shards
        workers.run(shards.count) { index in
            if time?.isInterrupted == true { return }
            flushingSubnormals { shards[index].generate(batch, discriminator: discriminator, real: real, fake: fake) }
        }
    }

    func random(_ stream: Random.Stream) -> Random { Random(seed: specification.seed, stream: stream) }

    /// Training rows in the order of a stream.
    func rows(_ stream: Random.Stream) -> TrainingRows {
        TrainingRows(rows: training, random: random(stream))
    }

    /// How good the generator is that would be served now; `nil` where there are too few rows to tell.
    var quality: Quality? {
        guard let judge, let networks else { return nil }
        return judge.judge(
            GeneratedRows(networks: networks, weights: state.average, latent: random(.evaluation), choices: .hard)
                .rows(judge.count))
    }

    /// Judges the generator that would be served now, and keeps it if it is the best so far.
    private func consider() {
        guard let quality else { return }
        state.counters.last = quality
        if let best = state.counters.best, best.error <= quality.error {
            state.counters.worse = isClearlyWorse(quality, than: best) ? state.counters.worse + 1 : 0
        } else {
            state.counters.best = quality
            state.counters.bestStep = step
            state.counters.worse = 0
            state.bestAverage = state.average
            state.bestDiscriminator = state.discriminator.weights
        }
    }

    /// Whether the difference is more than that between two sets of real rows.
    private func isClearlyWorse(_ quality: Quality, than best: Quality) -> Bool {
        quality.error > best.error + max(0.05, floor?.error ?? 0)
    }

    /// Whether every judgement in a quarter of the training was clearly worse than the best.
    private var hasOnlyGotWorse: Bool { state.counters.worse >= Self.judgements / 4 }

    /// Ends the phase; where that is stopped, it is as before.
    private func endAdversarialPhase() {
        var ended = state
        // The last snapshot is the most finely tuned one: an earlier one has to be better beyond doubt.
        if let best = state.counters.best, let last = state.counters.last, isClearlyWorse(last, than: best) {
            ended.average = state.bestAverage
            ended.discriminator.weights = state.bestDiscriminator
            ended.counters.last = best
        } else {
            ended.counters.bestStep = step
        }
        guard step > 0, specification.resolvedFamily.isCalibrated, let networks else {
            ended.counters.phase = .finished
            state = ended
            return
        }
        if specification.resolvedFamily.makesRecords {
            guard let isWhole = try? calibrate(networks, &ended.average) else { return }
            if !isWhole { shortened.append("the frequencies of columns were set right on fewer rows, or not at all") }
        }
        state = ended
        beginScoring(networks)
    }

    /// Overwrites `gradient` with the sum of the shards' gradients, in their order, and returns that of their losses.
    func collect(_ shards: [Objective], discriminator: Bool, into gradient: inout [Float]) -> Float {
        var loss: Float = 0
        for index in gradient.indices { gradient[index] = 0 }
        for shard in shards { shard.collect(discriminator: discriminator, gradient: &gradient, loss: &loss) }
        return loss
    }

    /// Logits of a thousand have run away, and numbers that are not finite are a matter of time.
    func isSound(_ loss: Float, _ gradient: [Float]) -> Bool {
        abs(loss) < Self.runawayLoss && allFinite(gradient.span)
    }

    /// A step that is not sound left that player as it was; the rate is halved, and three in a row end the training.
    func guardAgainstDivergence(_ isSound: Bool) throws(Diverged) {
        if isSound {
            state.counters.failures = 0
        } else {
            state.counters.failures += 1
            state.counters.skipped += 1
            state.rateFactor *= 0.5
            if state.counters.failures == 3 { throw Diverged() }
        }
    }

    private func track(_ discriminator: Float, _ generator: Float, step: Int) {
        let weight = max(0.01, 1 / Float(step))
        state.discriminatorLoss += weight * (discriminator - state.discriminatorLoss)
        state.generatorLoss += weight * (generator - state.generatorLoss)
    }
}
