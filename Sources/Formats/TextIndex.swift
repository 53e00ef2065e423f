/// Numbers the texts of a column in the order of their first appearance, without making a `String` of each cell.
///
/// Texts are ranges of the bytes that they were read from, found again by open addressing.
struct TextIndex {
    /// For each text: where it stands first.
    private var ranges: [Range<Int>] = []
    private var hashes: [UInt32] = []
    /// The place of a text plus one, or 0.
    private var slots = [UInt32](repeating: 0, count: 64)

    mutating func place(of range: Range<Int>, in bytes: Span<UInt8>) -> Int {
        let hash = Self.hash(range, in: bytes)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if hashes[place] == hash, Self.areEqual(ranges[place], range, in: bytes) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        ranges.append(range)
        hashes.append(hash)
        slots[slot] = UInt32(ranges.count)
        if ranges.count * 2 > slots.count { grow() }
        return ranges.count - 1
    }

    /// The texts by their places; two quotes are one, as within a quoted field.
    func texts(in bytes: Span<UInt8>) -> TextList {
        var texts: [UInt8] = []
        texts.reserveCapacity(ranges.reduce(0) { $0 + $1.count })
        var ends: [Int] = []
        ends.reserveCapacity(ranges.count)
        for range in ranges {
            var index = range.lowerBound
            while index < range.upperBound {
                texts.append(bytes[index])
                index += bytes[index] == CSVTokenizer.quote ? 2 : 1
            }
            ends.append(texts.count)
        }
        return TextList(bytes: texts, ends: ends)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (place, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(place + 1)
        }
    }

    /// FNV-1a, with the high bits mixed into the low ones that choose the slot.
    private static func hash(_ range: Range<Int>, in bytes: Span<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    private static func areEqual(_ a: Range<Int>, _ b: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        let distance = b.lowerBound - a.lowerBound
        return a.allSatisfy { bytes[$0] == bytes[$0 + distance] }
    }
}
