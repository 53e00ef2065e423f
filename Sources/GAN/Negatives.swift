import NeuralNetwork

/// What the scorer learns to tell real rows from: generated rows, rows of earlier generators, and broad noise around the
/// data, so that rows far from everything real score near zero.
///
/// A discriminator that has done its work is flat, for it saw little but good samples last.
struct Negatives: RowSource {
    let networks: Networks
    /// The served generator first, then earlier ones.
    let generators: [[Float]]
    /// Encoded real rows, row-major.
    let real: [Float]
    let box: Box
    let seed: UInt64

    private var width: Int { networks.discriminator.inputs }

    func fill(_ rows: Int, row: Int, matrix: Matrix, at: Int, workspace: Workspace) {
        // Every other batch is the served generator's.
        let turn = row / max(rows, 1)
        let chosen = turn.isMultiple(of: 2) ? 0 : turn / 2 % generators.count
        let rowsOfGenerator = GeneratedRows(
            networks: networks, weights: generators[chosen], latent: Random(seed: seed, stream: .scorerLatent))
        rowsOfGenerator.fill(rows, row: row, matrix: matrix, at: at, workspace: workspace)
        matrix.write(at..<at + rows) { span in
            for index in stride(from: 1, to: rows, by: 2) {
                addNoise(&span, at: index * width, row: row + index)
            }
        }
    }

    /// Overwrites one row with noise of a kind drawn by chance.
    private func addNoise(_ span: inout MutableSpan<Float>, at start: Int, row: Int) {
        let choice = Random(seed: seed, stream: .noiseChoice)
        let noise = Random(seed: seed, stream: .noise)
        let count = real.count / width
        let kind = choice.uniform(row: row, index: 1)
        let wide = width > 1 ? Float(1) / 3 : 0.5
        if kind < wide {
            // Anywhere in the box.
            for column in 0..<width {
                span[start + column] =
                    box.lower[column] + (box.upper[column] - box.lower[column]) * noise.uniform(row: row, index: column)
            }
        } else if kind < 2 * wide {
            // A real row, shaken by half a deviation to eight of them.
            let source = choice.index(row: row, below: count) * width
            let scale = Float(1 << Int(choice.uniform(row: row, index: 2) * 5)) * 0.5
            for column in 0..<width {
                let normal = noise.normals(row: row, block: column / 4)[column % 4]
                span[start + column] = real[source + column] + scale * normal
            }
        } else {
            // Columns of different real rows: right one by one, wrong together.
            for column in 0..<width {
                let source = Int(noise.uniform(row: row, index: column) * Float(count))
                span[start + column] = real[min(source, count - 1) * width + column]
            }
        }
        box.clamp(&span, at: start)
    }
}

/// The part of space that a scorer was trained on: the data's range and as much again on either side. Rows outside are
/// scored as its border is.
package struct Box: Sendable, Equatable, Codable {
    package var lower: [Float]
    package var upper: [Float]

    /// - Parameter rows: encoded, row-major.
    init(around rows: [Float], width: Int) {
        lower = [Float](repeating: .greatestFiniteMagnitude, count: width)
        upper = [Float](repeating: -.greatestFiniteMagnitude, count: width)
        for (index, value) in rows.enumerated() {
            lower[index % width] = min(lower[index % width], value)
            upper[index % width] = max(upper[index % width], value)
        }
        for column in 0..<width {
            let range = upper[column] - lower[column]
            let margin = range > 0 ? range : 1
            lower[column] -= margin
            upper[column] += margin
        }
    }

    /// Moves one row, which begins at `start`, into the box.
    func clamp(_ rows: inout MutableSpan<Float>, at start: Int) {
        for column in 0..<lower.count {
            rows[start + column] = min(max(rows[start + column], lower[column]), upper[column])
        }
    }
}
