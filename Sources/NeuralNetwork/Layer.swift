/// The rows of one pass through a network.
///
/// A batch is `samples` rows of samples, optionally followed by the same number of *tangent rows*: row `samples + i`
/// carries the directional derivative of row `i` along some direction. `rows` lies on one side of that border or covers
/// both.
package struct Pass: Sendable {
    /// The extras of a training pass: dropout, and layers that mix rows.
    package struct Training: Sendable {
        /// The source of dropout's draws.
        package var random: Random
        /// The stream's row for the first sample row; the next sample rows have the next ones.
        package var row: Int

        package init(random: Random, row: Int) {
            self.random = random
            self.row = row
        }
    }

    package var rows: Range<Int>
    package var samples: Int
    /// `nil` for a pass in which rows are independent.
    package var training: Training?

    package init(rows: Range<Int>, samples: Int, training: Training? = nil) {
        precondition(rows.upperBound <= 2 * samples, "a tangent row needs its sample row")
        self.rows = rows
        self.samples = samples
        self.training = training
    }

    package init(samples: Int, training: Training? = nil) {
        self.init(rows: 0..<samples, samples: samples, training: training)
    }

    package var sampleRows: Range<Int> { rows.clamped(to: 0..<samples) }
    package var tangentRows: Range<Int> { rows.clamped(to: samples..<max(samples, rows.upperBound)) }
    /// The sample rows that the tangent rows belong to.
    package var samplesOfTangents: Range<Int> {
        tangentRows.lowerBound - samples..<tangentRows.upperBound - samples
    }
}

/// A named part of a network's weights.
package struct Parameter: Sendable, Equatable {
    package var name: String
    package var shape: [Int]
    package var range: Range<Int>
    /// The number of inputs that each output is a weighted sum of: kernel height × width × channels of a convolution.
    package var fanIn: Int
    package var initialization: Initialization
}

/// One step of a network: a map of rows to rows, and its backward pass.
///
/// Gradient penalties need no second kind of pass: tangents go forward as extra rows, and in the backward pass the
/// tangent rows carry the adjoints of the tangents (Etmann 2019, arXiv:1909.09017).
package protocol Layer: Sendable {
    var inputs: Int { get }
    var outputs: Int { get }
    /// The layer's parts of its network's flat weights; empty for layers without weights.
    var parameters: [Parameter] { get }

    /// The floating-point operations of one forward pass over a row.
    var operations: Int { get }

    /// Whether the layer is piecewise linear and its rows are independent, as `addFusedGradient` needs.
    var isPiecewiseLinear: Bool { get }

    /// Whether a row, outside training, is the same to the last bit whatever the other rows are.
    var keepsRowsApart: Bool { get }

    /// A bound of the outputs' absolute values, outside training, where `input` bounds those of the inputs.
    func bound(weights: [Float], input: Double) -> Double

    /// Overwrites the pass's rows of `output` (outputs wide) from the same rows of `input` (inputs wide); tangent rows
    /// read the sample rows of `input` and `output` too, which must hold the forward pass of the samples.
    func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix)

    /// Overwrites the pass's rows of `inputGradient`, if given, and adds to `weightGradient`, if given. May overwrite
    /// the output gradients with those before the layer's activation: another call needs new ones.
    func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?)

    /// After `backward`: adds the weight gradient of loss and penalty in one product, dW = Σ β·(c·x + ẋ)ᵀ (Etmann 2019,
    /// arXiv:1909.09017), where c are the samples' `factors` and β their rows of `outputGradient`. Overwrites the tangent
    /// rows of `input`.
    func addFusedGradient(
        samples: Int, factors: Span<Float>, input: Matrix, outputGradient: Matrix, weightGradient: Matrix)
}

extension Layer {
    package var keepsRowsApart: Bool { true }

    /// A multiplication and an addition for each weight: true of every layer that uses each weight once a row.
    package var operations: Int { 2 * parameters.reduce(0) { $0 + $1.range.count } }

    package func addFusedGradient(
        samples: Int, factors: Span<Float>, input: Matrix, outputGradient: Matrix, weightGradient: Matrix
    ) {}
}
