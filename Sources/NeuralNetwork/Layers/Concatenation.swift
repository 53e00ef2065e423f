/// Appends the channels of an earlier activation to its input's, position by position (U-Net: Ronneberger et al. 2015,
/// arXiv:1505.04597): a row of `positions` × `own` floats becomes one of `positions` × (`own` + `other`).
///
/// The layer fills its own places; a shortcut of the network fills the others (`Network.Join.concatenation`).
package struct Concatenation: Layer {
    private let positions: Int
    /// Channels.
    private let (own, other): (Int, Int)

    /// - Parameter positions: height × width of an image, 1 for a plain row.
    package init(own: Int, other: Int, positions: Int = 1) {
        (self.own, self.other, self.positions) = (own, other, positions)
    }

    package var inputs: Int { positions * own }
    package var outputs: Int { positions * (own + other) }
    package var parameters: [Parameter] { [] }
    package var isPiecewiseLinear: Bool { true }
    /// The shortcut's floats of a row.
    var otherWidth: Int { positions * other }

    package func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix) {
        scatter(pass.rows, of: input, channels: own, to: output, at: 0)
    }

    package func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?
    ) {
        guard let inputGradient else { return }
        gather(pass.rows, of: outputGradient, at: 0, channels: own, to: inputGradient) { $1 }
    }

    package func bound(weights: [Float], input: Double) -> Double { input }

    /// Overwrites the other channels of `output`'s rows with those of `source`.
    func join(_ rows: Range<Int>, of source: Matrix, to output: Matrix) {
        scatter(rows, of: source, channels: other, to: output, at: own)
    }

    /// Adds the gradients of the other channels to those of their source.
    func addOther(_ rows: Range<Int>, of outputGradient: Matrix, to gradient: Matrix) {
        gather(rows, of: outputGradient, at: own, channels: other, to: gradient, +)
    }

    private func scatter(_ rows: Range<Int>, of source: Matrix, channels: Int, to target: Matrix, at first: Int) {
        let (read, count, stride) = (source[rows], rows.count * positions, own + other)
        target.write(rows) { span in
            for position in 0..<count {
                for channel in 0..<channels {
                    span[position * stride + first + channel] = read[position * channels + channel]
                }
            }
        }
    }

    private func gather(
        _ rows: Range<Int>, of source: Matrix, at first: Int, channels: Int, to target: Matrix,
        _ combine: (_ old: Float, _ new: Float) -> Float
    ) {
        let (read, count, stride) = (source[rows], rows.count * positions, own + other)
        target.write(rows) { span in
            for position in 0..<count {
                for channel in 0..<channels {
                    let place = position * channels + channel
                    span[place] = combine(span[place], read[position * stride + first + channel])
                }
            }
        }
    }
}
