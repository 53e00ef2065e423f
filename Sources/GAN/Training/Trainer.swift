import Glibc
package import NeuralNetwork

/// One training from the data to the last snapshot, a step at a time.
///
/// The first phase trains the generator against the discriminator, the second the scorer on what real and generated rows
/// and noise look like. Everything is a function of the material alone, where the time has no end.
package final class Trainer {
    /// Where the training stands; assigning one that was kept goes on from there.
    package internal(set) var state: Checkpoint

    private let setup: TrainingSetup
    private let time: Timekeeper
    private let gammaSearch: GammaSearch?
    /// `nil` where there are no networks.
    private let batch: ShardedBatch?
    /// `nil` before its phase, and where the training is to stop.
    private var scorer: ScorerTraining?

    /// Steps after which a weight counts half in the moving average, once the training is long enough for it.
    private static let averageHalfLife: Float = 1_000
    /// How often a training is judged.
    private static let judgements = 20
    /// The share that the first phase has of a training, about.
    private static let adversarialShare = 0.8

    /// - Parameters:
    ///   - checkpoint: where to go on; of the same material.
    ///   - allowance: the time that the training may take.
    /// - Throws: `SpecificationError` where the checkpoint is of another network, or the training is to stop.
    package init(
        _ material: Material, from checkpoint: Checkpoint? = nil, within allowance: Allowance = .unlimited
    ) throws(SpecificationError) {
        let setup = try TrainingSetup(material, within: allowance)
        let specification = material.specification
        var (generator, discriminator): ([Float], [Float]) = ([], [])
        if let networks = setup.networks {
            generator = networks.generator.initialWeights(setup.random(.generatorInitialization))
            discriminator = networks.discriminator.initialWeights(setup.random(.discriminatorInitialization))
            setup.family.adjust(
                generator: &generator, discriminator: &discriminator, options: specification.options)
        }
        batch = setup.networks.map { networks in
            ShardedBatch(
                networks, size: specification.batchSize, groups: setup.recipe?.penalty(at: 0).groups ?? 2,
                together: setup.family.rowsTogether(specification.options))
        }
        operationsPerStep = specification.batchSize * (setup.networks?.operationsPerRow ?? 0)
        time = Timekeeper(specification, operationsPerStep: operationsPerStep, within: allowance)
        gammaSearch = GammaSearch(setup)
        self.setup = setup
        state = checkpoint ?? Checkpoint(generator: generator, discriminator: discriminator)
        guard state.generator.weights.count == generator.count,
            state.discriminator.weights.count == discriminator.count
        else { throw SpecificationError(.invalidParameter, at: "/resume", "the checkpoint is of another network") }
        if specification.steps == 0 { state.counters.phase = .finished }
        gammaSearch?.begin(&state)
        if phase != .adversarial { makeScorer() }
    }

    package var phase: Checkpoint.Phase { state.counters.phase }
    /// Adversarial steps done.
    package var step: Int { state.counters.step }
    /// Losses of the last steps, averaged over about a hundred of them.
    package var discriminatorLoss: Float { state.discriminatorLoss }
    package var generatorLoss: Float { state.generatorLoss }
    /// γ on real and on generated rows at the beginning of the training, where they were looked for and found.
    package var foundGamma: (r1: Float, r2: Float)? { GammaSearch.found(state, setup.recipe) }
    /// Floating-point operations of one step, for deciding whether several threads are worth it.
    package let operationsPerStep: Int

    /// How much of the way to the end of its last step the training has come, by its steps or its time, from 0 to 1.
    package var fraction: Double {
        let all = setup.family.isCalibrated ? Self.adversarialShare : 1
        switch phase {
        case .trial: return 0
        case .adversarial:
            return all * max(Double(step) / Double(max(1, setup.specification.steps)), time.trainingShare)
        case .scoring: return all + (1 - all) * Double(scorer?.progress(state) ?? 0)
        case .finished: return 1
        }
    }

    /// Does one step of the current phase.
    ///
    /// - Returns: whether there is more to do.
    package func advance(_ workers: any Workers) throws(Diverged) -> Bool {
        try flushingSubnormals { () throws(Diverged) in try advancePhase(workers) }
    }

    private func advancePhase(_ workers: any Workers) throws(Diverged) -> Bool {
        guard let networks = setup.networks, let recipe = setup.recipe, let batch else { return false }
        if time.allowance.isStopped { return phase != .finished }
        time.begin()
        switch phase {
        case .trial, .adversarial:
            if time.allowance.isLimited, time.training.isOver {
                stopEarly()
            } else if phase == .trial {
                trialStep(batch, networks, recipe, workers)
            } else {
                try adversarialStep(batch, networks, recipe, workers)
            }
        case .scoring: try scorer?.step(&state, workers)
        case .finished: break
        }
        return phase != .finished
    }

    /// Ends the adversarial phase early, so that the next steps make what there is ready to serve.
    package func stopEarly() {
        GammaSearch.end(&state)
        if phase == .adversarial { endAdversarialPhase() }
    }

    private func trialStep(
        _ batch: ShardedBatch, _ networks: Networks, _ recipe: Recipe, _ workers: any Workers
    ) {
        guard let gammaSearch, let trials = state.counters.trials,
            let update = update(batch, networks, recipe, workers, step: trials.step, of: gammaSearch.steps)
        else { return }
        var hasDiverged = false
        do throws(Diverged) {
            try settle(update, recipe, step: trials.step + 1)
        } catch {
            hasDiverged = true
        }
        let average = state.average
        gammaSearch.count(&state, hasDiverged: hasDiverged) { self.quality(networks, average) }
    }

    private func adversarialStep(
        _ batch: ShardedBatch, _ networks: Networks, _ recipe: Recipe, _ workers: any Workers
    ) throws(Diverged) {
        let steps = setup.specification.steps
        // A phase whose end was interrupted has no further step.
        if step < steps, !hasOnlyGotWorse {
            guard let update = update(batch, networks, recipe, workers, step: step, of: steps) else { return }
            state.counters.step += 1
            try settle(update, recipe, step: step)
            if [1, 2, 3].contains(where: { step == steps * $0 / 4 }) { state.earlier.append(state.average) }
            if step.isMultiple(of: max(1, steps / Self.judgements)) { consider(networks) }
        }
        if step == steps || hasOnlyGotWorse { endAdversarialPhase() }
    }

    /// What a step of both players came to.
    private struct Update {
        var discriminatorLoss: Float
        var generatorLoss: Float
        var isSound: Bool
    }

    /// One step of either player; `nil` where it was interrupted, and nothing has changed.
    private func update(
        _ sharded: ShardedBatch, _ networks: Networks, _ recipe: Recipe, _ workers: any Workers, step: Int,
        of steps: Int
    ) -> Update? {
        let time = self.time.interruption(ofStepWithin: self.time.training)
        let discriminator = time.map { _ in state.discriminator }
        let fraction = Float(step) / Float(steps)
        let rate = recipe.learningRate.value(at: fraction) * state.rateFactor
        let beta2 = recipe.beta2.value(at: fraction)
        let size = setup.specification.batchSize
        let batch = Shard.Batch(
            loss: recipe.loss, penalty: recipe.penalty(at: fraction, factor: state.counters.trials?.factor ?? 1),
            row: step * size, size: size, mixing: setup.random(.mixing), dropout: setup.random(.dropout))
        func generated(_ stream: Random.Stream) -> GeneratedRows {
            GeneratedRows(networks: networks, weights: state.generator.weights, latent: setup.random(stream))
        }

        let discriminatorLoss = sharded.discriminate(
            batch, weights: state.discriminator.weights, real: setup.rows(.discriminatorData),
            fake: generated(.discriminatorLatent), workers, within: time)
        guard let discriminatorLoss else { return nil }
        let discriminatorIsSound = ShardedBatch.isSound(discriminatorLoss, sharded.discriminatorGradient)
        if discriminatorIsSound {
            state.discriminator.update(
                sharded.discriminatorGradient, learningRate: rate, beta1: recipe.beta1, beta2: beta2)
        }

        let generatorLoss = sharded.generate(
            batch, discriminator: state.discriminator.weights, real: setup.rows(.generatorData),
            fake: generated(.generatorLatent), workers, within: time)
        guard let generatorLoss else {
            if let discriminator { state.discriminator = discriminator }
            return nil
        }
        self.time.countStep()
        let generatorIsSound = ShardedBatch.isSound(generatorLoss, sharded.generatorGradient)
        if generatorIsSound {
            state.generator.update(sharded.generatorGradient, learningRate: rate, beta1: recipe.beta1, beta2: beta2)
        }
        return Update(
            discriminatorLoss: discriminatorLoss, generatorLoss: generatorLoss,
            isSound: discriminatorIsSound && generatorIsSound)
    }

    /// - Parameter step: the steps done with this one.
    private func settle(_ update: Update, _ recipe: Recipe, step: Int) throws(Diverged) {
        try state.guardAgainstDivergence(update.isSound)
        // Short trainings forget their beginning sooner (Karras et al. 2020, arXiv:2006.06676, ramp of the average).
        let halfLife = min(Self.averageHalfLife, max(1, 0.05 * Float(step)))
        state.moveAverage(decay: recipe.movingAverage ? exp2f(-1 / halfLife) : 0)
        if update.isSound { state.track(update.discriminatorLoss, update.generatorLoss, step: step) }
    }

    /// The quality of a generator with these weights; `nil` where there are too few rows to tell.
    private func quality(_ networks: Networks, _ weights: [Float]) -> Quality? {
        setup.judge.map { $0.judge(setup.served(networks, weights, .evaluation).rows($0.count)) }
    }

    /// Judges the generator that would be served now, and keeps it if it is the best so far.
    private func consider(_ networks: Networks) {
        guard let quality = quality(networks, state.average) else { return }
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
        quality.error > best.error + max(0.05, setup.floor?.error ?? 0)
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
        guard step > 0, setup.family.isCalibrated, let networks = setup.networks else {
            ended.counters.phase = .finished
            state = ended
            return
        }
        if setup.family.makesRecords {
            guard let isWhole = try? calibrate(networks, &ended.average) else { return }
            if !isWhole { time.note("the frequencies of columns were set right on fewer rows, or not at all") }
        }
        state = ended
        ScorerTraining.begin(&state, setup, networks)
        makeScorer()
    }

    /// Sets the last layer right, as far as there is time.
    ///
    /// - Returns: whether there was.
    private func calibrate(_ networks: Networks, _ average: inout [Float]) throws(Allowance.Interruption) -> Bool {
        try OutputCalibration(
            networks: networks, numbers: setup.encoder.numbers, real: setup.training,
            random: setup.random(.outputCalibration)
        ).adjust(
            &average, pieceRows: setup.encoder.pieceRows(atMost: OutputCalibration.pieceRows), within: time.calibration)
    }

    private func makeScorer() {
        guard let networks = setup.networks, let recipe = setup.recipe, let batch, setup.family.isCalibrated, step > 0
        else { return }
        scorer = ScorerTraining(
            setup, networks, recipe, generators: [state.average] + state.earlier, discriminatorBatch: batch, time)
    }

    /// The model as it is now; before its end, and where it is to stop, without what takes long to find out.
    package func snapshot() -> Snapshot {
        SnapshotBuilder(setup, state, scorer?.negatives, time).snapshot()
    }

    /// How good the samples of a snapshot of this training are.
    package func evaluation(of snapshot: Snapshot) -> Evaluation {
        Evaluation(of: snapshot, SnapshotBuilder(setup, state, scorer?.negatives, time))
    }
}
