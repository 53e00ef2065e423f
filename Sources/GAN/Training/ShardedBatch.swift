import NeuralNetwork

/// The shards of a batch, and the gradients that they add up to: the same bits for any number of threads.
final class ShardedBatch {
    private let shards: [Shard]
    /// Of the last step of either player.
    private(set) var generatorGradient: [Float]
    private(set) var discriminatorGradient: [Float]

    /// Logits of a thousand have run away, and numbers that are not finite are a matter of time.
    private static let runawayLoss: Float = 1_000

    /// - Parameters:
    ///   - groups: of rows that the discriminator's penalties need at the most (`Penalty.groups`).
    ///   - together: the number of neighbouring rows that stay together.
    init(_ networks: Networks, size: Int, groups: Int, together: Int) {
        shards = Shard.shards(networks, batchSize: size, groups: groups, together: together)
        generatorGradient = [Float](repeating: 0, count: networks.generator.weightCount)
        discriminatorGradient = [Float](repeating: 0, count: networks.discriminator.weightCount)
    }

    /// Finds the discriminator's gradient. A function of its own, so that no copy of the weights is alive when they are
    /// updated: they would be copied on write.
    ///
    /// - Parameter time: asked between shards, if given.
    /// - Returns: the loss without the penalties; `nil` where the step was interrupted.
    func discriminate(
        _ batch: Shard.Batch, weights: [Float], real: TrainingRows, fake: some RowSource, _ workers: any Workers,
        within time: Allowance?
    ) -> Float? {
        run(workers, within: time) { $0.discriminate(batch, weights: weights, real: real, fake: fake) }
        return time?.isInterrupted == true ? nil : collect(discriminator: true, into: &discriminatorGradient)
    }

    /// Finds the generator's gradient.
    ///
    /// - Parameters:
    ///   - discriminator: its weights.
    ///   - time: asked between shards, if given.
    /// - Returns: the loss; `nil` where the step was interrupted.
    func generate(
        _ batch: Shard.Batch, discriminator: [Float], real: TrainingRows, fake: GeneratedRows, _ workers: any Workers,
        within time: Allowance?
    ) -> Float? {
        run(workers, within: time) { $0.generate(batch, discriminator: discriminator, real: real, fake: fake) }
        return time?.isInterrupted == true ? nil : collect(discriminator: false, into: &generatorGradient)
    }

    private func run(_ workers: any Workers, within time: Allowance?, _ work: @Sendable (Shard) -> Void) {
        workers.run(shards.count) { [shards] index in
            if time?.isInterrupted == true { return }
            flushingSubnormals { work(shards[index]) }
        }
    }

    /// Overwrites `gradient` with the sum of the shards' gradients, and returns that of their losses.
    ///
    /// The sums form a binary tree over the number of shards padded to a power of two: 2, 4 or more processes that own
    /// whole subtrees come to the same bits as one.
    private func collect(discriminator: Bool, into gradient: inout [Float]) -> Float {
        var distance = 1
        while distance < shards.count {
            for index in stride(from: 0, to: shards.count - distance, by: 2 * distance) {
                shards[index].add(shards[index + distance], discriminator: discriminator)
            }
            distance *= 2
        }
        return shards[0].read(discriminator: discriminator, into: &gradient)
    }

    static func isSound(_ loss: Float, _ gradient: [Float]) -> Bool {
        abs(loss) < runawayLoss && allFinite(gradient.span)
    }
}
