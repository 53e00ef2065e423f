extension Table {
    /// Reads an array of numpy's .npy format: of one dimension as numbers, of two as rows.
    package init(npy bytes: Span<UInt8>, limits: ReadingLimits = ReadingLimits()) throws(FormatError) {
        let header = try NPYHeader(bytes)
        guard header.shape.count <= 2 else {
            throw FormatError(.invalidData, "the array has \(header.shape.count) dimensions; one or two are expected")
        }
        let rows = header.shape[0]
        let width = header.shape.count == 2 ? header.shape[1] : 1
        guard rows > 0, width > 0 else { throw FormatError(.invalidData, "there are no rows") }
        guard width <= limits.columns else {
            throw FormatError(.invalidData, "there are \(width) columns; \(limits.columns) are the most there may be")
        }
        let (count, overflow) = rows.multipliedReportingOverflow(by: width)
        guard !overflow, bytes.count - header.end == count * header.element.size else {
            throw FormatError(.invalidNPY, "the elements are not as many as the shape says")
        }
        var meter = ReadingMeter(limits)
        try meter.add(rows: rows, width: width)
        let names = Table.defaultNames(count: width)
        var columns: [Column] = []
        for column in 0..<width {
            // A chance to hear that nobody waits any more.
            try meter.add(bytes: 0)
            var values = [Double](repeating: 0, count: rows)
            for row in 0..<rows {
                let index = header.isFortranOrder ? column * rows + row : row * width + column
                let value = Self.value(header.element, at: header.end + index * header.element.size, in: bytes)
                guard !value.isInfinite else {
                    throw FormatError(
                        .invalidData, at: "row:\(row + 1)/column:\(names[column])", "the number is not finite")
                }
                values[row] = value
            }
            columns.append(Column(name: names[column], values: values))
        }
        // JSON has gaps in rows only.
        let isNumbers = header.shape.count == 1 && !columns[0].values.contains(where: \.isNaN)
        self.init(columns: columns, orientation: isNumbers ? .numbers : .rows)
    }

    private static func value(_ element: NPYHeader.Element, at start: Int, in bytes: Span<UInt8>) -> Double {
        var bits: UInt64 = 0
        for place in 0..<element.size { bits |= UInt64(bytes[start + place]) << (8 * place) }
        return switch element {
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: Double(bitPattern: bits)
        case .int8: Double(Int8(truncatingIfNeeded: bits))
        case .int16: Double(Int16(truncatingIfNeeded: bits))
        case .int32: Double(Int32(truncatingIfNeeded: bits))
        case .int64: Double(Int64(bitPattern: bits))
        case .uint8, .uint16, .uint32, .uint64, .boolean: Double(bits)
        }
    }
}
