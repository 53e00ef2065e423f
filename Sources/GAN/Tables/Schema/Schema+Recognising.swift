package import Formats

extension Schema {
    /// Those who say what a column is, in the order in which they are asked: the last takes any.
    private static let recognisers: [any ColumnRecogniser.Type] = [
        TimeRecogniser.self,
        IdentifierRecogniser.self,
        NumberRecogniser.self,
        CategoryRecogniser.self,
    ]

    /// Looks at a table.
    ///
    /// - Parameter types: names of `typeNames` by column, where they are not to be inferred.
    package init(
        _ table: Table, types: TextMap = [:], within allowance: Allowance = .unlimited
    ) throws(SpecificationError) {
        for (name, _) in types.pairs where !table.names.contains(name) {
            throw SpecificationError(.invalidParameter, at: "/types", "there is no column \(name)")
        }
        var columns: [Column] = []
        for column in table.columns {
            try allowance.checkPreparing()
            let sight = ColumnSight(column)
            columns.append(
                Column(
                    name: column.name, kind: try Self.kind(of: sight, type: types[column.name]), missing: sight.missing,
                    distinct: sight.distinct))
        }
        self.init(columns: columns)
    }

    private static func kind(of column: ColumnSight, type: String?) throws(SpecificationError) -> Kind {
        if let type, let recogniser = recognisers.first(where: { $0.typeName == type }) {
            return try recogniser.declaredKind(of: column)
        }
        for recogniser in recognisers {
            if let kind = try recogniser.kind(of: column) { return kind }
        }
        preconditionFailure("the last recogniser takes any column")
    }
}
