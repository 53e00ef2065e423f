package import Formats

/// What the columns of a table are.
package struct Schema: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Whole numbers.
        case integer
        case decimal
        case category
        case boolean
        /// A date, a time or both.
        case timestamp
        /// Another value in every row: made anew, never learned.
        case identifier
    }

    package struct Column: Sendable, Equatable, Codable {
        package let name: ByteText
        package let kind: Kind
        /// Rows without a value.
        package let missing: Int
        /// Different values.
        package let distinct: Int
        /// The category that this column is a function of.
        package internal(set) var derivedFrom: ByteText?
        package internal(set) var warning: String?
    }

    package internal(set) var columns: [Column]

    /// What a user may call the kinds; numbers are integers or decimals by their values.
    package static let typeNames = ["number", "category", "timestamp", "identifier"]

    /// A text has to stand in as many rows to be kept at all.
    static let rareRows = 5

    /// Looks at a table.
    ///
    /// - Parameter types: names of `typeNames` by column, where they are not to be inferred.
    package init(
        _ table: Table, types: TextMap = [:], within allowance: Allowance = .unlimited
    ) throws(SpecificationError) {
        for (name, _) in types.pairs where !table.names.contains(name) {
            throw SpecificationError(.invalidParameter, at: "/types", "there is no column \(name)")
        }
        var columns: [Column] = []
        for column in table.columns {
            try allowance.checkPreparing()
            let missing = column.values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
            let distinct = Self.distinct(column)
            let kind = try Self.kind(of: column, missing: missing, distinct: distinct, type: types[column.name])
            columns.append(Column(name: column.name, kind: kind, missing: missing, distinct: distinct))
        }
        self.columns = columns
    }

    private static func distinct(_ column: Formats.Column) -> Int {
        guard let texts = column.texts else { return distinct(column.values) }
        var isThere = [Bool](repeating: false, count: texts.count)
        for value in column.values where !value.isNaN { isThere[Int(value)] = true }
        return isThere.count(where: \.self)
    }

    /// Range by range, because a sorted copy would be as large as the data.
    private static func distinct(_ values: [Double]) -> Int {
        let ranges = 1 + values.count / rangeRows
        let quantiles = evenSteps(64 * (ranges - 1), through: values.count).map { values[$0] }.sortedPresent
        let borders = (1..<ranges).compactMap { index in
            quantiles.isEmpty ? nil : quantiles[index * quantiles.count / ranges]
        }
        var count = 0
        for (low, high) in zip([-.infinity] + borders, borders + [.infinity]) {
            var range = values.filter { low <= $0 && $0 < high }
            range.sort()
            count += range.distinctCount
        }
        return count
    }

    private static let rangeRows = 1 << 18
    /// From there on it is not far to where a number plus one is no other double, 2⁵³.
    private static let countedNumbers = 0x1p52

    private static func kind(
        of column: Formats.Column, missing: Int, distinct: Int, type: String?
    ) throws(SpecificationError) -> Kind {
        let place = "/types"
        let present = column.values.count - missing
        // Another value in nearly every row says who it is, and nothing about what they have in common.
        let isUnique = present >= 50 && distinct * 20 > present * 19
        guard let texts = column.texts else {
            guard type == nil || type == "number" || type == "identifier" else {
                throw SpecificationError(.invalidParameter, at: place, "column \(column.name) is one of numbers")
            }
            let uncounted = column.values.firstIndex { abs($0) >= countedNumbers }
            if type == "identifier" {
                guard let uncounted else { return .identifier }
                throw SpecificationError(
                    .invalidData, at: "row:\(uncounted + 1)/column:\(column.name)",
                    "identifiers as large as this number cannot be told apart as numbers: send them as texts, in quotes "
                        + "as JSON has them")
            }
            guard Precision.decimals(of: column.values) == 0 else { return .decimal }
            let isSequence =
                type == nil && isUnique && distinct == column.values.count && uncounted == nil && isDense(column.values)
            return isSequence ? .identifier : .integer
        }
        switch type {
        case "number": throw SpecificationError(.invalidParameter, at: place, "column \(column.name) is one of texts")
        case "category": return .category
        case "identifier": return .identifier
        case "timestamp":
            guard TimeFormat.reading(texts) != nil else {
                throw SpecificationError(
                    .invalidParameter, at: place, "column \(column.name) is not one of dates or times of one format")
            }
            return .timestamp
        default: break
        }
        if column.isBoolean { return .boolean }
        if distinct > 0, TimeFormat.reading(texts) != nil { return .timestamp }
        try refuseSlips(in: column)
        // Dates of several formats are none that could be made anew.
        return isUnique && !TimeFormat.beginsMost(of: texts) ? .identifier : .category
    }

    /// Refuses a column of dates or times with a few texts that are none: a slip more often than a category.
    private static func refuseSlips(in column: Formats.Column) throws(SpecificationError) {
        guard let texts = column.texts, let format = TimeFormat.readingMost(texts) else { return }
        let isTime = texts.map { format.number($0) != nil }
        let present = column.values.filter { !$0.isNaN }
        let times = present.count { isTime[Int($0)] }
        guard times >= 20, times >= 10 * (present.count - times),
            let row = column.values.firstIndex(where: { !$0.isNaN && !isTime[Int($0)] })
        else { return }
        throw SpecificationError(
            .invalidData, at: "row:\(row + 1)/column:\(column.name)",
            "the value is not a date or time of the format that most of its column have; types=\(column.name):category "
                + "reads the column as texts")
    }

    /// Whether whole numbers leave few out between the smallest and the largest, as numbered rows do.
    private static func isDense(_ values: [Double]) -> Bool {
        guard let low = values.min(), let high = values.max() else { return false }
        return high - low < 2 * Double(values.count)
    }
}
