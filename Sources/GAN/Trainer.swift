package import Formats
import Glibc
package import NeuralNetwork

/// A training that has come to numbers which are not finite, three steps in a row.
package struct Diverged: Error {}

/// One training from the data to the last snapshot, a step at a time.
///
/// The first phase trains the generator against the discriminator, the second the scorer on what real and generated rows
/// and noise look like. Everything is a function of the specification and the data.
package final class Trainer {
    /// What the next call of `advance` works on.
    package enum Phase: Sendable, Equatable {
        case adversarial, scoring, finished
    }

    package private(set) var phase = Phase.adversarial
    /// Adversarial steps done.
    package private(set) var step = 0
    /// Losses of the last steps, averaged over about a hundred of them.
    package private(set) var discriminatorLoss: Float = 0
    package private(set) var generatorLoss: Float = 0

    private let specification: Specification
    private let table: Table
    private let encoder: TableEncoder
    private let networks: Networks?
    private let recipe: Recipe?
    private let shards: [Objective]
    /// Encoded rows, row-major: those to learn from and those held out.
    private let training: [Float]
    private let heldOut: [Float]

    private var generator: [Float] = []
    private var discriminator: [Float] = []
    private var average: [Float] = []
    private var scorer: [Float] = []
    private var generatorAdam: Adam
    private var discriminatorAdam: Adam
    private var scorerAdam: Adam
    private var generatorGradient: [Float]
    private var discriminatorGradient: [Float]
    /// Averages of the generator at a quarter, half and three quarters of the training.
    private var earlier: [[Float]] = []
    private var negatives: Negatives?
    private var scorerStep = 0
    private var rateFactor: Float = 1
    private var failures = 0

    private static let scorerSteps = 1_500
    /// Steps after which a weight counts half in the moving average, once the training is long enough for it.
    private static let averageHalfLife: Float = 1_000

    /// - Throws: `SpecificationError` where the data are not what the specification was made for.
    package init(_ specification: Specification, _ table: Table) throws(SpecificationError) {
        let family = specification.resolvedFamily
        self.specification = specification
        self.table = table
        encoder = try family.encoder(for: table, specification)
        networks = family.networks(specification, encoder)
        recipe = family.recipe(specification)
        let rows = Self.split(table.rowCount, seed: specification.seed)
        let encoding = Random(seed: specification.seed, stream: .encoding)
        training = try encoder.encode(table.rows(rows.training), random: encoding).values
        heldOut = try encoder.encode(table.rows(rows.heldOut)).values
        if let networks {
            generator = networks.generator.initialWeights(
                Random(seed: specification.seed, stream: .generatorInitialization))
            discriminator = networks.discriminator.initialWeights(
                Random(seed: specification.seed, stream: .discriminatorInitialization))
            family.adjust(generator: &generator, discriminator: &discriminator, options: specification.options)
            shards = Objective.shards(
                networks, batchSize: specification.batchSize, groups: recipe?.penalty(at: 0).groups ?? 2)
        } else {
            shards = []
        }
        average = generator
        generatorAdam = Adam(weightCount: generator.count)
        discriminatorAdam = Adam(weightCount: discriminator.count)
        scorerAdam = Adam(weightCount: discriminator.count)
        generatorGradient = [Float](repeating: 0, count: generator.count)
        discriminatorGradient = [Float](repeating: 0, count: discriminator.count)
        if specification.steps == 0 { phase = .finished }
    }

    /// Holds a tenth of the rows out, drawn by chance; of fewer than 20 all are in both parts.
    private static func split(_ count: Int, seed: UInt64) -> (training: [Int], heldOut: [Int]) {
        guard count >= 20 else { return (Array(0..<count), Array(0..<count)) }
        let random = Random(seed: seed, stream: .heldOut)
        var order = Array(0..<count)
        for index in 0..<count / 10 {
            order.swapAt(index, index + random.index(row: index, below: count - index))
        }
        return (order[(count / 10)...].sorted(), order[..<(count / 10)].sorted())
    }

    /// Floating-point operations of one step, for deciding whether several threads are worth it.
    package var operationsPerStep: Int {
        guard let networks else { return 0 }
        return specification.batchSize
            * (4 * networks.generator.operationsPerRow + 11 * networks.discriminator.operationsPerRow)
    }

    /// Does one step of the current phase.
    ///
    /// - Returns: whether there is more to do.
    package func advance(_ workers: any Workers) throws(Diverged) -> Bool {
        guard let networks, let recipe else { return false }
        switch phase {
        case .adversarial:
            try adversarialStep(networks, recipe, workers)
            if step == specification.steps {
                if specification.resolvedFamily.isCalibrated { startScoring(networks) } else { phase = .finished }
            }
        case .scoring:
            try scoringStep(workers)
            if scorerStep == Self.scorerSteps { phase = .finished }
        case .finished: break
        }
        return phase != .finished
    }

    /// Ends the adversarial phase early, so that the next steps make what there is ready to serve.
    package func stopEarly() {
        guard phase == .adversarial, let networks else { return }
        if step > 0, specification.resolvedFamily.isCalibrated { startScoring(networks) } else { phase = .finished }
    }

    private func adversarialStep(
        _ networks: Networks, _ recipe: Recipe, _ workers: any Workers
    ) throws(Diverged) {
        let fraction = Float(step) / Float(specification.steps)
        let rate = recipe.learningRate.value(at: fraction) * rateFactor
        let beta2 = recipe.beta2.value(at: fraction)
        let batch = Objective.Batch(
            loss: recipe.loss, penalty: recipe.penalty(at: fraction), row: step * specification.batchSize,
            size: specification.batchSize, mixing: random(.mixing))

        discriminate(
            batch, weights: discriminator, real: rows(.discriminatorData),
            fake: GeneratedRows(networks: networks, weights: generator, latent: random(.discriminatorLatent)), workers)
        let discriminatorLoss = collect(discriminator: true, into: &discriminatorGradient)
        let discriminatorIsSound = allFinite(discriminatorGradient.span)
        if discriminatorIsSound {
            discriminatorAdam.update(
                &discriminator, gradient: discriminatorGradient.span, learningRate: rate, beta1: recipe.beta1,
                beta2: beta2)
        }

        generate(
            batch, discriminator: discriminator, real: rows(.generatorData),
            fake: GeneratedRows(networks: networks, weights: generator, latent: random(.generatorLatent)), workers)
        let generatorLoss = collect(discriminator: false, into: &generatorGradient)
        let generatorIsSound = allFinite(generatorGradient.span)
        if generatorIsSound {
            generatorAdam.update(
                &generator, gradient: generatorGradient.span, learningRate: rate, beta1: recipe.beta1, beta2: beta2)
        }

        step += 1
        try guardAgainstDivergence(discriminatorIsSound && generatorIsSound)
        // Short trainings forget their beginning sooner (Karras et al. 2020, arXiv:2006.06676, ramp of the average).
        let halfLife = min(Self.averageHalfLife, max(1, 0.05 * Float(step)))
        moveAverage(&average, towards: generator.span, decay: recipe.movingAverage ? exp2f(-1 / halfLife) : 0)
        track(discriminatorLoss, generatorLoss)
        if [1, 2, 3].contains(where: { step == specification.steps * $0 / 4 }) { earlier.append(average) }
    }

    /// The shards' part of the discriminator's step. A function of its own, so that no copy of the weights is alive when
    /// they are updated: they would be copied on write.
    private func discriminate(
        _ batch: Objective.Batch, weights: [Float], real: TrainingRows, fake: some RowSource, _ workers: any Workers
    ) {
        let shards = shards
        workers.run(shards.count) { shards[$0].discriminate(batch, weights: weights, real: real, fake: fake) }
    }

    /// The shards' part of the generator's step; a function of its own for the same reason.
    private func generate(
        _ batch: Objective.Batch, discriminator: [Float], real: TrainingRows, fake: GeneratedRows,
        _ workers: any Workers
    ) {
        let shards = shards
        workers.run(shards.count) { shards[$0].generate(batch, discriminator: discriminator, real: real, fake: fake) }
    }

    private func random(_ stream: Random.Stream) -> Random { Random(seed: specification.seed, stream: stream) }

    /// Training rows in the order of a stream.
    private func rows(_ stream: Random.Stream) -> TrainingRows {
        TrainingRows(values: training, width: encoder.width, random: random(stream))
    }

    private func startScoring(_ networks: Networks) {
        phase = .scoring
        scorer = networks.discriminator.initialWeights(
            Random(seed: specification.seed, stream: .scorerInitialization))
        negatives = Negatives(
            networks: networks, generators: [average] + earlier, real: training, columns: encoder.ranges,
            box: Box(around: training + heldOut, width: networks.discriminator.inputs), seed: specification.seed)
    }

    private func scoringStep(_ workers: any Workers) throws(Diverged) {
        guard let negatives else { return }
        let batch = Objective.Batch(
            loss: .nonsaturating, penalty: Penalty(), row: scorerStep * specification.batchSize,
            size: specification.batchSize, mixing: random(.mixing))
        discriminate(batch, weights: scorer, real: rows(.scorerData), fake: negatives, workers)
        _ = collect(discriminator: true, into: &discriminatorGradient)
        let isSound = allFinite(discriminatorGradient.span)
        if isSound {
            let fraction = Float(scorerStep) / Float(Self.scorerSteps)
            scorerAdam.update(
                &scorer, gradient: discriminatorGradient.span,
                learningRate: Schedule(from: 2e-3, to: 2e-5).value(at: fraction), beta1: 0.9, beta2: 0.99)
        }
        scorerStep += 1
        try guardAgainstDivergence(isSound)
    }

    /// Overwrites `gradient` with the sum of the shards' gradients, in their order, and returns that of their losses.
    private func collect(discriminator: Bool, into gradient: inout [Float]) -> Float {
        var loss: Float = 0
        for index in gradient.indices { gradient[index] = 0 }
        for shard in shards { shard.collect(discriminator: discriminator, gradient: &gradient, loss: &loss) }
        return loss
    }

    /// A step whose gradient is not finite changed nothing; the rate is halved, and three in a row end the training.
    private func guardAgainstDivergence(_ isSound: Bool) throws(Diverged) {
        if isSound {
            failures = 0
        } else {
            failures += 1
            rateFactor *= 0.5
            if failures == 3 { throw Diverged() }
        }
    }

    private func track(_ discriminator: Float, _ generator: Float) {
        let weight = max(0.01, 1 / Float(step))
        discriminatorLoss += weight * (discriminator - discriminatorLoss)
        generatorLoss += weight * (generator - generatorLoss)
    }

    /// The model as it is now.
    package func snapshot() -> Snapshot {
        let isScored = phase == .finished && !scorer.isEmpty
        func snapshot(_ calibration: Calibration, _ heldOutLogits: [Float]) -> Snapshot {
            Snapshot(
                manifest: Snapshot.Manifest(
                    specification: specification, encoder: encoder, step: step, calibration: calibration,
                    box: isScored ? negatives?.box : nil),
                generator: average, discriminator: discriminator, scorer: isScored ? scorer : [],
                heldOutLogits: heldOutLogits)
        }
        let plain = snapshot(.identity, [])
        guard let networks else { return plain }
        let real = plain.logits(heldOut).sorted()
        guard specification.resolvedFamily.isCalibrated, step > 0 else { return snapshot(.identity, real) }
        return snapshot(Calibration(real: real, fake: plain.logits(fakes(networks, isScored))), real)
    }

    /// Rows for the calibration to tell from real ones: those that the scorer learned from, or generated ones.
    private func fakes(_ networks: Networks, _ isScored: Bool) -> [Float] {
        let count = 1_000
        let workspace = Workspace(for: networks.generator, rows: count, backward: false)
        if isScored, let negatives {
            let matrix = Matrix(rows: count, columns: networks.discriminator.inputs)
            // Rows that no step has used, half of them from the served generator and half from an earlier one.
            let first = (Self.scorerSteps * specification.batchSize / count + 1) * count
            for half in 0..<2 {
                negatives.fill(
                    count / 2, row: first + half * count / 2, matrix: matrix, at: half * count / 2, workspace: workspace
                )
            }
            return matrix.values
        }
        let matrix = Matrix(rows: count, columns: networks.discriminator.inputs)
        GeneratedRows(networks: networks, weights: average, latent: random(.calibration), choices: .hard)
            .fill(count, row: 0, matrix: matrix, at: 0, workspace: workspace)
        return matrix.values
    }

    /// How well the snapshot's samples agree with the data, by name.
    package func metrics(of snapshot: Snapshot) -> [String: Double] {
        let sample = snapshot.sample(rows: 0..<10_000, seed: specification.seed)
        var metrics: [String: Double] = [:]
        if specification.resolvedFamily.makesRecords {
            if let schema = try? Schema(table, types: specification.types) {
                let report = QualityReport(real: table, synthetic: sample, schema: schema)
                metrics = ["shapes": report.shapesScore, "trends": report.trendsScore, "quality": report.score]
            }
        } else {
            let distances = zip(sample.columns, table.columns).map { sampled, real in
                TwoSample.kolmogorovSmirnov(sampled.values, real.values)
            }
            metrics = ["ks_max": distances.max() ?? 0, "ks_mean": distances.reduce(0, +) / Double(distances.count)]
        }
        if networks != nil {
            metrics["discriminator_loss"] = Double(discriminatorLoss)
            metrics["generator_loss"] = Double(generatorLoss)
        }
        return metrics.filter { !$0.value.isNaN }
    }
}
