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
