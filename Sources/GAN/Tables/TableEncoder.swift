package import Formats
package import NeuralNetwork

/// How the rows of a table become the floats that networks work on, and back.
package struct TableEncoder: Sendable, Equatable, Codable {
    /// A column, and where its floats stand in a row.
    package struct Column: Sendable, Equatable, Codable {
        package let name: ByteText
        let encoder: ColumnEncoder
        let offset: Int
    }

    /// Encoded rows.
    package struct Encoded: Sendable {
        /// Row-major, as wide as the encoder.
        package var values: [Float]
        /// Of each row the first column whose value no generated row can have, or −1.
        package var misfits: [Int32]
    }

    package let columns: [Column]
    package let orientation: Table.Orientation
    /// The floats of a row.
    package let width: Int

    /// Rows are not wider than this: what is learned could be no model that somebody brings.
    static let maximumWidth = 1 << 20

    init(columns: [(name: ByteText, encoder: ColumnEncoder)], orientation: Table.Orientation) {
        var offset = 0
        self.columns = columns.map { name, encoder in
            defer { offset += encoder.width }
            return Column(name: name, encoder: encoder, offset: offset)
        }
        self.orientation = orientation
        width = offset
    }

    /// Values as they are, for a table of numbers.
    init(passing table: Table) {
        self.init(
            columns: table.columns.map { ($0.name, .number(.passing)) }, orientation: table.orientation)
    }

    /// A table of numbers as one float a column.
    init(dense table: Table, within allowance: Allowance) throws(SpecificationError) {
        let isAlone = try Independence(table, within: allowance).isAlone
        var columns: [(name: ByteText, encoder: ColumnEncoder)] = []
        for (column, isAlone) in zip(table.columns, isAlone) {
            try allowance.checkPreparing()
            columns.append((column.name, .number(NumberEncoder(dense: column.values, alone: isAlone))))
        }
        self.init(columns: columns, orientation: table.orientation)
    }

    /// The names of the columns of texts.
    package var textColumns: Set<ByteText> { Set(columns.filter(\.encoder.isOfTexts).map(\.name)) }

    /// What a column holds, in the words of the schema.
    package struct Description: Sendable {
        package let name: ByteText
        package let type: String
        package let hasMissing: Bool
        /// The column that this one follows from.
        package let derivedFrom: ByteText?
    }

    /// What the columns hold.
    package var descriptions: [Description] {
        columns.enumerated().map { index, column in
            var (type, hasMissing, source) = column.encoder.description
            if let place = source, case .combination(_, let combination) = columns[place].encoder,
                combination.columns.contains(index)
            {
                source = nil
            }
            return Description(
                name: column.name, type: type, hasMissing: hasMissing, derivedFrom: source.map { columns[$0].name })
        }
    }

    /// The floats of each column that has any.
    var ranges: [Range<Int>] {
        columns.filter { $0.encoder.width > 0 }.map { $0.offset..<$0.offset + $0.encoder.width }
    }

    /// Where numbers stand in a row, and the place that says that the row has one, where there are others.
    var numbers: [(index: Int, place: Int?)] {
        columns.compactMap { column in
            switch column.encoder {
            case .number, .time, .difference:
                (column.offset, column.encoder.choice.isEmpty ? nil : column.offset + 1)
            case .category, .combination, .identifier, .sequence, .derived: nil
            }
        }
    }

    /// The parts of a row that are choices of one among several.
    package var choices: [Range<Int>] {
        columns.compactMap { column in
            let choice = column.encoder.choice
            return choice.isEmpty ? nil : column.offset + choice.lowerBound..<column.offset + choice.upperBound
        }
    }

    /// Rows of floats.
    ///
    /// - Parameters:
    ///   - random: draws what is left to chance when rows are learned from; `nil` encodes them to be scored.
    ///   - first: the first row's place in its stream.
    /// - Throws: `schemaMismatch` where the columns are not those that were learned, or a value cannot be among theirs.
    package func encode(
        _ table: Table, random: Random? = nil, first: Int = 0
    ) throws(SpecificationError) -> Encoded {
        let given = try positions(in: table).map { table.columns[$0] }
        var rows = ColumnEncoder.Rows(count: table.rowCount, width: width, first: first)
        for (index, column) in columns.enumerated() {
            if let row = column.encoder.encode(
                learned(index, of: given), floors: floors(of: column.encoder, in: given), into: &rows,
                at: column.offset, random: random, lane: index)
            {
                throw SpecificationError(
                    .schemaMismatch, at: "row:\(row + 1)/column:\(column.name)",
                    "the value is missing or of another kind than those that the model has learned")
            }
            if case .derived(let source, let derived, let texts, let decimals) = column.encoder {
                markMisfits(
                    index, of: given[index], from: learned(source, of: given), source: source, derived, texts, decimals,
                    in: &rows)
            }
        }
        return Encoded(values: rows.values, misfits: rows.misfits)
    }

    private static let (pieceRows, pieceFloats) = (65_536, 1 << 22)

    /// Some of a table's rows, encoded piece by piece: all of them as floats may take more memory than there is.
    ///
    /// - Parameters:
    ///   - random: draws what is left to chance when rows are learned from; `nil` encodes them to be scored.
    ///   - forScoring: whether as the scorer sees them.
    func compactRows(
        _ rows: [UInt32], of table: Table, random: Random? = nil, forScoring: Bool = false, within allowance: Allowance
    ) throws(SpecificationError) -> CompactRows {
        var compact = emptyRows
        compact.reserveCapacity(rows.count)
        try forEachPiece(of: rows, table, random: random, forScoring: forScoring, within: allowance) {
            compact.append($0)
        }
        return compact
    }

    /// Visits the encoded rows piece by piece.
    func forEachPiece(
        of rows: [UInt32], _ table: Table, random: Random? = nil, forScoring: Bool, within allowance: Allowance,
        _ visit: (_ encoded: [Float]) -> Void
    ) throws(SpecificationError) {
        let step = pieceRows(atMost: Self.pieceRows)
        for first in stride(from: 0, to: rows.count, by: step) {
            try allowance.checkPreparing()
            // Without the texts that it does not have: every piece looks at each of its texts.
            let piece = table.rows(rows[first..<min(first + step, rows.count)].map(Int.init)).withoutUnusedTexts
            let values = try encode(piece, random: random, first: first).values
            visit(forScoring ? try scoringRows(values, of: piece) : values)
        }
    }

    /// How many rows are worked on as floats at a time.
    func pieceRows(atMost count: Int) -> Int { min(count, max(1, Self.pieceFloats / max(1, width))) }

    /// What a piece of so many rows takes while it is encoded, as floats and in copies of them.
    func pieceBytes(rows: Int) -> Int { 12 * min(pieceRows(atMost: Self.pieceRows), rows) * width }

    /// Room for encoded rows.
    var emptyRows: CompactRows { CompactRows(width: width, choices: choices) }

    /// Marks the rows whose derived value is another one than their category has.
    private func markMisfits(
        _ index: Int, of column: Formats.Column, from: Formats.Column, source: Int, _ derived: [Double],
        _ texts: [ByteText]?, _ decimals: Int?, in rows: inout ColumnEncoder.Rows
    ) {
        guard let category = columns[source].encoder.learnedCategory else { return }
        let words = Dictionary(placesOf: category.vocabulary)
        let wordOf = (from.texts ?? []).map { words[$0] }
        for row in rows.misfits.indices where !from.values[row].isNaN {
            guard let word = wordOf[Int(from.values[row])] else { continue }
            let value = column.values[row]
            let isRight: Bool
            if derived[word].isNaN || value.isNaN {
                isRight = derived[word].isNaN && value.isNaN
            } else if let texts {
                isRight = column.texts?[Int(value)] == texts[Int(derived[word])]
            } else {
                // Samples have it as it is written.
                isRight =
                    value == derived[word]
                    || decimals.map { value == Precision.round(derived[word], decimals: $0) } ?? false
            }
            if !isRight { rows.markMisfit(row, column: index) }
        }
    }

    /// Where in `table` the learned columns are: by name for records, else by position.
    func positions(in table: Table) throws(SpecificationError) -> [Int] {
        guard table.columns.count == columns.count else {
            throw SpecificationError(
                .schemaMismatch, at: "/data",
                "the model knows \(columns.count) columns and the data have \(table.columns.count)")
        }
        var positions = Array(columns.indices)
        if table.orientation == .records {
            for (index, column) in columns.enumerated() {
                guard let position = table.columns.firstIndex(where: { $0.name == column.name }) else {
                    throw SpecificationError(.schemaMismatch, at: "/data", "the column \(column.name) is missing")
                }
                positions[index] = position
            }
        }
        for (index, column) in columns.enumerated() {
            let given = table.columns[positions[index]]
            guard (given.texts != nil) == column.encoder.isOfTexts || given.values.allSatisfy(\.isNaN) else {
                throw SpecificationError(
                    .schemaMismatch, at: "/data",
                    "the column \(column.name) is one of \(column.encoder.isOfTexts ? "texts" : "numbers")")
            }
        }
        return positions
    }

    /// The table of generated rows.
    ///
    /// - Parameters:
    ///   - values: rows of floats, row-major; of each choice the largest is the one that is made.
    ///   - row: the number of the first row, for what is made anew for each.
    package func decode(_ values: Span<Float>, row: Int, random: Random) -> Table {
        var decoded = columns.enumerated().map { index, column in
            column.encoder.decode(
                values, width: width, at: column.offset, name: column.name, row: row, random: random,
                lane: index)
        }
        for (index, column) in columns.enumerated() {
            guard case .derived(let source, let derived, let texts, let decimals) = column.encoder,
                let category = columns[source].encoder.learnedCategory
            else { continue }
            // A boolean's values are numbered as JSON numbers them.
            let words = category.isBoolean ? category.vocabulary.map { $0 == "true" ? 1.0 : 0 } : nil
            let values = decoded[source].values.map { value in
                guard !value.isNaN else { return Double.nan }
                return derived[words.flatMap { $0.firstIndex(of: value) } ?? Int(value)]
            }
            decoded[index] = Formats.Column(
                name: column.name, values: values, decimals: decimals, texts: texts.map { TextList($0) })
        }
        for index in differences {
            let column = columns[index]
            decoded[index] = column.encoder.decode(
                values, width: width, at: column.offset, name: column.name,
                floors: floors(of: column.encoder, in: decoded), row: row, random: random, lane: index)
        }
        for (index, column) in columns.enumerated() {
            guard case .combination(_, let combination) = column.encoder else { continue }
            decoded[index] = Formats.Column(
                name: column.name,
                values: decoded[index].values.map { $0.isNaN ? $0 : combination.values[Int($0)] },
                texts: combination.texts)
        }
        return Table(columns: decoded, orientation: orientation)
    }
}

extension ColumnEncoder {
    /// Whether there is anything to learn of the column.
    var isLearned: Bool {
        switch self {
        case .number, .time, .difference: true
        case .category(let encoder), .combination(let encoder, _): !encoder.texts.isEmpty
        case .identifier, .sequence, .derived: false
        }
    }

    /// The type, whether values may be missing, and the place of the column that this one follows from.
    fileprivate var description: (type: String, hasMissing: Bool, source: Int?) {
        switch self {
        case .number(let encoder): (encoder.decimals == 0 ? "integer" : "decimal", encoder.hasMissing, nil)
        case .time(let encoder, _): ("timestamp", encoder.hasMissing, nil)
        case .difference(let encoder, let format):
            (
                format != nil ? "timestamp" : encoder.own.decimals == 0 ? "integer" : "decimal",
                encoder.own.hasMissing, nil
            )
        case .category(let encoder): (encoder.isBoolean ? "boolean" : "category", encoder.hasMissing, nil)
        case .combination(let category, let encoder):
            ("category", category.hasMissing || encoder.values.contains(where: \.isNaN), nil)
        case .identifier(_, let missing), .sequence(_, let missing): ("identifier", missing ?? 0 > 0, nil)
        case .derived(let source, let values, let texts, let decimals):
            (
                texts != nil ? "category" : decimals == 0 ? "integer" : "decimal", values.contains(where: \.isNaN),
                source
            )
        }
    }

    /// Whether the column is one of texts.
    var isOfTexts: Bool {
        switch self {
        case .number, .sequence: false
        case .time, .category, .combination, .identifier: true
        case .difference(_, let format): format != nil
        case .derived(_, _, let texts, _): texts != nil
        }
    }
}
