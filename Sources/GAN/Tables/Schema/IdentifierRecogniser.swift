import Formats

/// Recognises numbers and texts that say which row it is.
enum IdentifierRecogniser: ColumnRecogniser {
    static let typeName = "identifier"

    /// From there on it is not far to where a number plus one is no other double, 2⁵³.
    private static let countedNumbers = 0x1p52

    static func kind(of column: ColumnSight) -> Schema.Kind? {
        guard column.isUnique else { return nil }
        // Dates of several formats are none that could be made anew.
        let isIdentifier = column.column.texts.map { !TimeFormat.beginsMost(of: $0) } ?? isSequence(column)
        return isIdentifier ? .identifier : nil
    }

    static func declaredKind(of column: ColumnSight) throws(SpecificationError) -> Schema.Kind {
        guard column.column.texts == nil, let row = uncounted(column) else { return .identifier }
        throw SpecificationError(
            .invalidData, at: "row:\(row + 1)/column:\(column.column.name)",
            "identifiers as large as this number cannot be told apart as numbers: send them as texts, in quotes as JSON "
                + "has them")
    }

    /// Whether numbers are different whole ones that leave few out between the smallest and the largest, as numbered rows
    /// do.
    private static func isSequence(_ column: ColumnSight) -> Bool {
        let values = column.column.values
        guard column.distinct == values.count, uncounted(column) == nil, let low = values.min(), let high = values.max()
        else { return false }
        return high - low < 2 * Double(values.count) && Precision.decimals(of: values) == 0
    }

    /// The first row whose number is too large.
    private static func uncounted(_ column: ColumnSight) -> Int? {
        column.column.values.firstIndex { abs($0) >= countedNumbers }
    }
}
