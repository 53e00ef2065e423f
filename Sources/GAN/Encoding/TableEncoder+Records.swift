package import Formats

extension TableEncoder {
    /// A table of records: what its columns are decides how each is encoded.
    ///
    /// - Parameters:
    ///   - maximumCategories: how many texts of a column may have places of their own.
    ///   - protecting: how many rows at either end of a column of numbers may not be told from one another.
    package init(records table: Table, schema: inout Schema, maximumCategories: Int, protecting: Int) {
        var encoders: [(name: String, encoder: ColumnEncoder)] = []
        for (index, column) in table.columns.enumerated() {
            if let derived = Self.derived(index, of: table, encoders, schema) {
                schema.columns[index].derivedFrom = derived.source
                encoders.append((column.name, derived.encoder))
                continue
            }
            let encoder = Self.encoder(
                column, schema.columns[index].kind, maximumCategories: maximumCategories, protecting: protecting)
            schema.columns[index].warning = Self.warning(encoder, schema.columns[index])
            encoders.append((column.name, encoder))
        }
        self.init(columns: encoders, orientation: table.orientation)
    }

    private static func encoder(
        _ column: Formats.Column, _ kind: Schema.Kind, maximumCategories: Int, protecting: Int
    ) -> ColumnEncoder {
        let category = {
            ColumnEncoder.category(
                CategoryEncoder(column, maximum: maximumCategories, rare: Schema.rareRows))
        }
        switch kind {
        case .integer, .decimal: return .number(NumberEncoder(record: column.values, protecting: protecting))
        case .boolean, .category: return category()
        case .timestamp:
            guard let texts = column.texts, let format = TimeFormat.reading(texts) else { return category() }
            let numbers = texts.map { format.number($0) ?? .nan }
            let values = column.values.map { $0.isNaN ? .nan : numbers[Int($0)] / format.unit }
            return .time(NumberEncoder(record: values, decimals: 0, protecting: protecting), format)
        case .identifier:
            guard let texts = column.texts else { return .sequence(start: (column.values.max() ?? 0) + 1) }
            return IdentifierPattern(texts).map { .identifier($0) } ?? category()
        }
    }

    /// The encoder of a column that is a function of an earlier category, if there is one: each text of the category, in
    /// all its rows and in twenty of them on average, has one value.
    private static func derived(
        _ index: Int, of table: Table, _ encoders: [(name: String, encoder: ColumnEncoder)], _ schema: Schema
    ) -> (encoder: ColumnEncoder, source: String)? {
        let column = table.columns[index]
        guard schema.columns[index].distinct > 1, [.integer, .decimal, .category].contains(schema.columns[index].kind)
        else { return nil }
        for (source, candidate) in encoders.enumerated() {
            guard case .category(let category) = candidate.encoder, !category.hasMissing, category.others.isEmpty,
                schema.columns[source].distinct >= schema.columns[index].distinct,
                category.texts.count * 20 <= table.rowCount
            else { continue }
            let from = table.columns[source]
            let places = category.places(of: from)
            var values = [Double?](repeating: nil, count: category.texts.count)
            let isFunction = (0..<table.rowCount).allSatisfy { row in
                guard let place = places[Int(from.values[row])] else { return true }
                let value = column.values[row]
                guard let known = values[place] else {
                    values[place] = value
                    return true
                }
                return known == value || known.isNaN && value.isNaN
            }
            guard isFunction else { continue }
            let known = values.map { $0 ?? .nan }
            // Only texts that rows enough share are kept.
            let used = column.texts.map { _ in Array(Set(known.lazy.filter { !$0.isNaN })).sorted() }
            return (
                .derived(
                    from: source,
                    values: used.map { used in known.map { $0.isNaN ? $0 : Double(used.firstIndex(of: $0) ?? 0) } }
                        ?? known,
                    texts: used.map { $0.map { column.texts?[Int($0)] ?? "" } },
                    decimals: column.texts == nil ? Precision.decimals(of: column.values) : nil), candidate.name
            )
        }
        return nil
    }

    private static func warning(_ encoder: ColumnEncoder, _ column: Schema.Column) -> String? {
        guard case .category(let category) = encoder else { return nil }
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
