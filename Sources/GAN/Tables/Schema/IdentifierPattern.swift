import Formats

/// What the texts of an identifying column look like, place by place, so that new ones can be made without any real one.
struct IdentifierPattern: Sendable, Equatable, Codable {
    enum Place: Sendable, Equatable, Codable {
        case fixed(UInt8)
        case digit, lower, upper, hexadecimal
    }

    let places: [Place]
    /// How many texts there are of this pattern, up to 2⁶².
    private let capacity: UInt64
    /// Shares no factor with the capacity, so that multiplying by it is a permutation of the numbers below that.
    private let multiplier: UInt64

    /// - Returns: `nil` where the texts are of different lengths, very long or hold other characters than ASCII's.
    init?(_ texts: TextList) {
        guard let length = texts.first?.utf8.count, Self.lengths ~= length,
            texts.allSatisfy({ $0.utf8.count == length })
        else { return nil }
        var seen = [Set<UInt8>](repeating: [], count: length)
        for text in texts {
            for (place, byte) in text.utf8.enumerated() { seen[place].insert(byte) }
        }
        var places: [Place] = []
        for bytes in seen {
            guard let place = Place(bytes) else { return nil }
            places.append(place)
        }
        // Where all texts have a digit in common, it is a digit like others if that is needed.
        if Self.capacity(places) < 2 * UInt64(texts.count) {
            places = places.map { if case .fixed(0x30...0x39) = $0 { .digit } else { $0 } }
        }
        guard Self.capacity(places) >= 2 * UInt64(texts.count) else { return nil }
        self.init(places)
    }

    /// A pattern for texts that have none: what all begin and end with, and twelve hexadecimal digits between.
    init(around texts: TextList) {
        let first = Array((texts.first ?? "").utf8)
        var (start, end) = (Self.affixLength, Self.affixLength)
        for text in texts {
            let common = zip(text.utf8, first).prefix { $0 == $1 && $0 < 0x80 }.count
            start = min(start, common)
            end = min(
                end, text.utf8.count - start,
                zip(text.utf8.reversed(), first.reversed()).prefix { $0 == $1 && $0 < 0x80 }.count)
        }
        self.init(
            first.prefix(start).map { .fixed($0) } + repeatElement(.hexadecimal, count: 12)
                + first.suffix(end).map { .fixed($0) })
    }

    private static let affixLength = 64
    private static let lengths = 1...1024

    private init(_ places: [Place]) {
        let capacity = Self.capacity(places)
        self.places = places
        self.capacity = capacity
        var multiplier = 0x9E37_79B9_7F4A_7C15 % capacity | 1
        while Self.greatestCommonDivisor(multiplier, capacity) != 1 { multiplier += 2 }
        self.multiplier = multiplier
    }

    /// A text of the pattern, another one for each row; longer ones where there are no more.
    func text(row: Int, seed: UInt64) -> String {
        let product = (UInt64(row) % capacity).multipliedFullWidth(by: multiplier % capacity)
        let shuffled = capacity.dividingFullWidth((product.high, product.low)).remainder
        var rest = (shuffled + seed % capacity) % capacity
        var bytes: [UInt8] = []
        for place in places.reversed() {
            let alphabet = place.alphabet
            bytes.append(alphabet[Int(rest % UInt64(alphabet.count))])
            rest /= UInt64(alphabet.count)
        }
        let text = String(decoding: bytes.reversed(), as: UTF8.self)
        return row < capacity ? text : "\(text)-\(UInt64(row) / capacity)"
    }

    private static func capacity(_ places: [Place]) -> UInt64 {
        places.reduce(1) { product, place in
            let (next, overflow) = product.multipliedReportingOverflow(by: UInt64(place.alphabet.count))
            return overflow ? 1 << 62 : min(next, 1 << 62)
        }
    }

    private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}

extension IdentifierPattern.Place {
    /// The narrowest class that holds all the bytes.
    fileprivate init?(_ bytes: Set<UInt8>) {
        if bytes.count == 1, let byte = bytes.first, byte < 0x80 {
            self = .fixed(byte)
        } else if bytes.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .digit
        } else if bytes.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) {
            self = .hexadecimal
        } else if bytes.allSatisfy({ (0x61...0x7A).contains($0) }) {
            self = .lower
        } else if bytes.allSatisfy({ (0x41...0x5A).contains($0) }) {
            self = .upper
        } else {
            return nil
        }
    }

    fileprivate var alphabet: [UInt8] {
        switch self {
        case .fixed(let byte): [byte]
        case .digit: Array("0123456789".utf8)
        case .hexadecimal: Array("0123456789abcdef".utf8)
        case .lower: Array("abcdefghijklmnopqrstuvwxyz".utf8)
        case .upper: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        }
    }
}

extension IdentifierPattern {
    /// Checks all that making texts relies on.
    func check() throws(ManifestError) {
        let isText = places.allSatisfy { if case .fixed(let byte) = $0 { byte < 0x80 } else { true } }
        guard Self.lengths ~= places.count, isText, capacity == Self.capacity(places), multiplier > 0 else {
            throw ManifestError("a pattern of identifiers makes no texts")
        }
    }
}
