/// The smallest few of the numbers that were inserted, ascending.
struct Nearest {
    private(set) var values: [Float]

    init(_ count: Int) { values = [Float](repeating: .infinity, count: count) }

    var worst: Float { values[values.count - 1] }

    mutating func insert(_ value: Float) {
        guard value < worst else { return }
        var place = values.count - 1
        while place > 0, values[place - 1] > value {
            values[place] = values[place - 1]
            place -= 1
        }
        values[place] = value
    }
}
