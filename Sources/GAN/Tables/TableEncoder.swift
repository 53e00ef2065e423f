package import Formats

/// How the rows of a table become the floats that networks work on, and back.
///
/// Each column has a coder of its kind (`ColumnCoder`); this puts their floats side by side. `+Records` chooses the coders,
/// `+Encoding` and `+Decoding` go through the columns, `+Scoring` has rows as the scorer sees them.
package struct TableEncoder: Sendable, Equatable, Codable {
    /// A column, and where its floats stand in a row.
    package struct Column: Sendable, Equatable, Codable {
        package let name: ByteText
        private let encoder: ColumnEncoder
        let offset: Int

        fileprivate init(name: ByteText, coder: any ColumnCoder, offset: Int) {
            self.name = name
            encoder = ColumnEncoder(coder)
            self.offset = offset
        }

        var coder: any ColumnCoder { encoder.coder }
    }

    package let columns: [Column]
    package let orientation: Table.Orientation
    /// The floats of a row.
    package let width: Int

    /// Rows are not wider than this: what is learned could be no model that somebody brings.
    static let maximumWidth = 1 << 20

    init(columns: [(name: ByteText, coder: any ColumnCoder)], orientation: Table.Orientation) {
        var offset = 0
        self.columns = columns.map { name, coder in
            defer { offset += coder.layout.width }
            return Column(name: name, coder: coder, offset: offset)
        }
        self.orientation = orientation
        width = offset
    }

    /// Values as they are, for a table of numbers.
    init(passing table: Table) {
        self.init(
            columns: table.columns.map { ($0.name, NumberColumn(.passing)) }, orientation: table.orientation)
    }

    /// A table of numbers as one float a column.
    init(dense table: Table, within allowance: Allowance) throws(SpecificationError) {
        let isAlone = try Independence(table, within: allowance).isAlone
        var columns: [(name: ByteText, coder: any ColumnCoder)] = []
        for (column, isAlone) in zip(table.columns, isAlone) {
            try allowance.checkPreparing()
            columns.append((column.name, NumberColumn(NumberEncoder(dense: column.values, alone: isAlone))))
        }
        self.init(columns: columns, orientation: table.orientation)
    }

    var coders: [any ColumnCoder] { columns.map(\.coder) }

    /// The names of the columns of texts.
    package var textColumns: Set<ByteText> { Set(columns.filter(\.coder.isOfTexts).map(\.name)) }

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
        let coders = coders
        return columns.enumerated().map { index, column in
            let coder = column.coder
            return Description(
                name: column.name, type: coder.type, hasMissing: coder.hasMissing,
                derivedFrom: coder.source(of: index, among: coders).map { columns[$0].name })
        }
    }

    /// The floats of each column that has any.
    var ranges: [Range<Int>] {
        columns.compactMap { column in
            let width = column.coder.layout.width
            return width > 0 ? column.offset..<column.offset + width : nil
        }
    }

    /// Where numbers stand in a row, and the place that says that the row has one, where there are others.
    var numbers: [(index: Int, place: Int?)] {
        columns.compactMap { column in
            let layout = column.coder.layout
            return layout.hasNumber ? (column.offset, layout.places == 0 ? nil : column.offset + 1) : nil
        }
    }

    /// The parts of a row that are choices of one among several.
    package var choices: [Range<Int>] {
        columns.compactMap { column in
            let choice = column.coder.layout.choice
            return choice.isEmpty ? nil : column.offset + choice.lowerBound..<column.offset + choice.upperBound
        }
    }
}
