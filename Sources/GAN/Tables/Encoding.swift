import Formats

/// How a table is encoded, and what the user should know of it before relying on the model.
package struct Encoding: Sendable {
    package var encoder: TableEncoder
    package var warnings: [String]

    init(encoder: TableEncoder, warnings: [String]) {
        self.encoder = encoder
        self.warnings = warnings
    }

    /// Of a table of numbers alone, of which there is nothing to tell but the columns that have one value only.
    init(numbers table: Table, by encoder: TableEncoder) {
        self.init(
            encoder: encoder,
            warnings: table.columns.compactMap { column in
                column.values.allSatisfy { $0 == column.values[0] } ? "column \(column.name) is constant" : nil
            })
    }
}
