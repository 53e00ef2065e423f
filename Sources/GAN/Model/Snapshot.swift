package import Formats
import Glibc
import NeuralNetwork

/// A model at one moment: all that sampling and scoring need, and no row of the data.
package struct Snapshot: Sendable {
    /// What is said about the weights beside them.
    package struct Manifest: Sendable, Equatable, Codable {
        package var specification: Specification
        package var encoder: TableEncoder
        package var step: Int
        package var calibration: Calibration
        /// Which rows the discriminator lets pass; `nil` where it has not learned to tell generated ones, and for versions
        /// that are older than the member.
        package var rejection: Rejection?
        /// Which rows a search gives away; `nil` where there is nothing to set right, and for versions that are older than
        /// the member.
        package var joint: JointOdds?
        /// Where the scorer was trained; `nil` while the discriminator itself scores.
        package var box: Box?
    }

    /// The scores of rows, in their order.
    package struct Scores: Sendable {
        /// In [0, 1]: the probability that the row is real.
        package var probabilities: [Float]
        package var logits: [Float]
        /// The rank among real rows that are new to the scorer, in (0, 1]; `nil` where there are none.
        package var percentiles: [Float]?
        /// Of each row that scores 0 because no row of the model can be like it, the first column that makes it so, counted
        /// as the encoder has them; −1 for others.
        package var misfits: [Int32]

        package init() { (probabilities, logits, percentiles, misfits) = ([], [], nil, []) }

        fileprivate init(probabilities: [Float], logits: [Float], percentiles: [Float]?, misfits: [Int32]) {
            (self.probabilities, self.logits, self.percentiles, self.misfits) =
                (probabilities, logits, percentiles, misfits)
        }

        /// Adds the scores of the rows that follow.
        package mutating func append(_ others: Scores) {
            probabilities += others.probabilities
            logits += others.logits
            if let more = others.percentiles { percentiles = (percentiles ?? []) + more }
            misfits += others.misfits
        }
    }

    package let manifest: Manifest
    /// The served weights of the generator; empty where the family has no networks.
    package let generator: [Float]
    package let discriminator: [Float]
    /// The weights of the network that scores; empty while the discriminator does.
    package let scorer: [Float]
    /// The logits that real rows have which are new to the scorer, ascending (`RealLogits`).
    package let realLogits: [Float]
    /// The weights of the manifest's joint odds; empty where it has none.
    package let jointWeights: [Float]
    let networks: Networks?

    /// How many rows go through a network together. Those that are not kept apart go in whole blocks, always of one size,
    /// of which what is not wanted is thrown away: a row must not depend on how many stand beside it.
    private static func blockRows(for network: Network, rows: Int, keptApart: Bool) -> Int {
        guard keptApart else { return GeneratedRows.blockRows }
        // As large as the second cache holds the activations of.
        return max(1, min(rows, network.operationsPerRow <= 16_384 ? 384 : 192))
    }

    /// The logit, but for its sign, of a row that cannot be real.
    private static let farthest: Float = 1e9

    package init(
        manifest: Manifest, generator: [Float], discriminator: [Float], scorer: [Float], realLogits: [Float],
        jointWeights: [Float] = []
    ) {
        self.manifest = manifest
        self.generator = generator
        self.discriminator = discriminator
        self.scorer = scorer
        self.realLogits = realLogits
        self.jointWeights = jointWeights
        networks = manifest.specification.networks(for: manifest.encoder)
    }

    /// The weights by name, shape and values, as they are kept.
    package var tensors: [(name: String, shape: [Int], values: [Float])] {
        var tensors: [(name: String, shape: [Int], values: [Float])] = []
        if let networks {
            for (prefix, network, weights) in [
                ("generator", networks.generator, generator), ("discriminator", networks.discriminator, discriminator),
                ("scorer", networks.scorer, scorer),
            ] where !weights.isEmpty {
                for parameter in network.parameters {
                    tensors.append(("\(prefix).\(parameter.name)", parameter.shape, Array(weights[parameter.range])))
                }
            }
        }
        if !realLogits.isEmpty { tensors.append(("held_out_logits", [realLogits.count], realLogits)) }
        if !jointWeights.isEmpty { tensors.append(("joint_odds", [jointWeights.count], jointWeights)) }
        return tensors
    }

    /// Puts a snapshot together again; `nil` where a tensor is missing or has another shape.
    package init?(manifest: Manifest, tensors: [String: (shape: [Int], values: [Float])]) {
        func weights(_ prefix: String, _ network: Network) -> [Float]? {
            var weights = [Float](repeating: 0, count: network.weightCount)
            for parameter in network.parameters {
                guard let tensor = tensors["\(prefix).\(parameter.name)"], tensor.shape == parameter.shape else {
                    return nil
                }
                weights.replaceSubrange(parameter.range, with: tensor.values)
            }
            return weights
        }
        var (generator, discriminator, scorer): ([Float], [Float], [Float]) = ([], [], [])
        if let networks = manifest.specification.networks(for: manifest.encoder) {
            guard let first = weights("generator", networks.generator),
                let second = weights("discriminator", networks.discriminator)
            else { return nil }
            (generator, discriminator) = (first, second)
            if manifest.box != nil {
                guard let third = weights("scorer", networks.scorer) else { return nil }
                scorer = third
            }
        }
        let jointWeights = tensors["joint_odds"]?.values ?? []
        guard manifest.joint?.isSound(width: manifest.encoder.width, weightCount: jointWeights.count) ?? true else {
            return nil
        }
        self.init(
            manifest: manifest, generator: generator, discriminator: discriminator, scorer: scorer,
            realLogits: tensors["held_out_logits"]?.values ?? [], jointWeights: jointWeights)
    }

    /// The beginning of a training with these weights of generator and discriminator.
    package var beginning: Checkpoint { Checkpoint(generator: generator, discriminator: discriminator) }

    /// Row i of a sample is a function of the weights, the seed and i alone.
    package func sample(rows: Range<Int>, seed: UInt64) -> Table { sample(rows: rows, seed: seed, refinement: nil) }

    func sample(rows: Range<Int>, seed: UInt64, refinement: Refinement?) -> Table {
        decode(generate(rows, seed: seed, refinement: refinement), row: rows.lowerBound, seed: seed)
    }

    /// Encoded rows, row-major.
    ///
    /// - Parameter refinement: moves the rows, if given.
    func generate(_ rows: Range<Int>, seed: UInt64, refinement: Refinement?) -> [Float] {
        let random = Random(seed: seed, stream: .sampling)
        let width = manifest.encoder.width
        var generated = [Float](repeating: 0, count: rows.count * width)
        if let networks {
            let keepsApart = networks.generator.keepsRowsApart && refinement?.discriminator.keepsRowsApart ?? true
            let blockRows = Self.blockRows(for: networks.generator, rows: rows.count, keptApart: keepsApart)
            let workspace = Workspace(for: networks.generator, rows: blockRows, backward: false)
            let source = GeneratedRows(networks: networks, weights: generator, latent: random)
            let judging = refinement.map { Workspace(for: $0.discriminator, rows: blockRows) }
            let first = keepsApart ? rows.lowerBound : rows.lowerBound / blockRows * blockRows
            for start in stride(from: first, to: rows.upperBound, by: blockRows) {
                let count = keepsApart ? min(blockRows, rows.upperBound - start) : blockRows
                source.generate(count, row: start, in: workspace)
                if let refinement, let judging { refinement.move(workspace.output, count: count, in: judging) }
                let wanted = rows.clamped(to: start..<start + blockRows)
                let made = workspace.output[wanted.lowerBound - start..<wanted.upperBound - start]
                let place = (wanted.lowerBound - rows.lowerBound) * width
                for index in 0..<made.count { generated[place + index] = made[index] }
            }
        } else {
            let options = manifest.specification.options
            let (low, high) = (options.number("low") ?? 0, options.number("high") ?? 1)
            for row in rows {
                generated[row - rows.lowerBound] = low + (high - low) * random.uniform(row: row)
            }
        }
        return generated
    }

    /// The same, made piece by piece: all rows as floats may take far more memory than the table.
    package func sample(
        rows: Range<Int>, seed: UInt64, within allowance: Allowance
    ) throws(Allowance.Interruption) -> Table {
        // Whole blocks, so that each row stands where it would if all were made at once.
        let blocks = manifest.encoder.pieceRows(atMost: rows.count) / GeneratedRows.blockRows
        let step = GeneratedRows.blockRows * max(1, blocks)
        var columns: [Column] = []
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            try allowance.check()
            let piece = sample(rows: row..<min(row + step, rows.upperBound), seed: seed).columns
            for (index, column) in piece.enumerated() {
                if columns.count < piece.count {
                    columns.append(column)
                    columns[index].values.reserveCapacity(rows.count)
                } else {
                    columns[index].append(column)
                }
            }
        }
        return Table(columns: columns, orientation: manifest.encoder.orientation)
    }

    /// The table of generated rows, the first of them row `row`.
    func decode(_ generated: [Float], row: Int, seed: UInt64) -> Table {
        manifest.encoder.decode(generated.span, row: row, random: Random(seed: seed, stream: .decoding))
    }

    /// Floating-point operations that it takes to make a row.
    package var operationsPerRow: Int { networks?.generator.operationsPerRow ?? manifest.encoder.width }

    /// How real each row is.
    ///
    /// - Throws: `schemaMismatch` where the columns are not those that the model knows.
    package func score(_ table: Table) throws(SpecificationError) -> Scores {
        var scores = Scores()
        for rows in scoredPieces(of: table) { scores.append(try score(rows, of: table)) }
        return scores
    }

    /// The rows of a table in pieces that are scored one by one: all of them, encoded, may take more memory than there is.
    package func scoredPieces(of table: Table) -> [Range<Int>] {
        // Whole blocks, so that each row stands among as many as it would if all were scored at once.
        let block = 4 * GeneratedRows.blockRows
        let rows = max(block, min(Self.pieceRows, Self.pieceFloats / max(1, manifest.encoder.width)) / block * block)
        return stride(from: 0, to: table.rowCount, by: rows).map { $0..<min($0 + rows, table.rowCount) }
    }

    private static let (pieceRows, pieceFloats) = (65_536, 1 << 20)

    /// How real some rows of a table are.
    package func score(_ rows: Range<Int>, of table: Table) throws(SpecificationError) -> Scores {
        guard rows.count < table.rowCount else { return try scoreAtOnce(table) }
        do throws(SpecificationError) {
            return try scoreAtOnce(table.rows(Array(rows)).withoutUnusedTexts)
        } catch {
            throw error.moved(byRows: rows.lowerBound)
        }
    }

    private func scoreAtOnce(_ table: Table) throws(SpecificationError) -> Scores {
        let logits: [Float]
        let probabilities: [Float]
        var misfits = [Int32](repeating: -1, count: table.rowCount)
        if networks == nil {
            let center = Double(manifest.specification.options.number("center") ?? 0)
            guard table.columns.count == 1, let column = table.columns.first, column.texts == nil else {
                throw SpecificationError(.schemaMismatch, at: "/data", "the model knows a single column of numbers")
            }
            if let row = column.values.firstIndex(where: \.isNaN) {
                throw SpecificationError(
                    .schemaMismatch, at: "row:\(row + 1)/column:\(column.name)",
                    "the value is missing, and the model has learned none that are")
            }
            let rule = column.values.map { exp(-abs($0 - center)) }
            probabilities = rule.map(Float.init)
            logits = rule.map { Float(max(log($0) - log1p(-$0), -Double(Float.greatestFiniteMagnitude))) }
                .map { min($0, .greatestFiniteMagnitude) }
        } else {
            let encoded = try manifest.encoder.encode(table)
            // What no generated row can have, no real row has either, as far as the model knows.
            let rows = scorer.isEmpty ? encoded.values : try manifest.encoder.scoringRows(encoded.values, of: table)
            logits = zip(self.logits(rows), encoded.misfits).map { $1 < 0 ? $0 : -Self.farthest }
            misfits = encoded.misfits
            probabilities = logits.map(manifest.calibration.probability)
        }
        return Scores(
            probabilities: probabilities, logits: logits,
            percentiles: realLogits.isEmpty ? nil : logits.map(percentile), misfits: misfits)
    }

    /// (1 + the number of real logits that are no larger) / (1 + their number).
    private func percentile(_ logit: Float) -> Float {
        let noLarger = realLogits.partitionIndex { $0 > logit }
        return Float(noLarger + 1) / Float(realLogits.count + 1)
    }

    /// The logits of encoded rows, or where there is a scorer of rows as it sees them.
    func logits(_ encoded: [Float]) -> [Float] {
        guard let networks, !scorer.isEmpty else { return discriminatorLogits(encoded) }
        return logits(encoded, networks.scorer, scorer, in: manifest.box)
    }

    /// The same of rows that take little room.
    func logits(_ rows: CompactRows) -> [Float] { rows.blocks.flatMap(logits) }

    /// The logits that the discriminator has for encoded rows; one that judges several side by side sees each among its
    /// likes.
    func discriminatorLogits(_ encoded: [Float]) -> [Float] {
        guard let networks else { return [] }
        return logits(encoded, networks.discriminator, discriminator, in: nil, copies: networks.packing)
    }

    func discriminatorLogits(_ rows: CompactRows) -> [Float] { rows.blocks.flatMap(discriminatorLogits) }

    private func logits(
        _ rows: [Float], _ network: Network, _ weights: [Float], in box: Box?, copies: Int = 1
    ) -> [Float] {
        let width = network.inputs / copies
        let count = rows.count / width
        let blockRows = Self.blockRows(for: network, rows: count, keptApart: network.keepsRowsApart)
        let workspace = Workspace(for: network, rows: blockRows, backward: false)
        var logits: [Float] = []
        logits.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: blockRows) {
            let part = min(blockRows, count - start)
            workspace.input.write(0..<part) { span in
                for row in 0..<part {
                    for copy in 0..<copies {
                        let place = (row * copies + copy) * width
                        for i in 0..<width { span[place + i] = rows[(start + row) * width + i] }
                    }
                }
                if let box {
                    for row in 0..<part { box.clamp(&span, at: row * width) }
                }
            }
            network.forward(
                Pass(samples: network.keepsRowsApart ? part : blockRows), weights: weights, in: workspace)
            // Of a row with several logits, one a patch, their mean.
            let (judged, outputs) = (workspace.output[0..<part], network.outputs)
            for row in 0..<part {
                var sum: Float = 0
                for index in row * outputs..<(row + 1) * outputs { sum += judged[index] }
                logits.append(sum / Float(outputs))
            }
        }
        return logits
    }
}
