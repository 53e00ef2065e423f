package import Formats

/// What the rows of a sample have to be: every requirement, whatever else they are.
package struct Condition: Sendable {
    /// What is asked of one column.
    package enum Requirement: Sendable, Equatable {
        case missing
        case number(Double)
        case numbers(ClosedRange<Double>)
        case text(ByteText)
        /// Dates or times of the column's format, from the first to the last; `nil` leaves an end open.
        case texts(from: ByteText?, through: ByteText?)
    }

    private let requirements: [(column: Int, requirement: Requirement)]
    private let encoder: TableEncoder

    /// - Throws: `invalidParameter` for columns that there are not, and for what no row of the model can be.
    package init(_ requirements: [(name: ByteText, requirement: Requirement)], snapshot: Snapshot)
        throws(SpecificationError)
    {
        encoder = snapshot.manifest.encoder
        var found: [(column: Int, requirement: Requirement)] = []
        for (name, requirement) in requirements {
            guard let column = encoder.columns.firstIndex(where: { $0.name == name }) else {
                throw SpecificationError(.invalidParameter, at: "/where/\(name)", "the model has no such column")
            }
            if let reason = encoder.columns[column].encoder.reasonAgainst(requirement, in: encoder) {
                throw SpecificationError(.invalidParameter, at: "/where/\(name)", reason)
            }
            found.append((column, requirement))
        }
        self.requirements = found
        guard encoder.columns.indices.allSatisfy(isPossible) else {
            throw SpecificationError(.invalidParameter, at: "/where", "no row has these values together")
        }
    }

    /// Whether what is asked of a category or of combinations, and of the columns that follow from it, is there together.
    private func isPossible(_ source: Int) -> Bool {
        let (own, texts, mayBeMissing): ([Double], [ByteText], Bool)
        switch encoder.columns[source].encoder {
        case .combination(_, let combination):
            (own, texts, mayBeMissing) = (combination.values, combination.texts, false)
        case .category(let category):
            own = category.vocabulary.indices.map(Double.init)
            (texts, mayBeMissing) = (category.vocabulary, category.hasMissing)
        default: return true
        }
        let asked: [(requirement: Requirement, values: [Double], texts: [ByteText]?)] = requirements.compactMap {
            if $0.column == source { return ($0.requirement, own, texts) }
            guard case .derived(source, let values, let texts, _) = encoder.columns[$0.column].encoder else {
                return nil
            }
            return ($0.requirement, values, texts)
        }
        // Where the category is missing, so is what follows from it.
        return asked.count < 2 || mayBeMissing && asked.allSatisfy { $0.requirement == .missing }
            || own.indices.contains { word in
                asked.allSatisfy { $0.requirement.isMet(by: $0.values[word], $0.texts) }
            }
    }

    /// The rows of a sampled table that meet the condition.
    package func rows(of table: Table) -> [Int] {
        let tests = requirements.map { column, requirement in
            test(table.columns[column], encoder.columns[column].encoder, requirement)
        }
        return (0..<table.rowCount).filter { row in tests.allSatisfy { $0(row) } }
    }

    private func test(
        _ column: Column, _ encoder: ColumnEncoder, _ requirement: Requirement
    ) -> (_ row: Int) -> Bool {
        let values = column.values
        guard let texts = column.texts else {
            return switch requirement {
            case .missing: { values[$0].isNaN }
            case .number(let number): { values[$0] == number }
            case .numbers(let range): { range.contains(values[$0]) }
            case .text, .texts: { _ in false }
            }
        }
        var isRight: [Bool]
        switch requirement {
        case .missing: return { values[$0].isNaN }
        case .text(let text): isRight = texts.map { $0 == text }
        case .texts(let first, let last):
            guard let format = encoder.format, let range = format.range(first, last) else { return { _ in false } }
            isRight = texts.map { text in format.number(text).map(range.contains) ?? false }
        case .number, .numbers: isRight = texts.map { _ in false }
        }
        return { !values[$0].isNaN && isRight[Int(values[$0])] }
    }
}

extension ColumnEncoder {
    /// Why no row can meet a requirement, in plain words; `nil` where one may.
    fileprivate func reasonAgainst(_ requirement: Condition.Requirement, in encoder: TableEncoder) -> String? {
        switch self {
        case .number(let number): number.reasonAgainst(requirement)
        case .difference(let encoder, nil): encoder.own.reasonAgainst(requirement)
        case .sequence, .identifier: "the column is an identifier, which is made anew for each row"
        case .category(let category): category.reasonAgainst(requirement)
        case .time(let number, let format): number.reasonAgainst(requirement, format)
        case .difference(let encoder, let format?): encoder.own.reasonAgainst(requirement, format)
        case .combination(_, let combination):
            Self.reason(against: requirement, amongst: combination.values, combination.texts)
        case .derived(_, let values, let texts, _): Self.reason(against: requirement, amongst: values, texts)
        }
    }

    private static func reason(
        against requirement: Condition.Requirement, amongst values: [Double], _ texts: [ByteText]?
    ) -> String? {
        guard !values.contains(where: { requirement.isMet(by: $0, texts) }) else { return nil }
        return switch requirement {
        case .missing: "the column has no missing values"
        case .number, .text: "no row has this value"
        case .numbers: "no row has a value in this range"
        case .texts: "the column is not one of dates or times"
        }
    }
}

extension Condition.Requirement {
    /// Whether a number, or a place among the texts of a column that has some, is what is asked for.
    fileprivate func isMet(by value: Double, _ texts: [ByteText]?) -> Bool {
        switch self {
        case .missing: value.isNaN
        case .number(let number): texts == nil && value == number
        case .numbers(let range): texts == nil && range.contains(value)
        case .text(let text): texts.map { !value.isNaN && $0[Int(value)] == text } ?? false
        case .texts: false
        }
    }
}

extension TimeFormat {
    /// What lies between two texts, either of which may be left out; `nil` where nothing can.
    fileprivate func range(_ first: ByteText?, _ last: ByteText?) -> ClosedRange<Double>? {
        guard let low = first.map(number) ?? -.infinity, let high = last.map(number) ?? .infinity, low <= high else {
            return nil
        }
        return low...high
    }
}

extension NumberEncoder {
    /// The same of times of a format.
    fileprivate func reasonAgainst(_ requirement: Condition.Requirement, _ format: TimeFormat) -> String? {
        switch requirement {
        case .missing: hasMissing ? nil : "the column has no missing values"
        case .text(let text): format.number(text) == nil ? "the text is not of the column's format" : nil
        case .texts(let first, let last):
            format.range(first, last) == nil
                ? "the texts are not of the column's format, or the first is behind the last" : nil
        case .number, .numbers: "the column is one of texts"
        }
    }

    fileprivate func reasonAgainst(_ requirement: Condition.Requirement) -> String? {
        switch requirement {
        case .missing: hasMissing ? nil : "the column has no missing values"
        case .number(let number): bounds.map { $0.contains(number) } == false ? "no row has this value" : nil
        case .numbers(let range): bounds.map { $0.overlaps(range) } == false ? "no row has a value in this range" : nil
        case .text, .texts: "the column is one of numbers"
        }
    }
}

extension CategoryEncoder {
    fileprivate func reasonAgainst(_ requirement: Condition.Requirement) -> String? {
        switch requirement {
        case .missing: hasMissing ? nil : "the column has no missing values"
        case .text(let text): vocabulary.contains(text) ? nil : "no row has this value"
        case .number, .numbers: "the column is one of texts"
        case .texts: "the column is not one of dates or times"
        }
    }
}
