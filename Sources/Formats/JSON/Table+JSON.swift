extension Table {
    /// Reads an array of numbers, of arrays, or of objects with the keys of the first one.
    ///
    /// What stands in arrays and objects is numbers, strings or booleans, one kind a column, or null for a missing value.
    /// `pointer` is where `json` stands in its document; errors name the place below it.
    package init(
        json: JSONElement, at pointer: String, limits: ReadingLimits = ReadingLimits()
    ) throws(FormatError) {
        var reader = JSONTableReader(at: pointer, limits: limits)
        try reader.read(json)
        self = try reader.table()
    }

    /// `x`, or `x1`, `x2` and so on: the names of columns that came without.
    static func defaultNames(count: Int) -> [ByteText] {
        count == 1 ? ["x"] : (1...count).map { "x\($0)" }
    }
}
