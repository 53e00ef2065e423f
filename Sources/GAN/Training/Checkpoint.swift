import NeuralNetwork

/// Where a training stands: with the specification and the data all that it takes to go on as if it had never stopped.
///
/// A value, so that keeping one is an assignment. Random numbers need no state: they are functions of the step.
package struct Checkpoint: Sendable, Equatable {
    /// What the next step of a training works on.
    package enum Phase: String, Sendable, Codable {
        /// `trial` looks for γ before the training itself.
        case trial, adversarial, scoring, finished
    }

    /// What is counted, and what is kept beside the weights.
    package struct Counters: Sendable, Equatable, Codable {
        package internal(set) var phase = Phase.adversarial
        /// Adversarial steps done.
        package internal(set) var step = 0
        /// Steps of the scorer done.
        package internal(set) var scorerStep = 0
        /// Steps in a row whose gradient was not finite, and all of them.
        var failures = 0
        var skipped = 0
        /// The step and the quality of the best snapshot so far, and of the last that was judged.
        package internal(set) var bestStep = 0
        package internal(set) var best: Quality?
        package internal(set) var last: Quality?
        /// Judgements in a row that were clearly worse than the best.
        var worse = 0
        /// What the search for γ has come to, where there is one.
        var trials: Trials?
    }

    /// How far the search for γ is: the same beginning is trained with one γ after another.
    struct Trials: Sendable, Equatable, Codable {
        /// How many times the γ that is given those that are tried are.
        static let factors: [Float] = [0.2, 1, 5]

        /// The steps of the current one.
        var step = 0
        /// The errors of those that are over.
        var errors: [Double] = []

        var isOver: Bool { errors.count == Self.factors.count }

        /// The best where all were tried, else the current one.
        var factor: Float {
            guard isOver else { return Self.factors[errors.count] }
            return Self.factors[errors.indices.min { errors[$0] < errors[$1] } ?? 1]
        }
    }

    /// The weights of a network in training, with what its optimiser remembers.
    struct Player: Sendable, Equatable {
        var weights: [Float] = []
        var adam = Adam(weightCount: 0)

        init(weights: [Float]) {
            self.weights = weights
            adam = Adam(weightCount: weights.count)
        }

        mutating func update(_ gradient: [Float], learningRate: Float, beta1: Float, beta2: Float) {
            adam.update(
                &weights, gradient: gradient.span, learningRate: learningRate, beta1: beta1, beta2: beta2)
        }
    }

    package internal(set) var counters = Counters()
    var generator: Player
    var discriminator: Player
    /// Without weights until it is trained.
    var scorer = Player(weights: [])
    /// The moving average of the generator's weights, which is served.
    var average: [Float]
    /// The averages at a quarter, half and three quarters of the training.
    var earlier: [[Float]] = []
    /// The average and the discriminator's weights of the best snapshot so far; empty before the first.
    var bestAverage: [Float] = []
    var bestDiscriminator: [Float] = []
    /// The weights that every trial begins with; empty where there is none.
    var trialGenerator: [Float] = []
    var trialDiscriminator: [Float] = []
    var rateFactor: Float = 1
    /// Losses of the last steps, averaged over about a hundred of them.
    var discriminatorLoss: Float = 0
    var generatorLoss: Float = 0

    init(generator: [Float], discriminator: [Float]) {
        self.generator = Player(weights: generator)
        self.discriminator = Player(weights: discriminator)
        average = generator
    }

    /// A step that is not sound left that player as it was; the rate is halved, and three in a row end the training.
    mutating func guardAgainstDivergence(_ isSound: Bool) throws(Diverged) {
        if isSound {
            counters.failures = 0
        } else {
            counters.failures += 1
            counters.skipped += 1
            rateFactor *= 0.5
            if counters.failures == 3 { throw Diverged() }
        }
    }

    /// Follows the losses.
    ///
    /// - Parameter step: the steps done with this one.
    mutating func track(_ discriminator: Float, _ generator: Float, step: Int) {
        let weight = max(0.01, 1 / Float(step))
        discriminatorLoss += weight * (discriminator - discriminatorLoss)
        generatorLoss += weight * (generator - generatorLoss)
    }

    /// The same with the weights before any step, for another γ or for the training itself.
    mutating func beginAgain() {
        let trials = counters.trials
        let (generator, discriminator) = (trialGenerator, trialDiscriminator)
        self = Checkpoint(generator: generator, discriminator: discriminator)
        counters.trials = trials
        guard trials?.isOver == false else { return }
        counters.phase = .trial
        (trialGenerator, trialDiscriminator) = (generator, discriminator)
    }

    /// Moves the average towards the generator's weights.
    mutating func moveAverage(decay: Float) {
        let weights = generator.weights
        NeuralNetwork.moveAverage(&average, towards: weights.span, decay: decay)
    }
}

extension Checkpoint {
    /// The memory of one at the most, in bytes: weights and two moments a player, and of the generator its average, the
    /// best one, three earlier ones and the first weights, of the discriminator the best and the first.
    static func bytes(_ networks: Networks) -> Int {
        4
            * (9 * networks.generator.weightCount + 5 * networks.discriminator.weightCount
                + 3 * networks.scorer.weightCount)
    }

    /// All but the counters, by name, as it is kept.
    package var tensors: [(name: String, values: [Float])] {
        var tensors: [(String, [Float])] = [
            ("average", average), ("best.average", bestAverage), ("best.discriminator", bestDiscriminator),
            ("trial.generator", trialGenerator), ("trial.discriminator", trialDiscriminator),
            ("scalars", [rateFactor, discriminatorLoss, generatorLoss]),
        ]
        for (name, player) in [("generator", generator), ("discriminator", discriminator), ("scorer", scorer)] {
            tensors += [
                ("\(name).weights", player.weights), ("\(name).moments.first", player.adam.firstMoments),
                ("\(name).moments.second", player.adam.secondMoments),
                ("\(name).products", [player.adam.firstProduct, player.adam.secondProduct]),
            ]
        }
        for (index, weights) in earlier.enumerated() { tensors.append(("earlier.\(index)", weights)) }
        return tensors
    }

    /// Puts a checkpoint together again; `nil` where something is missing or does not fit.
    package init?(counters: Counters, tensors: [String: [Float]]) {
        func player(_ name: String) -> Player? {
            guard let weights = tensors["\(name).weights"], let first = tensors["\(name).moments.first"],
                let second = tensors["\(name).moments.second"], let products = tensors["\(name).products"],
                first.count == weights.count, second.count == weights.count, products.count == 2
            else { return nil }
            var player = Player(weights: weights)
            (player.adam.firstMoments, player.adam.secondMoments) = (first, second)
            (player.adam.firstProduct, player.adam.secondProduct) = (products[0], products[1])
            return player
        }
        guard let generator = player("generator"), let discriminator = player("discriminator"),
            let scorer = player("scorer"), let average = tensors["average"], let scalars = tensors["scalars"],
            let bestAverage = tensors["best.average"], let bestDiscriminator = tensors["best.discriminator"],
            average.count == generator.weights.count, scalars.count == 3,
            counters.phase != .trial
                || tensors["trial.generator"]?.count == average.count
                    && tensors["trial.discriminator"]?.count == discriminator.weights.count
        else { return nil }
        self.init(generator: generator.weights, discriminator: discriminator.weights)
        (self.generator, self.discriminator, self.scorer) = (generator, discriminator, scorer)
        (self.average, self.bestAverage, self.bestDiscriminator) = (average, bestAverage, bestDiscriminator)
        (trialGenerator, trialDiscriminator) = (
            tensors["trial.generator"] ?? [], tensors["trial.discriminator"] ?? []
        )
        (rateFactor, discriminatorLoss, generatorLoss) = (scalars[0], scalars[1], scalars[2])
        self.counters = counters
        while let weights = tensors["earlier.\(earlier.count)"] { earlier.append(weights) }
    }
}
