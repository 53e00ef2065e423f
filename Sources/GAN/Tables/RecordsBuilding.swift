import Formats

/// What decides how the columns of a table of records are encoded: what each is, and what it is bound to.
struct RecordsBuilding {
    let table: Table
    let schema: Schema
    private let maximumCategories: Int
    /// How many rows at either end of a column of numbers may not be told from one another.
    let protectedRows: Int
    /// Of columns that are never below others: which those are.
    let bases: [Int: [DifferenceEncoder.Base]]
    /// Columns of which no two rows have the same value.
    let unique: Set<Int>
    /// Columns whose combinations are those of the data.
    let combined: [CombinedColumns]

    init(table: Table, schema: Schema, maximumCategories: Int, protecting: Int, rules: [Constraint.Rule]) {
        self.table = table
        self.schema = schema
        self.maximumCategories = maximumCategories
        protectedRows = protecting
        var bases: [Int: [DifferenceEncoder.Base]] = [:]
        var unique: Set<Int> = []
        var combined: [CombinedColumns] = []
        for rule in rules {
            let places = rule.columns.compactMap { name in table.columns.firstIndex { $0.name == name } }
            switch rule {
            case .order(_, _, let isStrict):
                guard schema.columns[places[0]].distinct > 0 else { continue }
                bases[places[1], default: []].append(DifferenceEncoder.Base(column: places[0], isStrict: isStrict))
            case .unique: unique.insert(places[0])
            case .combination:
                combined.append(
                    CombinedColumns(places.sorted(), of: table, maximumCategories: maximumCategories))
            }
        }
        self.bases = bases
        self.unique = unique
        self.combined = combined
    }

    /// What a column is; `nil` where it has nothing but gaps.
    func kind(_ index: Int) -> Schema.Kind? {
        schema.columns[index].distinct > 0 ? schema.columns[index].kind : nil
    }

    /// The format of a column of dates or times.
    func format(_ index: Int) -> TimeFormat? { table.columns[index].texts.flatMap(TimeFormat.reading) }

    func category(_ column: Column) -> CategoryEncoder {
        CategoryEncoder(column, maximum: maximumCategories, rare: Schema.rareRows)
    }

    /// The share of rows without a value; `nil` where there are none.
    func missingShare(_ index: Int) -> Double? {
        let gaps = table.columns[index].values.count(where: \.isNaN)
        return gaps > 0 ? Double(gaps) / Double(table.rowCount) : nil
    }

    /// The least that each value of a column in units may be, which is never below others.
    func floors(_ bases: [DifferenceEncoder.Base], unit: Double) -> [Double] {
        DifferenceEncoder.floors(bases, unit: unit) { base in
            ComparableColumn(table.columns[base], schema.columns[base].kind)?.values ?? []
        }
    }
}
