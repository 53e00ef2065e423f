import Formats

/// The first of some columns whose texts stand together only as they do in the data: a category of their combinations, from
/// which the others are derived.
struct CombinationColumn: ColumnCoder {
    static let kind = "combination"

    let texts: CategoryEncoder
    let combination: CombinationEncoder

    private enum CodingKeys: String, CodingKey {
        case texts = "_0"
        case combination = "_1"
    }

    static func learned(_ index: Int, of building: RecordsBuilding, after _: [any ColumnCoder]) -> Self? {
        guard let combined = building.combined.first(where: { $0.columns[0] == index }) else { return nil }
        let part = combined.part(0)
        return Self(
            texts: combined.category,
            combination: CombinationEncoder(columns: combined.columns, values: part.values, texts: part.texts))
    }

    var layout: ColumnLayout { ColumnLayout(places: texts.places) }
    var type: String { "category" }
    var hasMissing: Bool { texts.hasMissing || combination.values.contains(where: \.isNaN) }
    var isOfTexts: Bool { true }
    var isLearned: Bool { !texts.texts.isEmpty }
    var category: CategoryEncoder? { texts }
    var words: WordValues? { ownWords }
    private var ownWords: WordValues { WordValues(values: combination.values, texts: combination.texts) }
    var balancedTexts: [ByteText]? { combination.texts }

    func learnedColumn(_ index: Int, of given: [Column]) -> Column {
        Combinations(combination.columns.map { given[$0] }).column
    }

    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? {
        texts.encode(learnedColumn(index, of: input.given), index, of: input, into: &rows, at: offset)
        return nil
    }

    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        let words = texts.words(values, at: offset, index, of: output)
        return ColumnOutput.Made(
            column: Column(
                name: output.names[index], values: words.map { $0.isNaN ? $0 : combination.values[Int($0)] },
                texts: combination.texts), words: words)
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) {
        try texts.check()
        let (columns, words) = (combination.columns, ownWords)
        guard !texts.isBoolean, columns.first == index, Set(columns).count == columns.count,
            words.values.count == texts.vocabulary.count, words.areSound
        else { throw ManifestError("a combination has texts that it cannot have") }
        try words.checkTexts()
        guard columns.allSatisfy(coders.indices.contains) else {
            throw ManifestError("a combination is one of columns that there are not")
        }
    }

    func reason(against requirement: ColumnRequirement) -> String? { ownWords.reason(against: requirement) }

    func warning(_ column: Schema.Column) -> String? {
        guard texts.hasMissing else { return nil }
        return "the columns of a combination with \(column.name) have none that \(Schema.rareRows) rows share: they "
            + "are left empty"
    }
}
