import Formats
import NeuralNetwork

/// How one column becomes a few floats of a row, and back.
enum ColumnEncoder: Sendable, Equatable, Codable {
    case number(NumberEncoder)
    /// Numbers that stand for the texts of a format, in its units.
    case time(NumberEncoder, TimeFormat)
    case category(CategoryEncoder)
    /// Numbers, or times of a format in its units, that are never below those of other columns.
    case difference(DifferenceEncoder, TimeFormat?)
    /// Texts that stand together with those of other columns only as they do in the data: a category of the combinations.
    case combination(CategoryEncoder, CombinationEncoder)
    /// Made anew for each row, and never learned; `missing` is the share of rows without one.
    case identifier(IdentifierPattern, missing: Double?)
    /// Made anew for each row: whole numbers from this one on.
    case sequence(start: Double, missing: Double?)
    /// A function of a category in another column, or of a combination: the values of its vocabulary's words, in their
    /// order; NaN is missing.
    case derived(from: Int, values: [Double], texts: [ByteText]?, decimals: Int?)

    /// The floats of a row, and which of them are a choice of one among several.
    var width: Int {
        switch self {
        case .number(let encoder), .time(let encoder, _): 1 + encoder.places
        case .difference(let encoder, _): 1 + encoder.places
        case .category(let encoder), .combination(let encoder, _): encoder.places
        case .identifier, .sequence, .derived: 0
        }
    }

    /// The part of the floats that is a choice, of which exactly one is 1; empty where there is none.
    var choice: Range<Int> {
        switch self {
        case .number(let encoder), .time(let encoder, _): 1..<1 + encoder.places
        case .difference(let encoder, _): 1..<1 + encoder.places
        case .category(let encoder), .combination(let encoder, _): 0..<encoder.places
        case .identifier, .sequence, .derived: 0..<0
        }
    }

    /// Where the columns of a table are written as rows of floats, and what did not fit.
    struct Rows {
        let width: Int
        /// The first row's place in the streams of random numbers.
        let first: Int
        var values: [Float]
        /// Of each row the first column whose value no generated row can have, or −1.
        private(set) var misfits: [Int32]

        init(count: Int, width: Int, first: Int = 0) {
            self.width = width
            self.first = first
            values = [Float](repeating: 0, count: count * width)
            misfits = [Int32](repeating: -1, count: count)
        }

        mutating func markMisfit(_ row: Int, column: Int) { if misfits[row] < 0 { misfits[row] = Int32(column) } }
    }

    /// Writes a column into its floats of each row; of a combination the column of its combinations.
    ///
    /// - Parameters:
    ///   - floors: the least that each value may be, of a column that is never below others.
    ///   - random: draws the points of values that stand for intervals, and words for those that are not kept; `nil`
    ///     takes the middle, and takes rows with unknown words for misfits.
    ///   - lane: which of the columns this is, and of a row's random numbers its own.
    /// - Returns: the row of a value that cannot be encoded, if there is one.
    func encode(
        _ column: Column, floors: [Double], into rows: inout Rows, at offset: Int, random: Random?, lane: Int
    ) -> Int? {
        let chance = { [first = rows.first] (row: Int) in random.map { $0.uniform(row: first + row, index: lane) } }
        switch self {
        case .number(let encoder), .time(let encoder, _):
            let numbers = numbers(of: column)
            return write(column, encoder.hasMissing, encoder.places, into: &rows, at: offset) { row in
                numbers[row].isNaN && !column.values[row].isNaN
                    ? nil : encoder.encode(numbers[row], point: Double(chance(row) ?? 0.5))
            }
        case .difference(let encoder, _):
            let numbers = numbers(of: column)
            for row in numbers.indices where numbers[row] < floors[row] { rows.markMisfit(row, column: lane) }
            return write(column, encoder.own.hasMissing, encoder.places, into: &rows, at: offset) { row in
                numbers[row].isNaN && !column.values[row].isNaN
                    ? nil : encoder.encode(numbers[row], floor: floors[row], point: Double(chance(row) ?? 0.5))
            }
        case .category(let encoder), .combination(let encoder, _):
            let (places, sums) = (encoder.places(of: column), encoder.sums)
            for (row, value) in column.values.enumerated() {
                var place = value.isNaN ? encoder.missingPlace : places[Int(value)]
                if place == nil, let chance = chance(row) { place = encoder.place(sums: sums, chance: chance) }
                if let place {
                    rows.values[row * rows.width + offset + place] = 1
                } else {
                    rows.markMisfit(row, column: lane)
                }
            }
        case .identifier, .sequence, .derived: break
        }
        return nil
    }

    /// Writes the codes of a column of numbers; `nil` is one of a value that is none.
    private func write(
        _ column: Column, _ hasMissing: Bool, _ places: Int, into rows: inout Rows, at offset: Int,
        _ code: (_ row: Int) -> NumberEncoder.Code?
    ) -> Int? {
        for (row, value) in column.values.enumerated() {
            guard !value.isNaN || hasMissing, let code = code(row) else { return row }
            let start = row * rows.width + offset
            rows.values[start] = code.number
            if places > 0 { rows.values[start + 1 + code.place] = 1 }
        }
        return nil
    }

    /// The format of a column of times.
    var format: TimeFormat? {
        switch self {
        case .time(_, let format): format
        case .difference(_, let format): format
        case .number, .category, .combination, .identifier, .sequence, .derived: nil
        }
    }

    /// The numbers of a column, those of times in the units of their format; NaN is missing or none of that format.
    func numbers(of column: Column) -> [Double] {
        guard let format else { return column.values }
        let numbers = column.seconds(format)
        return numbers.map { $0 / format.unit }
    }

    /// The column of generated rows, but for what is derived from another one; of a combination the column of its
    /// combinations.
    ///
    /// - Parameters:
    ///   - values: rows of floats, `width` wide each.
    ///   - floors: the least that each value may be, of a column that is never below others.
    ///   - row: the number of the first row.
    func decode(
        _ values: Span<Float>, width: Int, at offset: Int, name: ByteText, floors: [Double] = [], row first: Int,
        random: Random, lane: Int
    ) -> Column {
        let count = values.count / max(width, 1)
        let isGap = { (row: Int, share: Double?) in
            share.map { Double(random.uniform(row: first + row, index: lane)) < $0 } ?? false
        }
        switch self {
        case .number(let encoder), .time(let encoder, _):
            let numbers = (0..<count).map { row in
                encoder.decode(Self.code(values, at: row * width + offset, places: encoder.places))
            }
            return column(name, numbers, decimals: encoder.decimals)
        case .difference(let encoder, _):
            let numbers = floors.enumerated().map { row, floor in
                encoder.decode(Self.code(values, at: row * width + offset, places: encoder.places), floor: floor)
            }
            return column(name, numbers, decimals: encoder.own.decimals)
        case .category(let encoder), .combination(let encoder, _):
            let sums = encoder.otherSums
            var words = [Double](repeating: .nan, count: count)
            for row in 0..<count {
                let place = Self.largest(values, from: row * width + offset, count: encoder.places)
                if let word = encoder.word(at: place, sums: sums, chance: random.uniform(row: first + row, index: lane))
                {
                    words[row] = Double(encoder.isBoolean ? encoder.booleanValue(of: word) : word)
                }
            }
            return Column(
                name: name, values: words, texts: encoder.isBoolean ? Column.booleanTexts : encoder.vocabulary,
                isBoolean: encoder.isBoolean)
        case .identifier(let pattern, let missing):
            return Column(
                name: name, values: (0..<count).map { isGap($0, missing) ? .nan : Double($0) },
                texts: (0..<count).map { ByteText(pattern.text(row: first + $0, seed: random.seed)) })
        case .sequence(let start, let missing):
            return Column(
                name: name, values: (0..<count).map { isGap($0, missing) ? .nan : start + Double(first + $0) },
                decimals: 0)
        case .derived: return Column(name: name, values: [Double](repeating: .nan, count: count))
        }
    }

    /// The column of numbers, or of the texts of times in the units of their format.
    private func column(_ name: ByteText, _ numbers: [Double], decimals: Int?) -> Column {
        guard let format else { return Column(name: name, values: numbers, decimals: decimals) }
        var places = [Double](repeating: .nan, count: numbers.count)
        var texts: [ByteText] = []
        for (row, number) in numbers.enumerated() where !number.isNaN {
            places[row] = Double(texts.count)
            texts.append(ByteText(format.text(number * format.unit)))
        }
        return Column(name: name, values: places, texts: texts)
    }

    private static func code(_ values: Span<Float>, at start: Int, places: Int) -> NumberEncoder.Code {
        NumberEncoder.Code(
            number: values[start], place: places == 0 ? 0 : largest(values, from: start + 1, count: places))
    }

    private static func largest(_ values: Span<Float>, from start: Int, count: Int) -> Int {
        var best = 0
        for place in 0..<count where values[start + place] > values[start + best] { best = place }
        return best
    }
}
