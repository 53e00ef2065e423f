import Formats

/// Recognises whole numbers and decimals.
enum NumberRecogniser: ColumnRecogniser {
    static let typeName = "number"

    static func kind(of column: ColumnSight) -> Schema.Kind? {
        guard column.column.texts == nil else { return nil }
        return Precision.decimals(of: column.column.values) == 0 ? .integer : .decimal
    }

    static func declaredKind(of column: ColumnSight) throws(SpecificationError) -> Schema.Kind {
        guard let kind = kind(of: column) else { throw column.refusal("one of texts") }
        return kind
    }
}
