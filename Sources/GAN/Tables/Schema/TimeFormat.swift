import Formats

/// A way to write a date, a time or both; the text's number is in seconds since 1970, or since midnight.
struct TimeFormat: Sendable, Hashable, Codable {
    /// What stands in a text: numbers of so many digits, and the characters between them.
    enum Part: Sendable, Hashable, Codable {
        case year, month, day, hour, minute, second
        /// So many digits of a second.
        case fraction(Int)
        case literal(UInt8)
    }

    let parts: [Part]

    /// ISO 8601 and the ways of the United States and of Europe, in the order in which they are tried: what both can be is
    /// read as the former. All but dates alone may end in a zone.
    private static let known: [TimeFormat] = [
        "Y-M-D", "Y-M-D h:m:s", "Y-M-DTh:m:s", "Y-M-D h:m", "Y-M-DTh:m", "h:m:s", "h:m", "Y/M/D", "M/D/Y",
        "M/D/Y h:m:s", "M/D/Y h:m", "D/M/Y", "D/M/Y h:m:s", "D/M/Y h:m", "D.M.Y", "D.M.Y h:m:s", "D.M.Y h:m",
    ].flatMap { pattern in
        let plain = TimeFormat(pattern: pattern)
        guard pattern.contains("s") else { return [plain] }
        return [plain] + (1...9).map { TimeFormat(pattern: pattern, fraction: $0) }
    }

    /// The first format that reads every text.
    static func reading(_ texts: TextList) -> TimeFormat? {
        guard let first = texts.first else { return nil }
        return formats(like: [first]).first { format in
            format.number(first) != nil && texts.allSatisfy { format.number($0) != nil }
        }
    }

    /// The format that reads most of the texts, as far as a few of them tell.
    static func readingMost(_ texts: TextList) -> TimeFormat? {
        let some = few(of: texts)
        return formats(like: some).first { format in some.count { format.number($0) != nil } * 4 > some.count * 3 }
    }

    /// Whether most of the texts begin with a date behind which, if anything, there is a time, as far as a few of them
    /// tell.
    static func beginsMost(of texts: TextList) -> Bool {
        let dates = known.filter { $0.isDated && !$0.parts.contains(.hour) }
        let some = few(of: texts)
        let begun = some.count { text in
            guard let next = text.utf8.dropFirst(10).first else { return dates.contains { $0.number(text) != nil } }
            let date = ByteText(String(decoding: text.utf8.prefix(10), as: UTF8.self))
            return "T ".utf8.contains(next) && dates.contains { $0.number(date) != nil }
        }
        return begun * 2 > some.count
    }

    private static func few(of texts: TextList) -> [ByteText] {
        stride(from: 0, to: texts.count, by: max(1, texts.count / 25)).map { texts[$0] }
    }

    /// The formats that there are, without a zone and with those that texts end in.
    private static func formats(like texts: [ByteText]) -> [TimeFormat] {
        let zones = Set(texts.compactMap { zone(ending: Array($0.utf8)) })
        return known + zones.flatMap { zone in known.compactMap { $0.followed(by: zone) } }
    }

    /// `Z` or an offset such as `+02:00`, `+0200` or `+02` at the end of a text.
    private static func zone(ending text: [UInt8]) -> [UInt8]? {
        (1...6).lazy.map { Array(text.suffix($0)) }.first(where: isZone)
    }

    private static func isZone(_ text: [UInt8]) -> Bool {
        guard text != [UInt8(ascii: "Z")] else { return true }
        guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        let isColon = text.count == 6 && text[3] == UInt8(ascii: ":")
        let digits = text.indices.dropFirst().filter { !isColon || $0 != 3 }
        return [2, 4].contains(digits.count) && digits.allSatisfy { 0x30...0x39 ~= text[$0] }
    }

    private func followed(by zone: [UInt8]) -> TimeFormat? {
        parts.contains(.hour) ? TimeFormat(parts: parts + zone.map { .literal($0) }) : nil
    }

    /// Whether it is one of those that there are, with a zone or without.
    var isKnown: Bool {
        Self.known.contains { known in
            guard parts != known.parts else { return true }
            let zone = parts.dropFirst(known.parts.count).compactMap { part in
                if case .literal(let byte) = part { byte } else { nil }
            }
            return Self.isZone(zone) && known.followed(by: zone) == self
        }
    }

    private init(parts: [Part]) { self.parts = parts }

    private init(pattern: String, fraction: Int? = nil) {
        var parts: [Part] = []
        for byte in pattern.utf8 {
            switch byte {
            case UInt8(ascii: "Y"): parts.append(.year)
            case UInt8(ascii: "M"): parts.append(.month)
            case UInt8(ascii: "D"): parts.append(.day)
            case UInt8(ascii: "h"): parts.append(.hour)
            case UInt8(ascii: "m"): parts.append(.minute)
            case UInt8(ascii: "s"):
                parts.append(.second)
                if let fraction { parts += [.literal(UInt8(ascii: ".")), .fraction(fraction)] }
            default: parts.append(.literal(byte))
            }
        }
        self.parts = parts
    }

    /// Whether texts have a date, and not only a time of the day.
    var isDated: Bool { parts.contains(.year) }

    /// Digits of a second that are told apart: not more than six, for a double has no more at the dates of today.
    var decimals: Int {
        for case .fraction(let digits) in parts { return min(6, digits) }
        return 0
    }

    /// The finest unit that texts of the format tell apart, in seconds.
    var unit: Double {
        if decimals > 0 { return 1 / Precision.power(decimals) }
        return parts.contains(.second) ? 1 : parts.contains(.minute) ? 60 : 86_400
    }

    /// The number of a text; `nil` for what is not of this format or no date.
    func number(_ text: ByteText) -> Double? {
        var bytes = text.utf8[...]
        var (year, month, day, seconds, fraction) = (1970, 1, 1, 0, 0.0)
        for part in parts {
            switch part {
            case .literal(let byte): guard bytes.popFirst() == byte else { return nil }
            case .year:
                guard let number = Self.digits(4, of: &bytes) else { return nil }
                year = number
            case .month:
                guard let number = Self.digits(2, of: &bytes), 1...12 ~= number else { return nil }
                month = number
            case .day:
                guard let number = Self.digits(2, of: &bytes), number >= 1 else { return nil }
                day = number
            case .hour:
                guard let number = Self.digits(2, of: &bytes), number < 24 else { return nil }
                seconds += 3600 * number
            case .minute:
                guard let number = Self.digits(2, of: &bytes), number < 60 else { return nil }
                seconds += 60 * number
            case .second:
                guard let number = Self.digits(2, of: &bytes), number < 60 else { return nil }
                seconds += number
            case .fraction(let count):
                guard let number = Self.digits(count, of: &bytes) else { return nil }
                let beyond = (decimals..<count).reduce(1) { power, _ in 10 * power }
                fraction = Double(number / beyond) / Precision.power(decimals)
            }
        }
        guard bytes.isEmpty, day <= Self.days(inMonth: month, of: year) else { return nil }
        return Double(Self.daysFromCivil(year, month, day) * 86_400 + seconds) + fraction
    }

    /// The text of a number, rounded down to the format's unit.
    func text(_ number: Double) -> String {
        let scale = Precision.power(decimals)
        let ticks = Int(clamping: (number * scale).rounded())
        let (second, fraction) = ticks.flooredQuotient(by: Int(scale))
        let (days, ofDay) = second.flooredQuotient(by: 86_400)
        let (year, month, day) = Self.civil(fromDays: days)
        var text = ""
        for part in parts {
            switch part {
            case .literal(let byte): text.unicodeScalars.append(Unicode.Scalar(byte))
            case .year: text += Self.padded(year, 4)
            case .month: text += Self.padded(month, 2)
            case .day: text += Self.padded(day, 2)
            case .hour: text += Self.padded(ofDay / 3600, 2)
            case .minute: text += Self.padded(ofDay / 60 % 60, 2)
            case .second: text += Self.padded(ofDay % 60, 2)
            case .fraction(let count):
                text += Self.padded(fraction, decimals) + String(repeating: "0", count: count - decimals)
            }
        }
        return text
    }

    private static func digits(_ count: Int, of bytes: inout Substring.UTF8View) -> Int? {
        var number = 0
        for _ in 0..<count {
            guard let byte = bytes.popFirst(), 0x30...0x39 ~= byte else { return nil }
            number = 10 * number + Int(byte - 0x30)
        }
        return number
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970 in the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
    private static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredQuotient(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).flooredQuotient(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension TimeFormat {
    /// What lies between two texts, either of which may be left out; `nil` where nothing can.
    func range(_ first: ByteText?, _ last: ByteText?) -> ClosedRange<Double>? {
        guard let low = first.map(number) ?? -.infinity, let high = last.map(number) ?? .infinity, low <= high else {
            return nil
        }
        return low...high
    }
}

extension Column {
    /// The seconds of a column of times; NaN is missing or not of the format.
    func seconds(_ format: TimeFormat) -> [Double] {
        let seconds = (texts ?? []).map { format.number($0) ?? .nan }
        return values.map { $0.isNaN ? $0 : seconds[Int($0)] }
    }
}

extension Int {
    /// The quotient rounded down, and the remainder, which is never below zero.
    fileprivate func flooredQuotient(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
