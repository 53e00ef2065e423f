import Formats

/// Decides how the columns of a table of records are encoded, each by what it is and by what it is bound to.
struct RecordsBuilding {
    private let table: Table
    private let schema: Schema
    private let maximumCategories: Int
    /// How many rows at either end of a column of numbers may not be told from one another.
    private let protectedRows: Int
    /// Of columns that are never below others: which those are.
    private let bases: [Int: [DifferenceEncoder.Base]]
    private let unique: Set<Int>
    /// The encoders of columns whose combinations are those of the data.
    let combined: [Int: ColumnEncoder]
    /// The columns of combinations, by the first column of each.
    private let combinations: [Int: Column]

    init(table: Table, schema: Schema, maximumCategories: Int, protecting: Int, rules: [Constraint.Rule]) {
        self.table = table
        self.schema = schema
        self.maximumCategories = maximumCategories
        protectedRows = protecting
        var bases: [Int: [DifferenceEncoder.Base]] = [:]
        var unique: Set<Int> = []
        var combined: [Int: ColumnEncoder] = [:]
        var combinations: [Int: Column] = [:]
        for rule in rules {
            let places = rule.columns.compactMap { name in table.columns.firstIndex { $0.name == name } }
            switch rule {
            case .order(_, _, let isStrict):
                guard schema.columns[places[0]].distinct > 0 else { continue }
                bases[places[1], default: []].append(DifferenceEncoder.Base(column: places[0], isStrict: isStrict))
            case .unique: unique.insert(places[0])
            case .combination:
                let sorted = places.sorted()
                let joined = Combinations(sorted.map { table.columns[$0] })
                combinations[sorted[0]] = joined.column
                combined.merge(Self.encoders(sorted, joined, of: table, maximumCategories)) { first, _ in first }
            }
        }
        self.bases = bases
        self.unique = unique
        self.combined = combined
        self.combinations = combinations
    }

    /// The encoders of columns that stand together only as they do in the data.
    private static func encoders(
        _ places: [Int], _ joined: Combinations, of table: Table, _ maximumCategories: Int
    ) -> [Int: ColumnEncoder] {
        let category = CategoryEncoder(joined.column, maximum: maximumCategories, rare: Schema.rareRows)
        let words = category.vocabulary.map(joined.values)
        var encoders: [Int: ColumnEncoder] = [:]
        for (part, place) in places.enumerated() {
            // Only texts of combinations that are kept are kept, too.
            let used = Array(Set(words.map { $0[part] }.filter { !$0.isNaN })).sorted()
            let order = Dictionary(placesOf: used)
            let values = words.map { order[$0[part]].map(Double.init) ?? .nan }
            let texts = used.map { table.columns[place].texts?[Int($0)] ?? "" }
            encoders[place] =
                part == 0
                ? .combination(category, CombinationEncoder(columns: places, values: values, texts: texts))
                : .derived(from: places[0], values: values, texts: texts, decimals: nil)
        }
        return encoders
    }

    /// The encoder of a column that is bound to none but those that it is never below.
    func encoder(_ index: Int) -> ColumnEncoder {
        let column = table.columns[index]
        let category = {
            ColumnEncoder.category(CategoryEncoder(column, maximum: maximumCategories, rare: Schema.rareRows))
        }
        // Nothing but gaps: there are no numbers to learn.
        guard schema.columns[index].distinct > 0 else { return category() }
        switch schema.columns[index].kind {
        case .integer, .decimal:
            if let floors = floors(index, unit: 1) {
                return .difference(
                    DifferenceEncoder(
                        column.values, floors: floors, bases: bases[index] ?? [], protecting: protectedRows), nil)
            }
            return .number(NumberEncoder(record: column.values, protecting: protectedRows))
        case .boolean, .category: return category()
        case .timestamp:
            guard let texts = column.texts, let format = TimeFormat.reading(texts) else { return category() }
            let values = column.seconds(format).map { $0 / format.unit }
            if let floors = floors(index, unit: format.unit) {
                return .difference(
                    DifferenceEncoder(
                        values, floors: floors, bases: bases[index] ?? [], decimals: 0, protecting: protectedRows),
                    format)
            }
            return .time(NumberEncoder(record: values, decimals: 0, protecting: protectedRows), format)
        case .identifier:
            let gaps = column.values.count(where: \.isNaN)
            let missing = gaps > 0 ? Double(gaps) / Double(table.rowCount) : nil
            guard let texts = column.texts else {
                let last = column.values.lazy.filter { !$0.isNaN }.max() ?? 0
                return .sequence(start: last.rounded(.down) + 1, missing: missing)
            }
            let pattern = IdentifierPattern(texts) ?? (unique.contains(index) ? IdentifierPattern(around: texts) : nil)
            return pattern.map { .identifier($0, missing: missing) } ?? category()
        }
    }

    private func floors(_ index: Int, unit: Double) -> [Double]? {
        guard let bases = bases[index] else { return nil }
        return DifferenceEncoder.floors(bases, unit: unit) { base in
            ComparableColumn(table.columns[base], schema.columns[base].kind)?.values ?? []
        }
    }

    /// The encoder of a column that is a function of an earlier category or combination, if there is one: each of its
    /// words, in all its rows and in twenty of them on average, has one value.
    func derived(_ index: Int, _ encoders: [ColumnEncoder]) -> (encoder: ColumnEncoder, source: Int)? {
        let column = table.columns[index]
        guard schema.columns[index].distinct > 1, [.integer, .decimal, .category].contains(schema.columns[index].kind)
        else { return nil }
        for (source, candidate) in encoders.enumerated() {
            guard let category = candidate.learnedCategory, !category.hasMissing, category.others.isEmpty,
                combinations[source]?.texts?.count ?? schema.columns[source].distinct >= schema.columns[index].distinct,
                category.texts.count * 20 <= table.rowCount, areDerived(bases[index] ?? [], from: source, encoders),
                let known = values(of: column, by: category, of: combinations[source] ?? table.columns[source])
            else { continue }
            // Only texts that rows enough share are kept.
            let used = column.texts.map { _ in Array(Set(known.lazy.filter { !$0.isNaN })).sorted() }
            return (
                .derived(
                    from: source,
                    values: used.map { used in known.map { $0.isNaN ? $0 : Double(used.firstIndex(of: $0) ?? 0) } }
                        ?? known,
                    texts: used.map { $0.map { column.texts?[Int($0)] ?? "" } },
                    decimals: column.texts == nil ? Precision.decimals(of: column.values) : nil), source
            )
        }
        return nil
    }

    /// Whether the columns that one is never below follow from the same category, which then keeps the order.
    private func areDerived(_ bases: [DifferenceEncoder.Base], from source: Int, _ encoders: [ColumnEncoder]) -> Bool {
        bases.allSatisfy { base in
            guard encoders.indices.contains(base.column), case .derived(source, _, _, _) = encoders[base.column] else {
                return false
            }
            return true
        }
    }

    /// The value that each text of a category has; `nil` where one has several.
    private func values(of column: Column, by category: CategoryEncoder, of from: Column) -> [Double]? {
        let places = category.places(of: from)
        var values = [Double?](repeating: nil, count: category.texts.count)
        for row in 0..<table.rowCount {
            guard let place = places[Int(from.values[row])] else { continue }
            let value = column.values[row]
            if let known = values[place] {
                guard known == value || known.isNaN && value.isNaN else { return nil }
            } else {
                values[place] = value
            }
        }
        return values.map { $0 ?? .nan }
    }
}
