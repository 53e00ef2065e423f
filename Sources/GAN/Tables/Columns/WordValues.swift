import Formats

/// What a column has in each word of a category: one that it is itself, or that it follows from.
struct WordValues {
    /// The column that it follows from; `nil` where the words are its own.
    var source: Int?
    /// The values in the order of the words; NaN is missing.
    let values: [Double]
    /// The texts that the values are places in; `nil` for a column of numbers.
    let texts: [ByteText]?
    /// Whether a row may have none of the words.
    var mayHaveNone = false

    /// Why no row can meet a requirement, in plain words; `nil` where one may.
    func reason(against requirement: ColumnRequirement) -> String? {
        guard !values.contains(where: { requirement.isMet(by: $0, texts) }) else { return nil }
        return switch requirement {
        case .missing: "the column has no missing values"
        case .number, .text: "no row has this value"
        case .numbers: "no row has a value in this range"
        case .texts: "the column is not one of dates or times"
        }
    }

    /// Whether each value is a number, or one of the texts.
    var areSound: Bool {
        values.allSatisfy { value in
            guard !value.isNaN else { return true }
            guard let texts else { return value.isFinite }
            return Int(exactly: value).map(texts.indices.contains) ?? false
        }
    }

    func checkTexts() throws(ManifestError) {
        guard Set(texts ?? []).count == texts?.count ?? 0 else {
            throw ManifestError("a column that is derived or combined lists one of its texts twice")
        }
    }
}
