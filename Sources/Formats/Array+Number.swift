extension [UInt8] {
    /// Appends a finite number; see `NumberFormat` for what it looks like.
    package mutating func append(_ value: Double, decimals: Int?) {
        var position = count
        append(contentsOf: repeatElement(0, count: NumberFormat.longest))
        var span = mutableSpan
        NumberFormat(decimals: decimals).write(value, to: &span, at: &position)
        removeLast(count - position)
    }
}

extension String {
    /// A finite number as it is written everywhere; see `NumberFormat`.
    package init(_ number: Double, decimals: Int?) {
        var bytes: [UInt8] = []
        bytes.append(number, decimals: decimals)
        self.init(decoding: bytes, as: UTF8.self)
    }
}
