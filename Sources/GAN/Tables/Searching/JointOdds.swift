import NeuralNetwork

/// How much more often real rows have the values that a row has together than generated ones: the logarithm of the ratio of
/// their densities, as a sum over pairs of a row's parts and some triples (a log-linear model, fitted by telling one from the
/// other; Sugiyama, Suzuki & Kanamori 2012, "Density ratio estimation in machine learning", §4).
///
/// A generator that has learned how columns hang together is still off by some rows in a thousand here and there. What is
/// looked for by a condition may be no more than some rows in a thousand.
package struct JointOdds: Sendable, Equatable, Codable {
    /// What of an encoded row there is to tell apart.
    enum Part: Sendable, Equatable, Codable {
        case choice(Range<Int>)
        /// The place that says that the row has the number, where there are others; and the upper edges of bins.
        case number(index: Int, place: Int?, edges: [Float])

        /// One more than there are values: none of them.
        var binCount: Int {
            switch self {
            case .choice(let places): places.count + 1
            case .number(_, _, let edges): edges.count + 2
            }
        }

        /// The bin of the row that begins at `start`.
        func bin(_ rows: Span<Float>, at start: Int) -> UInt16 {
            switch self {
            case .choice(let places):
                return UInt16((places.first { rows[start + $0] == 1 } ?? places.upperBound) - places.lowerBound)
            case .number(let index, let place, let edges):
                guard place.map({ rows[start + $0] == 1 }) ?? true else { return UInt16(edges.count + 1) }
                return UInt16(edges.partitionIndex { $0 > rows[start + index] })
            }
        }

        /// Whether it is one of rows so wide, whoever made it.
        func isSound(width: Int) -> Bool {
            switch self {
            case .choice(let places): places.lowerBound >= 0 && places.upperBound <= width
            case .number(let index, let place, let edges):
                0..<width ~= index && 0..<width ~= place ?? 0 && edges.allSatisfy(\.isFinite)
                    && zip(edges, edges.dropFirst()).allSatisfy(<)
            }
        }
    }

    let parts: [Part]
    /// Which of the generated rows a search gives away.
    let rejection: Rejection

    private static let (maximumParts, maximumBins, maximumWeights) = (40, 1 << 15, 1 << 19)
    /// Of equal frequency, by as many rows.
    private static let (numberBins, binnedRows) = (8, 32_768)

    /// The parts of an encoder's rows; `nil` where there are too few to have pairs, or too many.
    ///
    /// - Parameter real: encoded rows of the data.
    static func parts(of encoder: TableEncoder, real: CompactRows) -> [Part]? {
        guard 2...maximumParts ~= encoder.choices.count + encoder.numbers.count else { return nil }
        let rows = evenSteps(min(binnedRows, real.count), through: real.count)
        let numbers = encoder.numbers.map { index, place in
            let having = rows.filter { row in place.map { real.value(row, $0) == 1 } ?? true }
            let values = having.map { real.value($0, index) }.sorted()
            var edges: [Float] = []
            for bin in 1..<numberBins where !values.isEmpty {
                let edge = values[bin * values.count / numberBins]
                if edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
            }
            return Part.number(index: index, place: place, edges: edges)
        }
        let parts = encoder.choices.map(Part.choice) + numbers
        return cells(of: parts) == nil ? nil : parts
    }

    /// How many parts and cells there are at the most for rows of an encoder; `nil` where there would be too many.
    static func size(of encoder: TableEncoder) -> (parts: Int, cells: Int)? {
        let edges = [Float](repeating: 0, count: numberBins - 1)
        let numbers = encoder.numbers.map { Part.number(index: $0.index, place: $0.place, edges: edges) }
        let parts = encoder.choices.map(Part.choice) + numbers
        return cells(of: parts).map { (parts.count, $0.count) }
    }

    /// The cells of parts; `nil` where they are too many.
    private static func cells(of parts: [Part]) -> JointCells? {
        guard parts.count <= maximumParts, parts.allSatisfy({ $0.binCount <= maximumBins }) else { return nil }
        let cells = JointCells(parts)
        return cells.count <= maximumWeights ? cells : nil
    }

    /// Whether it can be asked about rows of that width with as many weights, whoever made it.
    func isSound(width: Int, weightCount: Int) -> Bool {
        parts.allSatisfy { $0.isSound(width: width) } && rejection.isSound
            && Self.cells(of: parts)?.count == weightCount - 1
    }
}
