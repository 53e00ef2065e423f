package import Formats

extension TableEncoder {
    /// A table of records: what its columns are decides how each is encoded.
    ///
    /// - Parameters:
    ///   - maximumCategories: how many texts of a column may have places of their own.
    ///   - protecting: how many rows at either end of a column of numbers may not be told from one another.
    ///   - rules: what rows keep.
    package init(
        records table: Table, schema: inout Schema, maximumCategories: Int, protecting: Int,
        rules: [Constraint.Rule] = [], within allowance: Allowance = .unlimited
    ) throws(SpecificationError) {
        let building = RecordsBuilding(
            table: table, schema: schema, maximumCategories: maximumCategories, protecting: protecting, rules: rules)
        var coders: [any ColumnCoder] = []
        for index in table.columns.indices {
            try allowance.checkPreparing()
            coders.append(ColumnEncoder.learned(index, of: building, after: coders))
        }
        self.init(columns: Array(zip(table.names, coders)), orientation: table.orientation)
        for (index, description) in descriptions.enumerated() {
            schema.columns[index].derivedFrom = description.derivedFrom
            schema.columns[index].warning = coders[index].warning(schema.columns[index])
        }
    }
}
