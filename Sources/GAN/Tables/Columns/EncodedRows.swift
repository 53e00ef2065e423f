/// Where the columns of a table are written as rows of floats, and what did not fit.
struct EncodedRows {
    private let width: Int
    /// Row-major.
    private(set) var values: [Float]
    /// Of each row the first column whose value no generated row can have, or −1.
    private(set) var misfits: [Int32]

    init(count: Int, width: Int) {
        self.width = width
        values = [Float](repeating: 0, count: count * width)
        misfits = [Int32](repeating: -1, count: count)
    }

    mutating func markMisfit(_ row: Int, column: Int) { if misfits[row] < 0 { misfits[row] = Int32(column) } }

    /// Writes the codes of a column of numbers; `nil` is one of a value that is none.
    ///
    /// - Parameter places: those of the choice behind each number.
    /// - Returns: the row of a value that cannot be encoded, if there is one.
    mutating func write(
        _ numbers: [Double], at offset: Int, places: Int, hasMissing: Bool,
        _ code: (_ row: Int) -> NumberEncoder.Code?
    ) -> Int? {
        for (row, number) in numbers.enumerated() {
            guard !number.isNaN || hasMissing, let code = code(row) else { return row }
            let start = row * width + offset
            values[start] = code.number
            if places > 0 { values[start + 1 + code.place] = 1 }
        }
        return nil
    }

    /// Sets the places of a column that is a choice; `nil` is that of a row that does not fit.
    mutating func write(column: Int, at offset: Int, _ place: (_ row: Int) -> Int?) {
        for row in misfits.indices {
            if let place = place(row) {
                values[row * width + offset + place] = 1
            } else {
                markMisfit(row, column: column)
            }
        }
    }
}
