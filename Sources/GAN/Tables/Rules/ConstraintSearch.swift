import Formats

/// Which rules the rows of a table keep: those that a user tells, if they do, and those that the table leaves no doubt of.
struct ConstraintSearch {
    private let table: Table
    private let schema: Schema
    private let names: [ByteText: Int]

    init(_ table: Table, _ schema: Schema) {
        self.table = table
        self.schema = schema
        names = Dictionary(placesOf: table.names)
    }

    /// - Parameter inferring: whether to look for rules that are not told.
    /// - Throws: `invalidParameter` for rules of columns that cannot have them, `invalidData` for a row that breaks one.
    func constraints(_ declared: [Constraint.Rule], inferring: Bool) throws(SpecificationError) -> [Constraint] {
        var orders: [OrderedPair] = []
        var combined = Set<Int>()
        for rule in declared {
            let places = rule.columns.compactMap { names[$0] }
            switch rule {
            case .order(_, _, let isStrict):
                try checkOrder(places[0], places[1], isStrict: isStrict)
                guard !orders.leads(from: places[1], to: places[0]) else {
                    throw Self.refusal("columns cannot be above one another in a circle")
                }
                orders.append(OrderedPair(lower: places[0], upper: places[1]))
            case .combination:
                let most = CombinationSearch.maximumColumns
                guard places.count <= most else {
                    throw Self.refusal("a combination is one of \(most) columns at the most")
                }
                for place in places where schema.columns[place].kind != .category {
                    throw Self.refusal("column \(table.names[place]) is not one of categories")
                }
                guard combined.isDisjoint(with: places) else {
                    throw Self.refusal("a column stands in one combination only")
                }
                combined.formUnion(places)
            case .unique: try checkUnique(places[0])
            }
        }
        let told = declared.map { Constraint(rule: $0, isInferred: false) }
        guard inferring else { return told }
        let found =
            CombinationSearch(table, schema, except: combined).combinations.map { columns in
                Constraint.Rule.combination(columns.map { table.names[$0] })
            }
            + OrderSearch(table, schema).orders(beyond: orders).map { pair in
                .order(lower: table.names[pair.lower], upper: table.names[pair.upper], isStrict: false)
            }
            + identifiers.map { .unique(table.names[$0]) }.filter { !declared.contains($0) }
        return told + found.map { Constraint(rule: $0, isInferred: true) }
    }

    /// Columns that are made anew, of which no row shares its value with another.
    private var identifiers: [Int] {
        schema.columns.indices.filter {
            schema.columns[$0].kind == .identifier && schema.columns[$0].distinct == table.rowCount
        }
    }

    private func checkOrder(_ lower: Int, _ upper: Int, isStrict: Bool) throws(SpecificationError) {
        var columns: [ComparableColumn] = []
        for place in [lower, upper] {
            guard let column = ComparableColumn(table.columns[place], schema.columns[place].kind) else {
                throw Self.refusal("column \(table.names[place]) is not one of numbers, dates or times")
            }
            columns.append(column)
        }
        guard columns[0].scale == columns[1].scale else {
            throw Self.refusal("columns \(table.names[lower]) and \(table.names[upper]) cannot be compared")
        }
        for (row, (low, high)) in zip(columns[0].values, columns[1].values).enumerated()
        where isStrict ? low >= high : low > high {
            throw SpecificationError(
                .invalidData, at: "row:\(row + 1)/column:\(table.names[upper])",
                "the value is not above that of column \(table.names[lower])")
        }
    }

    private func checkUnique(_ place: Int) throws(SpecificationError) {
        let column = table.columns[place]
        var rows: [Double: Int] = [:]
        for (row, value) in column.values.enumerated() {
            let pointer = "row:\(row + 1)/column:\(column.name)"
            guard !value.isNaN else { throw SpecificationError(.invalidData, at: pointer, "the value is missing") }
            guard column.texts != nil || value == value.rounded() && abs(value) < 0x1p52 else {
                throw SpecificationError(
                    .invalidData, at: pointer, "a value of a unique column is a text or a whole number")
            }
            if let earlier = rows.updateValue(row, forKey: value) {
                throw SpecificationError(.invalidData, at: pointer, "the value is that of row \(earlier + 1), too")
            }
        }
    }

    private static func refusal(_ detail: String) -> SpecificationError {
        SpecificationError(.invalidParameter, at: "/constraints", detail)
    }
}
