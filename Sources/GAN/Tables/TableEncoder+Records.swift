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
        var encoders: [(name: ByteText, encoder: ColumnEncoder)] = []
        for (index, column) in table.columns.enumerated() {
            try allowance.checkPreparing()
            var encoder = building.combined[index]
            if encoder == nil, let derived = building.derived(index, encoders.map(\.encoder)) {
                schema.columns[index].derivedFrom = table.names[derived.source]
                encoder = derived.encoder
            }
            let learned = encoder ?? building.encoder(index)
            schema.columns[index].warning = Self.warning(learned, schema.columns[index])
            encoders.append((column.name, learned))
        }
        self.init(columns: encoders, orientation: table.orientation)
    }

    private static func warning(_ encoder: ColumnEncoder, _ column: Schema.Column) -> String? {
        if case .number(let number) = encoder, column.kind == .integer, let bounds = number.bounds,
            max(abs(bounds.lowerBound), abs(bounds.upperBound)) >= 0x1p53
        {
            return
                "column \(column.name) has whole numbers beyond 2^53, whose last digits are not kept: where each of them "
                + "counts, send texts"
        }
        guard let category = encoder.learnedCategory else { return nil }
        if case .combination = encoder {
            return category.hasMissing
                ? "the columns of a combination with \(column.name) have none that \(Schema.rareRows) rows share: they are "
                    + "left empty" : nil
        }
        if column.distinct == 0 { return "column \(column.name) has no values: it is left empty" }
        if category.texts.isEmpty {
            return "column \(column.name) has no text that \(Schema.rareRows) rows share: it is left empty"
        }
        if !category.others.isEmpty {
            return "column \(column.name) has \(column.distinct) texts: the \(category.texts.count) most frequent are "
                + "learned, the others drawn as often as they occur"
        }
        let rare = column.distinct - category.texts.count
        guard rare > 0 else { return nil }
        return "column \(column.name) has \(rare) texts of fewer than \(Schema.rareRows) rows, which are not kept"
    }
}
