package import Formats

/// A column whose texts a sample is to have equally often, in turn, however often the data have them.
package struct Balance: Sendable {
    private let column: Int
    /// The texts, in the order of the turns; those that share a place are too many and too rare.
    package let texts: [ByteText]

    /// - Throws: `invalidParameter` for a column that there is not, and for one that has no few texts.
    package init(_ name: ByteText, snapshot: Snapshot) throws(SpecificationError) {
        let columns = snapshot.manifest.encoder.columns
        guard let column = columns.firstIndex(where: { $0.name == name }) else {
            throw SpecificationError(.invalidParameter, at: "/balance", "the model has no column \(name)")
        }
        guard let texts = columns[column].coder.balancedTexts, !texts.isEmpty else {
            throw SpecificationError(.invalidParameter, at: "/balance", "column \(name) is not one of categories")
        }
        self.column = column
        self.texts = texts
    }

    /// Which of the texts each row of a sampled table has; `nil` for others and for missing values.
    package func places(of table: Table) -> [Int?] {
        let column = table.columns[column]
        let turns = Dictionary(placesOf: texts)
        let places = (column.texts ?? []).map { turns[$0] }
        return column.values.map { $0.isNaN ? nil : places[Int($0)] }
    }
}
