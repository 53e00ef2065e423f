/// Numbers the texts of a column in the order of their first appearance, without making a `String` of each cell.
///
/// Texts are found again by open addressing, in bytes of their own: those that they were read from may be out of memory.
struct TextIndex {
    /// As they stand in their fields, two quotes for one.
    private var bytes: [UInt8] = []
    /// Where each text ends.
    private var ends: [Int] = []
    private var hasQuotes = false
    private var hashes: [UInt32] = []
    /// The place of a text plus one, or 0.
    private var slots = [UInt32](repeating: 0, count: 64)

    mutating func place(of range: Range<Int>, in source: Span<UInt8>) -> Int {
        let hash = Self.hash(range, in: source)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if hashes[place] == hash, isText(place, range, in: source) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        for index in range {
            bytes.append(source[index])
            if source[index] == CSVTokenizer.quote { hasQuotes = true }
        }
        ends.append(bytes.count)
        hashes.append(hash)
        slots[slot] = UInt32(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return ends.count - 1
    }

    /// The texts by their places; two quotes are one, as within a quoted field.
    func texts() -> TextList {
        guard hasQuotes else { return TextList(bytes: bytes, ends: ends) }
        var texts: [UInt8] = []
        var textEnds: [Int] = []
        var index = 0
        for end in ends {
            while index < end {
                texts.append(bytes[index])
                index += bytes[index] == CSVTokenizer.quote ? 2 : 1
            }
            textEnds.append(texts.count)
        }
        return TextList(bytes: texts, ends: textEnds)
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
    private static func hash(_ range: Range<Int>, in source: Span<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(source[index])) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    private func isText(_ place: Int, _ range: Range<Int>, in source: Span<UInt8>) -> Bool {
        let start = place == 0 ? 0 : ends[place - 1]
        guard ends[place] - start == range.count else { return false }
        let distance = range.lowerBound - start
        return range.allSatisfy { source[$0] == bytes[$0 - distance] }
    }
}
