import Formats

/// Recognises dates and times of one format.
enum TimeRecogniser: ColumnRecogniser {
    static let typeName = "timestamp"

    static func kind(of column: ColumnSight) throws(SpecificationError) -> Schema.Kind? {
        guard let texts = column.column.texts, !column.column.isBoolean else { return nil }
        if column.distinct > 0, TimeFormat.reading(texts) != nil { return .timestamp }
        try refuseSlips(in: column.column, of: texts)
        return nil
    }

    static func declaredKind(of column: ColumnSight) throws(SpecificationError) -> Schema.Kind {
        guard let texts = column.column.texts else { throw column.refusal("one of numbers") }
        guard TimeFormat.reading(texts) != nil else {
            throw column.refusal("not one of dates or times of one format")
        }
        return .timestamp
    }

    /// Refuses a column of dates or times with a few texts that are none: a slip more often than a category.
    private static func refuseSlips(in column: Column, of texts: TextList) throws(SpecificationError) {
        guard let format = TimeFormat.readingMost(texts) else { return }
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
}
