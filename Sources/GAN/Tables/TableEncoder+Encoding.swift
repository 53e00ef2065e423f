package import Formats
package import NeuralNetwork

/// Rows of tables as floats.
extension TableEncoder {
    /// Encoded rows.
    package struct Encoded: Sendable {
        /// Row-major, as wide as the encoder.
        package var values: [Float]
        /// Of each row the first column whose value no generated row can have, or −1.
        package var misfits: [Int32]
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
        let input = try input(table, random: random, first: first)
        var rows = EncodedRows(count: table.rowCount, width: width)
        for (index, column) in columns.enumerated() {
            if let row = column.coder.encode(index, of: input, into: &rows, at: column.offset) {
                throw SpecificationError(
                    .schemaMismatch, at: "row:\(row + 1)/column:\(column.name)",
                    "the value is missing or of another kind than those that the model has learned")
            }
        }
        return Encoded(values: rows.values, misfits: rows.misfits)
    }

    /// The columns of a table in the order of those that were learned.
    func input(_ table: Table, random: Random? = nil, first: Int = 0) throws(SpecificationError) -> ColumnInput {
        ColumnInput(
            coders: coders, given: try positions(in: table).map { table.columns[$0] }, random: random, first: first)
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

    /// Where in `table` the learned columns are: by name for records, else by position.
    private func positions(in table: Table) throws(SpecificationError) -> [Int] {
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
            guard (given.texts != nil) == column.coder.isOfTexts || given.values.allSatisfy(\.isNaN) else {
                throw SpecificationError(
                    .schemaMismatch, at: "/data",
                    "the column \(column.name) is one of \(column.coder.isOfTexts ? "texts" : "numbers")")
            }
        }
        return positions
    }
}
