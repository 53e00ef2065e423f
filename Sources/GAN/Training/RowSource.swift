import NeuralNetwork

/// Where a shard's rows come from: encoded rows that are a function of their number in a stream alone.
protocol RowSource: Sendable {
    /// Overwrites `rows` rows of `matrix` from row `at` with the source's rows `row`... Several may stand side by side in
    /// one of the matrix: rows are counted as the source has them.
    ///
    /// - Parameter workspace: room for as many rows on their way through the generator.
    func fill(_ rows: Int, row: Int, matrix: Matrix, at: Int, workspace: Workspace)
}

/// Rows of the data, drawn by chance.
struct TrainingRows: RowSource {
    let rows: CompactRows
    let random: Random

    func fill(_ count: Int, row: Int, matrix: Matrix, at: Int, workspace: Workspace) {
        let width = rows.width
        matrix.write(indices: at * width..<(at + count) * width) { span in
            random.forEachIndex(of: row..<row + count, below: rows.count) { place, index in
                rows.write(index, to: &span, at: (place - row) * width)
            }
        }
    }
}

/// Rows that a generator makes of normal draws.
struct GeneratedRows: RowSource {
    /// What becomes of a row's choices.
    enum Choices {
        /// Positive numbers that add up to 1, for gradients to pass.
        case soft
        /// One 1 among zeros, as real rows have.
        case hard
    }

    let networks: Networks
    let weights: [Float]
    let latent: Random
    var choices = Choices.soft

    /// How many rows go through a network together that does not keep them apart.
    static let blockRows = 96

    func fill(_ rows: Int, row: Int, matrix: Matrix, at: Int, workspace: Workspace) {
        generate(rows, row: row, in: workspace)
        finish(rows, of: workspace.output, in: matrix, at: at)
    }

    /// Copies what was generated and makes the choices.
    private func finish(_ rows: Int, of generated: Matrix, in matrix: Matrix, at: Int) {
        copy(generated, rows: rows, to: matrix, at: at)
        guard let output = networks.choices else { return }
        let width = generated.columns
        matrix.write(indices: at * width..<(at + rows) * width) { span in
            switch choices {
            case .soft: output.soften(&span, width: width)
            case .hard: output.harden(&span, width: width)
            }
        }
    }

    /// Rows of the stream, row-major.
    func rows(_ count: Int, from row: Int = 0) -> [Float] { rows(Array(row..<row + count)) }

    /// Any rows of the stream, row-major, each of them what it is among any others.
    func rows(_ numbers: [Int]) -> [Float] {
        let width = networks.generator.outputs
        let workspace = Workspace(for: networks.generator, rows: Self.blockRows, backward: false)
        let made = Matrix(rows: numbers.count, columns: width)
        for start in stride(from: 0, to: numbers.count, by: Self.blockRows) {
            let part = numbers[start..<min(start + Self.blockRows, numbers.count)]
            workspace.input.write(0..<part.count) { span in
                for (place, row) in part.enumerated() {
                    var values = span._mutatingExtracting(place * networks.latent..<(place + 1) * networks.latent)
                    latent.fillNormal(&values, row: row, width: networks.latent)
                }
            }
            let count = networks.generator.keepsRowsApart ? part.count : Self.blockRows
            networks.generator.forward(Pass(samples: count), weights: weights, in: workspace)
            if let output = networks.choices {
                for (place, row) in part.enumerated() {
                    workspace.output.write(place..<place + 1) { perturb(&$0, row: row, output) }
                }
            }
            finish(part.count, of: workspace.output, in: made, at: start)
        }
        return made.values
    }

    /// Leaves the rows in the first rows of the workspace's output; of each choice the largest is the one made.
    func generate(_ rows: Int, row: Int, in workspace: Workspace) {
        workspace.input.write(0..<rows) { latent.fillNormal(&$0, row: row, width: networks.latent) }
        networks.generator.forward(Pass(samples: rows), weights: weights, in: workspace)
        if let choices = networks.choices { workspace.output.write(0..<rows) { perturb(&$0, row: row, choices) } }
    }

    /// Adds the noise of the choices to rows `row`...
    private func perturb(_ rows: inout MutableSpan<Float>, row: Int, _ choices: GumbelSoftmax) {
        // Every stream of latent numbers has its own noise.
        let noise = Random(seed: latent.seed &+ UInt64(latent.stream.number) << 56, stream: .choice)
        choices.perturb(&rows, width: networks.generator.outputs, row: row, random: noise)
    }
}

/// Overwrites rows of `target` from row `at` with the first rows of `source`, both counted as the source has them.
func copy(_ source: Matrix, rows: Int, to target: Matrix, at: Int) {
    let read = source[0..<rows]
    target.write(indices: at * source.columns..<(at + rows) * source.columns) { span in
        for i in 0..<read.count { span[i] = read[i] }
    }
}
