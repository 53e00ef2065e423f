/// Numbers the texts of a column in the order of their first appearance, without making a `String` of each cell.
///
/// Texts are found again by open addressing, in bytes of their own: those that they were read from may be out of memory.
struct TextIndex {
    /// As they stood where they were read.
    private var bytes: [UInt8] = []
    /// Where each text ends.
    private var ends: [Int] = []
    private var hasQuotes = false
    private let function = SipHash.standard
    private var hashes: [UInt32] = []
    /// The place of a text plus one, or 0.
    private var slots = [UInt32](repeating: 0, count: 64)

    mutating func place(of range: Range<Int>, in source: Span<UInt8>) -> Int {
        let hash = UInt32(truncatingIfNeeded: function.hash(range, of: source))
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

    /// How many texts there are.
    var count: Int { ends.count }
    /// The texts by their places.
    var texts: TextList { TextList(bytes: bytes, ends: ends) }

    /// The texts of CSV fields by their places; two quotes are one, as within a quoted field.
    var unquotedTexts: TextList {
        guard hasQuotes else { return texts }
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

    private func isText(_ place: Int, _ range: Range<Int>, in source: Span<UInt8>) -> Bool {
        let start = place == 0 ? 0 : ends[place - 1]
        guard ends[place] - start == range.count else { return false }
        let distance = range.lowerBound - start
        return range.allSatisfy { source[$0] == bytes[$0 - distance] }
    }
}
