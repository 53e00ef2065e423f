/// What the fields of a CSV column have turned out to be: numbers, unless one says otherwise.
struct CSVColumnReading {
    /// The first field that is not a number, and the row it is in.
    struct Exception {
        let row: Int
        let range: Range<Int>
    }

    private(set) var missing = 0
    private(set) var texts = 0
    /// Numbers with a comma for a point; counted as texts too.
    private(set) var decimalCommas = 0
    private(set) var firstText: Exception?
    /// Digits that a number would not keep: behind a zero, or more of them than a Double tells apart.
    private var codes = 0
    private var (fewest, most) = (Int.max, 0)
    private(set) var firstInfinity: Exception?

    /// The longest field that is a text, and the longest name.
    static let longest = 1 << 20

    /// Whether a text that is not quoted stands for a missing value.
    static func isAbsence(_ text: [UInt8]) -> Bool { text.count <= 4 && absences.contains(text) }

    /// What programs write for a value that they do not have, besides nothing.
    private static let absences: Set<[UInt8]> = Set(
        ["NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None"].map { Array($0.utf8) })

    /// Whether the field stands for a missing value. A quoted field never does, unless it is empty.
    static func isMissing(_ field: CSVTokenizer.Field, in bytes: Span<UInt8>) -> Bool {
        let range = CSVNumber.trim(field.range, in: bytes)
        if range.isEmpty { return true }
        guard !field.isQuoted, range.count <= 4 else { return false }
        return absences.contains(range.map { bytes[$0] })
    }

    /// Whether the fields are postal codes, account numbers and the like rather than numbers: all of one length, and some
    /// of them would lose digits.
    var isOfCodes: Bool { codes > 0 && fewest == most }

    /// Takes note of a field that is a number.
    @inline(__always)
    mutating func note(_ number: Double, _ range: Range<Int>, in bytes: Span<UInt8>) {
        fewest = min(fewest, range.count)
        most = max(most, range.count)
        guard bytes[range.lowerBound] == UInt8(ascii: "0") && range.count > 1 || number > 0x1p53 else { return }
        if range.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[$0] }) { codes += 1 }
    }

    /// Takes note of a field that is not a finite number.
    ///
    /// - Returns: what is wrong with it, where it has bytes that no text has.
    mutating func note(_ field: CSVTokenizer.Field, row: Int, in bytes: Span<UInt8>) -> String? {
        guard !Self.isMissing(field, in: bytes) else {
            missing += 1
            return nil
        }
        guard field.range.count <= Self.longest else { return "the field has more than \(Self.longest) bytes" }
        var isASCII = true
        for index in field.range {
            guard bytes[index] != 0 || field.isQuoted else { return "the field holds a NUL byte" }
            if bytes[index] >= 0x80 { isASCII = false }
        }
        guard isASCII || (try? UTF8Span(validating: bytes.extracting(field.range))) != nil else {
            return "the field is not valid UTF-8"
        }
        if CSVNumber.isNotFinite(field.range, in: bytes) {
            firstInfinity = firstInfinity ?? Exception(row: row, range: field.range)
        } else {
            texts += 1
            firstText = firstText ?? Exception(row: row, range: field.range)
            if CSVNumber.hasDecimalComma(field.range, in: bytes) { decimalCommas += 1 }
        }
        return nil
    }
}
