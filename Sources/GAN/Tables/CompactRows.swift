import NeuralNetwork

/// Encoded rows in little room: numbers as they are, and of each choice only which of its places is 1. A row of a hundred
/// categories is hundreds of floats, nearly all of them 0.
package struct CompactRows: Sendable {
    /// The floats of a row.
    let width: Int
    package private(set) var count = 0
    private let choices: [Range<Int>]
    /// Where the numbers stand in a row.
    private let places: [Int]
    /// Of each float of a row, which of the numbers it is, or −1 − c for those of choice c.
    private let slots: [Int]
    private var numbers: [Float] = []
    private var chosen: [UInt16] = []

    /// A choice none of whose places is 1: of a text that was not kept.
    private static let nothing = UInt16.max
    private static let blockFloats = 1 << 18

    package init(width: Int, choices: [Range<Int>]) {
        self.width = width
        self.choices = choices
        var slots = [Int](repeating: 0, count: width)
        for (index, choice) in choices.enumerated() {
            for place in choice { slots[place] = -1 - index }
        }
        places = slots.indices.filter { slots[$0] == 0 }
        for (number, place) in places.enumerated() { slots[place] = number }
        self.slots = slots
    }

    /// The bytes that a row takes.
    var bytesPerRow: Int { 4 * places.count + 2 * choices.count }

    mutating func reserveCapacity(_ rows: Int) {
        numbers.reserveCapacity(rows * places.count)
        chosen.reserveCapacity(rows * choices.count)
    }

    /// - Parameter rows: encoded, row-major.
    package mutating func append(_ rows: [Float]) {
        guard width > 0 else { return }
        count += rows.count / width
        guard !choices.isEmpty else { return numbers.append(contentsOf: rows) }
        for start in stride(from: 0, to: rows.count, by: width) {
            for place in places { numbers.append(rows[start + place]) }
            for choice in choices {
                let place = choice.first { rows[start + $0] == 1 }
                chosen.append(place.map { UInt16($0 - choice.lowerBound) } ?? Self.nothing)
            }
        }
    }

    /// Overwrites the floats from `start` with a row.
    func write(_ row: Int, to span: inout MutableSpan<Float>, at start: Int) {
        let numbers = numbers.span.extracting(row * places.count..<(row + 1) * places.count)
        guard !choices.isEmpty else {
            for index in 0..<width { span[start + index] = numbers[index] }
            return
        }
        for index in start..<start + width { span[index] = 0 }
        for index in 0..<numbers.count { span[start + places[index]] = numbers[index] }
        for index in choices.indices {
            let place = chosen[row * choices.count + index]
            if place != Self.nothing { span[start + choices[index].lowerBound + Int(place)] = 1 }
        }
    }

    /// One float of a row.
    func value(_ row: Int, _ index: Int) -> Float {
        let slot = slots[index]
        guard slot < 0 else { return numbers[row * places.count + slot] }
        let choice = -1 - slot
        return Int(chosen[row * choices.count + choice]) == index - choices[choice].lowerBound ? 1 : 0
    }

    /// Some of the rows, row-major.
    package func rows(_ indices: some Collection<Int>) -> [Float] {
        var rows = [Float](repeating: 0, count: indices.count * width)
        var span = rows.mutableSpan
        for (place, row) in indices.enumerated() { write(row, to: &span, at: place * width) }
        return rows
    }

    /// The rows but for those at these places, which ascend.
    package func without(_ left: [Int]) -> CompactRows {
        guard !left.isEmpty else { return self }
        var rest = CompactRows(width: width, choices: choices)
        rest.reserveCapacity(count - left.count)
        var start = 0
        for end in left + [count] {
            rest.numbers += numbers[start * places.count..<end * places.count]
            rest.chosen += chosen[start * choices.count..<end * choices.count]
            rest.count += end - start
            start = end + 1
        }
        return rest
    }

    private var rowsOfBlock: Int { max(1, Self.blockFloats / max(1, width)) }
    /// Rows enough for several whole blocks.
    var rowsOfBlocks: Int { 16 * rowsOfBlock }

    /// All rows, row-major, block by block.
    var blocks: some Sequence<[Float]> { blocks(at: 0..<count) }

    /// Some of the rows, row-major, block by block.
    func blocks<Places: RandomAccessCollection<Int>>(at places: Places) -> some Sequence<[Float]>
    where Places.Index == Int {
        let step = rowsOfBlock
        return stride(from: 0, to: places.count, by: step).lazy.map { start in
            rows(places[places.startIndex + start..<places.startIndex + Swift.min(start + step, places.count)])
        }
    }

    /// The rows but for those at these places, which ascend, block by block.
    func blocks(without left: [Int]) -> some Sequence<[Float]> {
        let isLeft = Set(left)
        return blocks(at: (0..<count).filter { !isLeft.contains($0) })
    }

    /// What every float of a row comes to on average.
    var means: [Double] {
        var sums = [Double](repeating: 0, count: width)
        for (index, value) in numbers.enumerated() { sums[places[index % places.count]] += Double(value) }
        for (index, place) in chosen.enumerated() where place != Self.nothing {
            sums[choices[index % choices.count].lowerBound + Int(place)] += 1
        }
        return sums.map { $0 / Double(count) }
    }

    /// One number of all rows that have a 1 at `place`, where there is such a place.
    func numbers(at index: Int, having place: Int?) -> [Double] {
        (0..<count).compactMap { row in
            place.map { value(row, $0) == 1 } ?? true ? Double(value(row, index)) : nil
        }
    }
}
