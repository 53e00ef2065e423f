import Formats

/// Takes what is left: texts of which there are few, or too many to be told.
enum CategoryRecogniser: ColumnRecogniser {
    static let typeName = "category"

    static func kind(of column: ColumnSight) -> Schema.Kind? { column.column.isBoolean ? .boolean : .category }

    static func declaredKind(of column: ColumnSight) throws(SpecificationError) -> Schema.Kind {
        guard column.column.texts != nil else { throw column.refusal("one of numbers") }
        return .category
    }
}
