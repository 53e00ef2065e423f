import NeuralNetwork

/// What the scorer learns to tell real rows from: generated rows, rows of earlier generators, and broad noise around the
/// data, so that rows far from everything real score near zero.
///
/// A discriminator that has done its work is flat, for it saw little but good samples last.
struct Negatives: RowSource {
    let networks: Networks
    /// The served generator first, then earlier ones.
    let generators: [[Float]]
    let encoder: TableEncoder
    /// Real rows as the scorer sees them.
    let real: CompactRows
    /// The floats of each column that has any.
    let columns: [Range<Int>]
    let box: Box
    let seed: UInt64
    private let isChoice: [Bool]

    init(
        networks: Networks, generators: [[Float]], encoder: TableEncoder, real: CompactRows, box: Box, seed: UInt64
    ) {
        self.networks = networks
        self.generators = generators
        self.encoder = encoder
        self.real = real
        columns = encoder.ranges
        self.box = box
        self.seed = seed
        var isChoice = [Bool](repeating: false, count: networks.scorer.inputs)
        for choice in networks.choices?.choices ?? [] {
            for index in choice { isChoice[index] = true }
        }
        self.isChoice = isChoice
    }

    private var width: Int { networks.scorer.inputs }

    func fill(_ rows: Int, row: Int, matrix: Matrix, at: Int, workspace: Workspace) {
        fill(rows, row: row, by: generator(ofBatch: row / max(rows, 1)), matrix: matrix, at: at, workspace: workspace)
    }

    /// Every other batch is the served generator's.
    func generator(ofBatch turn: Int) -> Int { turn.isMultiple(of: 2) ? 0 : turn / 2 % generators.count }

    /// - Parameter chosen: the generator.
    func fill(_ rows: Int, row: Int, by chosen: Int, matrix: Matrix, at: Int, workspace: Workspace) {
        let rowsOfGenerator = GeneratedRows(
            networks: networks, weights: generators[chosen], latent: Random(seed: seed, stream: .scorerLatent),
            choices: .hard)
        rowsOfGenerator.fill(rows, row: row, matrix: matrix, at: at, workspace: workspace)
        matrix.write(at..<at + rows) { span in
            keepingSubnormals { encoder.convertToScoring(&span) }
            for index in 0..<rows where !(row + index).isMultiple(of: 2) {
                addNoise(&span, at: index * width, row: row + index)
            }
        }
    }

    /// Overwrites one row with noise of a kind drawn by chance.
    private func addNoise(_ span: inout MutableSpan<Float>, at start: Int, row: Int) {
        let choice = Random(seed: seed, stream: .noiseChoice)
        let noise = Random(seed: seed, stream: .noise)
        let kind = choice.uniform(row: row, index: 1)
        // The last three kinds are for several columns.
        let share = Float(1) / (columns.count > 1 ? 5 : 2)
        if kind < share {
            fillAnywhere(&span, at: start, row: row, noise)
        } else if kind < 2 * share {
            // A real row, shaken by half a deviation to eight of them.
            real.write(choice.index(row: row, below: real.count), to: &span, at: start)
            let scale = Float(1 << Int(choice.uniform(row: row, index: 2) * 5)) * 0.5
            var normals = SIMD4<Float>.zero
            var block = -1
            for index in 0..<width where !isChoice[index] {
                if index / 4 != block {
                    block = index / 4
                    normals = noise.normals(row: row, block: block)
                }
                span[start + index] += scale * normals[index % 4]
            }
        } else if kind < 3 * share {
            // A real row, moved away from the middle of the box by a factor up to three: in many columns the rows that
            // are a little farther out than real ones fill nearly all of space.
            real.write(choice.index(row: row, below: real.count), to: &span, at: start)
            let factor = 1.1 + 2 * choice.uniform(row: row, index: 2) * choice.uniform(row: row, index: 3)
            for index in 0..<width where !isChoice[index] {
                let middle = 0.5 * (box.lower[index] + box.upper[index])
                span[start + index] = middle + factor * (span[start + index] - middle)
            }
        } else {
            // Real rows with a column, or all columns, of others: right one by one, wrong together.
            let source = choice.index(row: row, below: real.count)
            let changed = kind < 4 * share ? Int(choice.uniform(row: row, index: 2) * Float(columns.count)) : nil
            for (index, column) in columns.enumerated() {
                let isOther = changed.map { $0 == index } ?? true
                let other = min(real.count - 1, Int(noise.uniform(row: row, index: index) * Float(real.count)))
                let from = isOther ? other : source
                for place in column { span[start + place] = real.value(from, place) }
            }
        }
        box.clamp(&span, at: start)
    }

    /// Any number in the box, and any of each choice.
    private func fillAnywhere(_ span: inout MutableSpan<Float>, at start: Int, row: Int, _ noise: Random) {
        var values = span._mutatingExtracting(start..<start + width)
        noise.fillUniform(&values, row: row, width: width)
        for index in 0..<width {
            values[index] = box.lower[index] + (box.upper[index] - box.lower[index]) * values[index]
        }
        networks.choices?.harden(row: &span, at: start)
    }
}
