package import Formats

/// What the rows of a sample have to be: every requirement, whatever else they are.
package struct Condition: Sendable {
    package typealias Requirement = ColumnRequirement

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
            if let reason = encoder.columns[column].coder.reason(against: requirement) {
                throw SpecificationError(.invalidParameter, at: "/where/\(name)", reason)
            }
            found.append((column, requirement))
        }
        self.requirements = found
        guard isPossible else {
            throw SpecificationError(.invalidParameter, at: "/where", "no row has these values together")
        }
    }

    /// Whether what is asked of each category or combination, and of the columns that follow from it, is there together.
    private var isPossible: Bool {
        var asked: [Int: [(requirement: Requirement, words: WordValues)]] = [:]
        for (column, requirement) in requirements {
            guard let words = encoder.columns[column].coder.words else { continue }
            asked[words.source ?? column, default: []].append((requirement, words))
        }
        return asked.allSatisfy { source, asked in
            // Where the category is missing, so is what follows from it.
            let mayHaveNone = encoder.columns[source].coder.words?.mayHaveNone ?? false
            return asked.count < 2 || mayHaveNone && asked.allSatisfy { $0.requirement == .missing }
                || asked[0].words.values.indices.contains { word in
                    asked.allSatisfy { $0.requirement.isMet(by: $0.words.values[word], $0.words.texts) }
                }
        }
    }

    /// The rows of a sampled table that meet the condition.
    package func rows(of table: Table) -> [Int] {
        let tests = requirements.map { column, requirement in
            test(table.columns[column], encoder.columns[column].coder.format, requirement)
        }
        return (0..<table.rowCount).filter { row in tests.allSatisfy { $0(row) } }
    }

    private func test(
        _ column: Column, _ format: TimeFormat?, _ requirement: Requirement
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
            guard let format, let range = format.range(first, last) else { return { _ in false } }
            isRight = texts.map { text in format.number(text).map(range.contains) ?? false }
        case .number, .numbers: isRight = texts.map { _ in false }
        }
        return { !values[$0].isNaN && isRight[Int(values[$0])] }
    }
}
