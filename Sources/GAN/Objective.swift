import NeuralNetwork
import Synchronization

/// The gradients that one shard of a batch contributes to one player's update.
///
/// A batch is cut into the same shards however many threads there are, and the shards' gradients are added in order, so
/// the weights do not depend on the number of threads.
final class Objective: Sendable {
    /// What a shard is asked to work on.
    struct Batch: Sendable {
        var networks: Networks
        var generator: [Float]
        var discriminator: [Float]
        var loss: Loss
        /// γ of the penalties at this step.
        var r1: Float
        var r2: Float
        /// The first row's place in the streams of random numbers, and the batch size.
        var row: Int
        var size: Int
    }

    /// Fills a shard's matrix with rows of the batch, the first of them row `row` of the stream.
    typealias Source = @Sendable (_ rows: Int, _ row: Int, _ matrix: Matrix, _ at: Int) -> Void

    private struct Room {
        let generator: Workspace
        let discriminator: Workspace
        let generatorGradient: Matrix
        let discriminatorGradient: Matrix
        var loss: Float = 0
    }

    /// The rows of the batch that are this shard's.
    let rows: Range<Int>
    private let room: Mutex<Room>

    init(_ networks: Networks, rows: Range<Int>) {
        self.rows = rows
        room = Mutex(
            Room(
                generator: Workspace(for: networks.generator, rows: rows.count),
                discriminator: Workspace(for: networks.discriminator, rows: 4 * rows.count),
                generatorGradient: Matrix(rows: 1, columns: networks.generator.weightCount),
                discriminatorGradient: Matrix(rows: 1, columns: networks.discriminator.weightCount)))
    }

    /// Cuts a batch into shards of about 128 rows: enough for a matrix product to run at full speed.
    static func shards(_ networks: Networks, batchSize: Int) -> [Objective] {
        let count = max(1, batchSize / 128)
        return (0..<count).map { index in
            Objective(networks, rows: batchSize * index / count..<batchSize * (index + 1) / count)
        }
    }

    /// The discriminator's loss and penalties on real rows and rows generated from the latent stream.
    func discriminate(_ batch: Batch, real: Source, latent: Random) {
        discriminate(batch, real: real) { room, row, count in
            Self.generate(
                batch.networks, weights: batch.generator, latent: latent, row: row, count: count, in: room.generator)
            copy(room.generator.output, rows: count, to: room.discriminator.input, at: count)
        }
    }

    /// The discriminator's loss and penalties on real rows and rows of another source.
    func discriminate(_ batch: Batch, real: Source, fake: Source) {
        discriminate(batch, real: real) { room, row, count in
            fake(count, row, room.discriminator.input, count)
        }
    }

    private func discriminate(
        _ batch: Batch, real: Source, fill: (_ room: borrowing Room, _ row: Int, _ count: Int) -> Void
    ) {
        let count = rows.count
        let scale = 1 / Float(batch.size)
        room.withLock { room in
            let network = batch.networks.discriminator
            let workspace = room.discriminator
            real(count, batch.row + rows.lowerBound, workspace.input, 0)
            fill(room, batch.row + rows.lowerBound, count)
            let samples = Pass(samples: 2 * count)
            network.forward(samples, weights: batch.discriminator, in: workspace)
            var pass = samples
            if batch.r1 > 0 || batch.r2 > 0 {
                _ = Penalty.appendTangents(
                    network, weights: batch.discriminator, in: workspace, samples: 2 * count, r1: batch.r1,
                    r2: batch.r2, scale: scale)
                workspace.outputGradient.fill(2 * count..<4 * count, with: 1)
                pass = Pass(rows: 0..<4 * count, samples: 2 * count)
            }
            let logits = workspace.output.values
            room.loss = workspace.outputGradient.write(0..<2 * count) { gradient in
                batch.loss.discriminator(
                    real: logits.span.extracting(0..<count), fake: logits.span.extracting(count..<2 * count),
                    scale: scale, gradient: &gradient)
            }
            clear(room.discriminatorGradient)
            network.backward(
                pass, weights: batch.discriminator, in: workspace, weightGradient: room.discriminatorGradient,
                toInput: false)
        }
    }

    /// The generator's loss on rows generated from the latent stream.
    func generate(_ batch: Batch, real: Source, latent: Random) {
        let count = rows.count
        room.withLock { room in
            let network = batch.networks.discriminator
            let workspace = room.discriminator
            if batch.loss.generatorReadsReal {
                real(count, batch.row + rows.lowerBound, workspace.input, 0)
            }
            Self.generate(
                batch.networks, weights: batch.generator, latent: latent, row: batch.row + rows.lowerBound,
                count: count, in: room.generator)
            copy(room.generator.output, rows: count, to: workspace.input, at: count)
            let first = batch.loss.generatorReadsReal ? 0 : count
            network.forward(
                Pass(rows: first..<2 * count, samples: 2 * count), weights: batch.discriminator, in: workspace)
            let logits = workspace.output.values
            room.loss = workspace.outputGradient.write(count..<2 * count) { gradient in
                batch.loss.generator(
                    real: logits.span.extracting(0..<count), fake: logits.span.extracting(count..<2 * count),
                    scale: 1 / Float(batch.size), fakeGradient: &gradient)
            }
            network.backward(
                Pass(rows: count..<2 * count, samples: 2 * count), weights: batch.discriminator, in: workspace,
                weightGradient: nil, toInput: true)
            let toGenerator = workspace.inputGradient.values
            let generated = toGenerator.span.extracting(workspace.inputGradient.indices(of: count..<2 * count))
            room.generator.outputGradient.write(0..<count) { span in
                for i in 0..<generated.count { span[i] = generated[i] }
            }
            clear(room.generatorGradient)
            batch.networks.generator.backward(
                Pass(samples: count), weights: batch.generator, in: room.generator,
                weightGradient: room.generatorGradient, toInput: false)
        }
    }

    /// Adds what `discriminate` or `generate` found last to the batch's gradient and loss.
    func collect(discriminator: Bool, gradient: inout [Float], loss: inout Float) {
        room.withLock { room in
            let values = discriminator ? room.discriminatorGradient.values : room.generatorGradient.values
            var sum = gradient.mutableSpan
            add(values.span, to: &sum)
            loss += room.loss
        }
    }

    /// Fills the first `count` rows of the workspace's output with rows generated from the latent stream.
    static func generate(
        _ networks: Networks, weights: [Float], latent: Random, row: Int, count: Int, in workspace: Workspace
    ) {
        workspace.input.write(0..<count) { latent.fillNormal(&$0, row: row, width: networks.latent) }
        networks.generator.forward(Pass(samples: count), weights: weights, in: workspace)
    }
}

/// Overwrites rows of `target` from row `at` with the first rows of `source`, which is as wide.
func copy(_ source: Matrix, rows: Int, to target: Matrix, at: Int) {
    let values = source.values
    let read = values.span.extracting(source.indices(of: 0..<rows))
    target.write(at..<at + rows) { span in
        for i in 0..<read.count { span[i] = read[i] }
    }
}

private func clear(_ gradient: Matrix) { gradient.fill(0..<1, with: 0) }
