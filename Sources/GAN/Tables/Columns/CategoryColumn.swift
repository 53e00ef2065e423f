import Formats

/// A column of texts of which there are few.
struct CategoryColumn: ColumnCoder {
    static let kind = "category"

    let texts: CategoryEncoder

    private enum CodingKeys: String, CodingKey {
        case texts = "_0"
    }

    static func learned(_ index: Int, of building: RecordsBuilding, after _: [any ColumnCoder]) -> Self? {
        Self(texts: building.category(building.table.columns[index]))
    }

    var layout: ColumnLayout { ColumnLayout(places: texts.places) }
    var type: String { texts.isBoolean ? "boolean" : "category" }
    var hasMissing: Bool { texts.hasMissing }
    var isOfTexts: Bool { true }
    var isLearned: Bool { !texts.texts.isEmpty }
    var category: CategoryEncoder? { texts }
    var balancedTexts: [ByteText]? { texts.texts }

    var words: WordValues? {
        let vocabulary = texts.vocabulary
        return WordValues(
            values: vocabulary.indices.map(Double.init), texts: vocabulary, mayHaveNone: texts.hasMissing)
    }

    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? {
        texts.encode(input.given[index], index, of: input, into: &rows, at: offset)
        return nil
    }

    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        let words = texts.words(values, at: offset, index, of: output)
        let (vocabulary, name) = (texts.vocabulary, output.names[index])
        guard texts.isBoolean else {
            return ColumnOutput.Made(column: Column(name: name, values: words, texts: vocabulary), words: words)
        }
        // A boolean's values are numbered as JSON numbers them.
        let numbers = vocabulary.map { $0 == Column.booleanTexts[1] ? 1.0 : 0 }
        return ColumnOutput.Made(
            column: Column(
                name: name, values: words.map { $0.isNaN ? $0 : numbers[Int($0)] }, texts: Column.booleanTexts,
                isBoolean: true), words: words)
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) { try texts.check() }

    func reason(against requirement: ColumnRequirement) -> String? {
        switch requirement {
        case .missing: hasMissing ? nil : "the column has no missing values"
        case .text(let text): texts.vocabulary.contains(text) ? nil : "no row has this value"
        case .number, .numbers: "the column is one of texts"
        case .texts: "the column is not one of dates or times"
        }
    }

    func warning(_ column: Schema.Column) -> String? {
        let kept = texts.texts.count
        if column.distinct == 0 { return "column \(column.name) has no values: it is left empty" }
        if kept == 0 {
            return "column \(column.name) has no text that \(Schema.rareRows) rows share: it is left empty"
        }
        if !texts.others.isEmpty {
            return "column \(column.name) has \(column.distinct) texts: the \(kept) most frequent are learned, the "
                + "others drawn as often as they occur"
        }
        let rare = column.distinct - kept
        guard rare > 0 else { return nil }
        return "column \(column.name) has \(rare) texts of fewer than \(Schema.rareRows) rows, which are not kept"
    }
}

extension CategoryEncoder {
    /// Writes a column of texts into its places of each row.
    func encode(
        _ column: Column, _ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int
    ) {
        let (values, places, missingPlace, sums) = (column.values, places(of: column), missingPlace, sums)
        rows.write(column: index, at: offset) { row in
            let value = values[row]
            return (value.isNaN ? missingPlace : places[Int(value)])
                ?? input.chance(row, index).map { place(sums: sums, chance: $0) }
        }
    }

    /// Which of the vocabulary each generated row has; NaN is missing.
    func words(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> [Double] {
        let (width, places, sums) = (output.width, places, otherSums)
        var words = [Double](repeating: .nan, count: output.count)
        for row in words.indices {
            let place = values.largest(from: row * width + offset, count: places)
            if let word = word(at: place, sums: sums, chance: output.chance(row, index)) { words[row] = Double(word) }
        }
        return words
    }
}
