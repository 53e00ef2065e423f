import NeuralNetwork
import Synchronization

/// One shard of a batch: the gradients that its rows contribute to one player's update.
///
/// A batch is cut into the same shards however many threads there are, and their gradients are added in a fixed tree, so
/// the weights do not depend on the number of threads.
final class Shard: Sendable {
    /// What a shard is asked to work on.
    struct Batch: Sendable {
        var loss: Loss
        var penalty: Penalty
        /// The first row's place in the streams of random numbers, and the batch size.
        var row: Int
        var size: Int
        /// Where between a real and a generated row a row of the slope penalty lies.
        var mixing: Random
        /// What the discriminator's layers drop.
        var dropout: Random
    }

    private struct Room {
        let generator: Workspace
        let discriminator: Workspace
        let generatorGradient: Matrix
        let discriminatorGradient: Matrix
        var loss: Float = 0
    }

    /// The rows of the batch that are this shard's.
    let rows: Range<Int>
    private let networks: Networks
    private let room: Mutex<Room>

    /// - Parameter groups: of rows that the discriminator's penalties need at the most (`Penalty.groups`).
    init(_ networks: Networks, rows: Range<Int>, groups: Int) {
        self.rows = rows
        self.networks = networks
        room = Mutex(
            Room(
                generator: Workspace(for: networks.generator, rows: rows.count),
                discriminator: Workspace(
                    for: networks.discriminator, rows: 2 * groups * rows.count / networks.packing),
                generatorGradient: Matrix(rows: 1, columns: networks.generator.weightCount),
                discriminatorGradient: Matrix(rows: 1, columns: networks.discriminator.weightCount)))
    }

    /// Cuts a batch into shards.
    ///
    /// - Parameter together: the number of neighbouring rows that stay together.
    static func shards(_ networks: Networks, batchSize: Int, groups: Int, together: Int) -> [Shard] {
        let count = shardCount(networks, batchSize: batchSize, together: together)
        let border = { (index: Int) in batchSize / together * index / count * together }
        return (0..<count).map { Shard(networks, rows: border($0)..<border($0 + 1), groups: groups) }
    }

    /// About 128 rows are enough for a matrix product to run at full speed. A row of an image is as much work as many rows
    /// of a table: then a shard is about 2³⁰ operations, and their number a power of two, as that of threads mostly is.
    private static func shardCount(_ networks: Networks, batchSize: Int, together: Int) -> Int {
        let work = networks.operationsPerRow
        guard work > 1 << 25 else { return max(1, (batchSize + 64) / 128) }
        let wanted = min(batchSize / together, (batchSize * work) >> 30 + 1)
        return 1 << (Int.bitWidth - 1 - max(1, wanted).leadingZeroBitCount)
    }

    /// The memory of a batch's shards, in bytes.
    static func bytes(_ networks: Networks, batchSize: Int, groups: Int) -> Int {
        let weights = networks.generator.weightCount + networks.discriminator.weightCount
        return Workspace.bytes(for: networks.generator, rows: batchSize)
            + Workspace.bytes(for: networks.discriminator, rows: 2 * groups * batchSize / networks.packing)
            + 4 * shardCount(networks, batchSize: batchSize, together: 1) * weights
    }

    /// The training pass of the discriminator that begins with a row of the batch's streams: every step of either player
    /// has its own rows in the stream of what is dropped.
    private func training(_ batch: Batch, ofGenerator: Bool) -> Pass.Training {
        Pass.Training(
            random: batch.dropout, row: 8 * (batch.row + rows.lowerBound) + (ofGenerator ? 4 * rows.count : 0))
    }

    /// The discriminator's loss and penalties on real rows and on those that it is to tell from them.
    func discriminate(_ batch: Batch, weights: [Float], real: some RowSource, fake: some RowSource) {
        let count = rows.count
        let row = batch.row + rows.lowerBound
        room.withLock { room in
            let workspace = room.discriminator
            real.fill(count, row: row, matrix: workspace.input, at: 0, workspace: room.generator)
            fake.fill(count, row: row, matrix: workspace.input, at: count, workspace: room.generator)
            let packs = count / networks.packing
            let training = training(batch, ofGenerator: false)
            if batch.penalty.slope > 0 {
                mix(workspace.input, packs, row: row / networks.packing, random: batch.mixing)
            }
            networks.discriminator.forward(
                Pass(samples: batch.penalty.groups * packs, training: training), weights: weights, in: workspace)
            room.discriminatorGradient.fill(0..<1, with: 0)
            room.loss = batch.penalty.step(
                networks.discriminator, weights: weights, in: workspace, count: packs, loss: batch.loss,
                scale: 1 / Float(batch.size / networks.packing), weightGradient: room.discriminatorGradient,
                training: training)
        }
    }

    /// Overwrites the third group of rows with points on the lines from the first's to the second's.
    private func mix(_ input: Matrix, _ count: Int, row: Int, random: Random) {
        let width = input.columns
        input.write(0..<3 * count) { span in
            for index in 0..<count {
                let share = random.uniform(row: row + index)
                for column in index * width..<(index + 1) * width {
                    let (real, fake) = (span[column], span[count * width + column])
                    span[2 * count * width + column] = fake + share * (real - fake)
                }
            }
        }
    }

    /// The generator's loss on rows that it makes; `real` is read where the loss compares with real rows.
    func generate(_ batch: Batch, discriminator: [Float], real: some RowSource, fake: GeneratedRows) {
        let count = rows.count
        let row = batch.row + rows.lowerBound
        room.withLock { room in
            let network = networks.discriminator
            let workspace = room.discriminator
            let readsReal = batch.loss.generatorReadsReal
            if readsReal { real.fill(count, row: row, matrix: workspace.input, at: 0, workspace: room.generator) }
            fake.fill(count, row: row, matrix: workspace.input, at: count, workspace: room.generator)
            let packs = count / networks.packing
            let training = training(batch, ofGenerator: true)
            network.forward(
                Pass(rows: (readsReal ? 0 : packs)..<2 * packs, samples: 2 * packs, training: training),
                weights: discriminator, in: workspace)
            room.loss = workspace.outputGradient.write(packs..<2 * packs) { gradient in
                batch.loss.generator(
                    real: workspace.output[0..<packs], fake: workspace.output[packs..<2 * packs],
                    scale: 1 / Float(batch.size / networks.packing * network.outputs), fakeGradient: &gradient)
            }
            network.backward(
                Pass(rows: packs..<2 * packs, samples: 2 * packs, training: training), weights: discriminator,
                in: workspace, weightGradient: nil, toInput: true)
            let generated = workspace.inputGradient[packs..<2 * packs]
            room.generator.outputGradient.write(0..<count) { span in
                for i in 0..<generated.count { span[i] = generated[i] }
                networks.choices?.backward(
                    &span, softened: workspace.input[packs..<2 * packs], width: networks.generator.outputs)
            }
            room.generatorGradient.fill(0..<1, with: 0)
            networks.generator.backward(
                Pass(samples: count), weights: fake.weights, in: room.generator,
                weightGradient: room.generatorGradient, toInput: false)
        }
    }

    /// Adds what `discriminate` or `generate` found last in another shard to what this one has found.
    func add(_ other: Shard, discriminator: Bool) {
        other.withFound(discriminator: discriminator) { part, loss in
            room.withLock { room in
                let sum = discriminator ? room.discriminatorGradient : room.generatorGradient
                sum.write(0..<1) { NeuralNetwork.add(part, to: &$0) }
                room.loss += loss
            }
        }
    }

    /// Overwrites `gradient` with what was found or added last.
    ///
    /// - Returns: the loss.
    func read(discriminator: Bool, into gradient: inout [Float]) -> Float {
        withFound(discriminator: discriminator) { found, loss in
            var copy = gradient.mutableSpan
            for index in 0..<found.count { copy[index] = found[index] }
            return loss
        }
    }

    private func withFound<Result: Sendable>(
        discriminator: Bool, _ body: (_ gradient: Span<Float>, _ loss: Float) -> Result
    ) -> Result {
        room.withLock { room in
            body((discriminator ? room.discriminatorGradient : room.generatorGradient).span, room.loss)
        }
    }
}
