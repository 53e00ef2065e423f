import Formats
import NeuralNetwork

/// How one column becomes a few floats of a row, and back.
enum ColumnEncoder: Sendable, Equatable, Codable {
    case number(NumberEncoder)
    /// Numbers that stand for the texts of a format, in its units.
    case time(NumberEncoder, TimeFormat)
    case category(CategoryEncoder)
    /// Made anew for each row, and never learned.
    case identifier(IdentifierPattern)
    /// Made anew for each row: whole numbers from this one on.
    case sequence(start: Double)
    /// A function of a category in another column: the values of its vocabulary's words, in their order; NaN is missing.
    case derived(from: Int, values: [Double], texts: [String]?, decimals: Int?)

    /// The floats of a row, and which of them are a choice of one among several.
    var width: Int {
        switch self {
        case .number(let encoder), .time(let encoder, _): 1 + encoder.places
        case .category(let encoder): encoder.places
        case .identifier, .sequence, .derived: 0
        }
    }

    /// The part of the floats that is a choice, of which exactly one is 1; empty where there is none.
    var choice: Range<Int> {
        switch self {
        case .number(let encoder), .time(let encoder, _): 1..<1 + encoder.places
        case .category(let encoder): 0..<encoder.places
        case .identifier, .sequence, .derived: 0..<0
        }
    }

    /// Where the columns of a table are written as rows of floats, and what did not fit.
    struct Rows {
        let width: Int
        var values: [Float]
        /// Which rows have a value that the encoder does not know.
        var misfits: [Bool]

        init(count: Int, width: Int) {
            self.width = width
            values = [Float](repeating: 0, count: count * width)
            misfits = [Bool](repeating: false, count: count)
        }
    }

    /// Writes a column into its floats of each row.
    ///
    /// - Parameters:
    ///   - random: draws the points of values that stand for intervals, and words for those that are not kept; `nil`
    ///     takes the middle, and takes rows with unknown words for misfits.
    ///   - lane: which of a row's random numbers is this column's.
    /// - Returns: the row of a value that cannot be encoded, if there is one.
    func encode(_ column: Column, into rows: inout Rows, at offset: Int, random: Random?, lane: Int) -> Int? {
        let chance = { (row: Int) in random.map { $0.uniform(row: row, index: lane) } }
        switch self {
        case .number(let encoder): return encode(column.values, encoder, &rows, offset, chance)
        case .time(let encoder, let format):
            let numbers = (column.texts ?? []).map { text in format.number(text).map { $0 / format.unit } }
            for (row, value) in column.values.enumerated() where !value.isNaN && numbers[Int(value)] == nil {
                return row
            }
            return encode(
                column.values.map { $0.isNaN ? $0 : numbers[Int($0)] ?? .nan }, encoder, &rows, offset, chance)
        case .category(let encoder):
            let places = encoder.places(of: column)
            for (row, value) in column.values.enumerated() {
                var place = value.isNaN ? encoder.missingPlace : places[Int(value)]
                if place == nil, let chance = chance(row) { place = encoder.place(chance: chance) }
                if let place { rows.values[row * rows.width + offset + place] = 1 } else { rows.misfits[row] = true }
            }
            return nil
        case .identifier, .sequence, .derived: return nil
        }
    }

    private func encode(
        _ values: [Double], _ encoder: NumberEncoder, _ rows: inout Rows, _ offset: Int, _ chance: (Int) -> Float?
    ) -> Int? {
        for (row, value) in values.enumerated() {
            guard !value.isNaN || encoder.hasMissing else { return row }
            let code = encoder.encode(value, point: Double(chance(row) ?? 0.5))
            let start = row * rows.width + offset
            rows.values[start] = code.number
            if encoder.places > 0 { rows.values[start + 1 + code.place] = 1 }
        }
        return nil
    }

    /// The column of generated rows, but for what is derived from another one.
    ///
    /// - Parameters:
    ///   - values: rows of floats, `width` wide each.
    ///   - row: the number of the first row.
    func decode(
        _ values: Span<Float>, width: Int, at offset: Int, name: String, row first: Int, random: Random, lane: Int
    ) -> Column {
        let count = values.count / max(width, 1)
        switch self {
        case .number(let encoder):
            return Column(
                name: name, values: decode(values, width: width, at: offset, encoder), decimals: encoder.decimals)
        case .time(let encoder, let format):
            let numbers = decode(values, width: width, at: offset, encoder)
            var places = [Double](repeating: .nan, count: count)
            var texts: [String] = []
            for (row, number) in numbers.enumerated() where !number.isNaN {
                places[row] = Double(texts.count)
                texts.append(format.text(number * format.unit))
            }
            return Column(name: name, values: places, texts: texts)
        case .category(let encoder):
            var words = [Double](repeating: .nan, count: count)
            for row in 0..<count {
                let place = Self.largest(values, from: row * width + offset, count: encoder.places)
                if let word = encoder.word(at: place, chance: random.uniform(row: first + row, index: lane)) {
                    words[row] = Double(encoder.isBoolean ? encoder.booleanValue(of: word) : word)
                }
            }
            return Column(
                name: name, values: words, texts: encoder.isBoolean ? Column.booleanTexts : encoder.vocabulary,
                isBoolean: encoder.isBoolean)
        case .identifier(let pattern):
            return Column(
                name: name, values: (0..<count).map(Double.init),
                texts: (0..<count).map { pattern.text(row: first + $0, seed: random.seed) })
        case .sequence(let start):
            return Column(name: name, values: (0..<count).map { start + Double(first + $0) }, decimals: 0)
        case .derived: return Column(name: name, values: [Double](repeating: .nan, count: count))
        }
    }

    private func decode(_ values: Span<Float>, width: Int, at offset: Int, _ encoder: NumberEncoder) -> [Double] {
        (0..<values.count / width).map { row in
            let start = row * width + offset
            let place = encoder.places == 0 ? 0 : Self.largest(values, from: start + 1, count: encoder.places)
            return encoder.decode(NumberEncoder.Code(number: values[start], place: place))
        }
    }

    private static func largest(_ values: Span<Float>, from start: Int, count: Int) -> Int {
        var best = 0
        for place in 0..<count where values[start + place] > values[start + best] { best = place }
        return best
    }
}
