/// Says whether a column is one of its own, and which kind of them. Another is one file, and one line among those that
/// `Schema` asks.
protocol ColumnRecogniser: Sendable {
    /// What users call such columns: one of `Schema.typeNames`.
    static var typeName: String { get }

    /// - Returns: `nil` where the column is none of its own.
    /// - Throws: where there is more to say for a slip than for another kind.
    static func kind(of column: ColumnSight) throws(SpecificationError) -> Schema.Kind?

    /// The kind of a column that a user says is one of its own.
    ///
    /// - Throws: where it cannot be one.
    static func declaredKind(of column: ColumnSight) throws(SpecificationError) -> Schema.Kind
}
