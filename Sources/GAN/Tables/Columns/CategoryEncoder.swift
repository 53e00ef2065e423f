import Formats

/// How a column of texts becomes floats, and back: one place a text, of which one is set to 1.
struct CategoryEncoder: Sendable, Equatable, Codable {
    /// The texts that have places of their own, the most frequent first.
    let texts: [ByteText]
    /// Texts that share a place: too many to have places of their own.
    let others: [ByteText]
    /// How many rows have each of the texts, and of the others.
    private let counts: [Int]
    private let otherCounts: [Int]
    let isBoolean: Bool
    let hasMissing: Bool

    /// - Parameters:
    ///   - column: a column of texts.
    ///   - maximum: how many texts may have places of their own.
    ///   - rare: a text of fewer rows than this is not kept at all, for it may tell who a row is about.
    init(_ column: Column, maximum: Int, rare: Int) {
        let all = column.texts ?? []
        var counts = [Int](repeating: 0, count: all.count)
        for value in column.values where !value.isNaN { counts[Int(value)] += 1 }
        // As frequent texts keep the order of the data.
        let order = all.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
        let kept = order.filter { counts[$0] >= rare }
        texts = kept.prefix(maximum).map { all[$0] }
        self.counts = kept.prefix(maximum).map { counts[$0] }
        others = kept.dropFirst(maximum).map { all[$0] }
        otherCounts = kept.dropFirst(maximum).map { counts[$0] }
        isBoolean = column.isBoolean
        // Where no text is kept, nothing is left but to leave the column empty.
        hasMissing = kept.isEmpty || column.values.contains(where: \.isNaN)
    }

    /// The places of the span: the texts, "one of the others", and "missing".
    var places: Int { texts.count + (others.isEmpty ? 0 : 1) + (hasMissing ? 1 : 0) }

    /// The place of each text of a column, or `nil` for those that are not kept.
    func places(of column: Column) -> [Int?] {
        let own = Dictionary(placesOf: texts)
        let shared = Set(others)
        return (column.texts ?? []).map { own[$0] ?? (shared.contains($0) ? texts.count : nil) }
    }

    var missingPlace: Int? { hasMissing ? places - 1 : nil }

    /// All texts that samples may have; a place among the texts or the others is an index into these.
    var vocabulary: [ByteText] { texts + others }

    /// Which of the vocabulary a place stands for; `nil` for a missing value.
    ///
    /// - Parameters:
    ///   - sums: `otherSums`.
    ///   - chance: 0 to 1, which of the others it is.
    func word(at place: Int, sums: [Int], chance: Float) -> Int? {
        if place < texts.count { return place }
        guard place == texts.count, !others.isEmpty else { return nil }
        return texts.count + Self.drawn(from: sums, chance: chance)
    }

    /// How many rows have the others up to each.
    var otherSums: [Int] { Self.sums(otherCounts) }

    /// How many rows have the texts up to each.
    var sums: [Int] { Self.sums(counts) }

    /// A place drawn as often as rows have it, for a text that is not kept.
    ///
    /// - Parameter sums: `sums`.
    func place(sums: [Int], chance: Float) -> Int {
        texts.isEmpty ? 0 : Self.drawn(from: sums, chance: chance)
    }

    private static func sums(_ counts: [Int]) -> [Int] {
        var sum = 0
        return counts.map { count in
            sum += count
            return sum
        }
    }

    /// An index drawn in proportion to the counts that add up to the sums.
    private static func drawn(from sums: [Int], chance: Float) -> Int {
        let target = Int(chance * Float(sums.last ?? 0))
        return min(sums.partitionIndex { $0 > target }, sums.count - 1)
    }
}

extension CategoryEncoder {
    /// Checks all that encoding and decoding rely on.
    func check() throws(ManifestError) {
        let all = counts + otherCounts
        guard counts.count == texts.count, otherCounts.count == others.count, places > 0,
            Set(vocabulary).count == vocabulary.count
        else { throw ManifestError("a category's texts are not different ones, or not counted one by one") }
        guard all.allSatisfy({ 0...1_000_000_000_000 ~= $0 }), all.count <= 4_000_000 else {
            throw ManifestError("a category's counts make no sense")
        }
        guard !isBoolean || Set(vocabulary).isSubset(of: Column.booleanTexts) else {
            throw ManifestError("a boolean is neither true nor false")
        }
    }
}
