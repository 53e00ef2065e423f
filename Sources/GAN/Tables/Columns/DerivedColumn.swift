import Formats

/// A function of a category in another column, or of a combination.
struct DerivedColumn: ColumnCoder {
    static let kind = "derived"

    let source: Int
    /// The values of the words of the source's vocabulary, in their order; NaN is missing.
    let values: [Double]
    let texts: [ByteText]?
    let decimals: Int?

    private enum CodingKeys: String, CodingKey {
        case source = "from"
        case values, texts, decimals
    }

    /// Digits after the point that a double can have.
    private static let knownDecimals = 0...15

    var layout: ColumnLayout { ColumnLayout() }
    var type: String { texts != nil ? "category" : decimals == 0 ? "integer" : "decimal" }
    var hasMissing: Bool { values.contains(where: \.isNaN) }
    var isOfTexts: Bool { texts != nil }
    var isComparable: Bool { texts == nil }
    var needed: [Int] { [source] }
    var words: WordValues? { ownWords }
    private var ownWords: WordValues { WordValues(source: source, values: values, texts: texts) }
    var balancedTexts: [ByteText]? { texts }

    func source(of index: Int, among coders: [any ColumnCoder]) -> Int? {
        // The columns of a combination stand beside one another.
        (coders[source] as? CombinationColumn)?.combination.columns.contains(index) == true ? nil : source
    }

    /// Marks the rows whose value is another one than their category has.
    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? {
        guard let category = input.coders[source].category else { return nil }
        let from = input.coders[source].learnedColumn(source, of: input.given)
        let words = Dictionary(placesOf: category.vocabulary)
        let wordOf = (from.texts ?? []).map { words[$0] }
        let (column, values, texts, decimals) = (input.given[index], values, texts, decimals)
        for (row, value) in column.values.enumerated() where !from.values[row].isNaN {
            guard let word = wordOf[Int(from.values[row])] else { continue }
            let own = values[word]
            let isRight: Bool
            if own.isNaN || value.isNaN {
                isRight = own.isNaN && value.isNaN
            } else if let texts {
                isRight = column.texts?[Int(value)] == texts[Int(own)]
            } else {
                // Samples have it as it is written.
                isRight = value == own || decimals.map { value == Precision.round(own, decimals: $0) } ?? false
            }
            if !isRight { rows.markMisfit(row, column: index) }
        }
        return nil
    }

    func decode(_ rows: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        let words = output.made[source]?.words ?? [Double](repeating: .nan, count: output.count)
        return ColumnOutput.Made(
            column: Column(
                name: output.names[index], values: words.map { $0.isNaN ? $0 : values[Int($0)] }, decimals: decimals,
                texts: texts.map { TextList($0) }))
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) {
        guard (0..<index).contains(source), let category = coders[source].category,
            category.vocabulary.count == values.count
        else { throw ManifestError("a column is derived from what is no category, or from other texts than it has") }
        try ownWords.checkTexts()
        guard ownWords.areSound, decimals.map(Self.knownDecimals.contains) ?? true else {
            throw ManifestError("a derived column has values that it cannot have")
        }
    }

    func reason(against requirement: ColumnRequirement) -> String? { ownWords.reason(against: requirement) }
}

extension DerivedColumn {
    /// A column of a combination but the first, or one that is a function of an earlier category or combination: each of
    /// its words, in all its rows and in twenty of them on average, has one value.
    static func learned(_ index: Int, of building: RecordsBuilding, after earlier: [any ColumnCoder]) -> Self? {
        for combined in building.combined {
            guard let place = combined.columns.firstIndex(of: index) else { continue }
            let part = combined.part(place)
            return Self(source: combined.columns[0], values: part.values, texts: part.texts, decimals: nil)
        }
        guard building.schema.columns[index].distinct > 1,
            [.integer, .decimal, .category].contains(building.schema.columns[index].kind)
        else { return nil }
        for (source, coder) in earlier.enumerated() {
            guard let category = coder.category, !category.hasMissing, category.others.isEmpty,
                category.texts.count * 20 <= building.table.rowCount,
                areDerived(building.bases[index] ?? [], from: source, earlier),
                let derived = derived(index, from: source, category, of: building)
            else { continue }
            return derived
        }
        return nil
    }

    /// Whether the columns that one is never below follow from the same category, which then keeps the order.
    private static func areDerived(
        _ bases: [DifferenceEncoder.Base], from source: Int, _ earlier: [any ColumnCoder]
    ) -> Bool {
        bases.allSatisfy { base in
            earlier.indices.contains(base.column) && (earlier[base.column] as? Self)?.source == source
        }
    }

    /// - Returns: `nil` where the column is no function of the source.
    private static func derived(
        _ index: Int, from source: Int, _ category: CategoryEncoder, of building: RecordsBuilding
    ) -> Self? {
        let (column, distinct) = (building.table.columns[index], building.schema.columns.map(\.distinct))
        let joined = building.combined.first { $0.columns[0] == source }?.joined.column
        guard joined?.texts?.count ?? distinct[source] >= distinct[index],
            let known = values(of: column, by: category, of: joined ?? building.table.columns[source])
        else { return nil }
        guard let texts = column.texts else {
            return Self(source: source, values: known, texts: nil, decimals: Precision.decimals(of: column.values))
        }
        // Only texts that rows enough share are kept.
        let used = Array(Set(known.lazy.filter { !$0.isNaN })).sorted()
        return Self(
            source: source, values: known.map { $0.isNaN ? $0 : Double(used.firstIndex(of: $0) ?? 0) },
            texts: used.map { texts[Int($0)] }, decimals: nil)
    }

    /// The value that each text of a category has; `nil` where one has several.
    private static func values(of column: Column, by category: CategoryEncoder, of from: Column) -> [Double]? {
        let places = category.places(of: from)
        var values = [Double?](repeating: nil, count: category.texts.count)
        for (value, word) in zip(column.values, from.values) {
            guard let place = places[Int(word)] else { continue }
            if let known = values[place] {
                guard known == value || known.isNaN && value.isNaN else { return nil }
            } else {
                values[place] = value
            }
        }
        return values.map { $0 ?? .nan }
    }
}
