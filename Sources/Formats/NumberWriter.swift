/// Appends a number as JSON and CSV write it.
///
/// - Parameter decimals: digits after the point that are kept, without trailing zeros; `nil` writes the shortest text
///   that reads back as the same number. A number that is not finite is written as null.
package func append(_ value: Double, decimals: Int? = nil, to bytes: inout [UInt8]) {
    guard value.isFinite else { return bytes.append(contentsOf: "null".utf8) }
    if let decimals, 0..<powers.count ~= decimals {
        let scaled = (value * powers[decimals]).rounded()
        // Below 2⁵³ every whole number is exact.
        if abs(scaled) < 0x1p53 { return append(fixed: Int(scaled), decimals: decimals, to: &bytes) }
    }
    if value == value.rounded(), abs(value) < 0x1p53 {
        return append(fixed: Int(value), decimals: 0, to: &bytes)
    }
    bytes.append(contentsOf: value.description.utf8)
}

private let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/// Appends value·10^−decimals.
private func append(fixed value: Int, decimals: Int, to bytes: inout [UInt8]) {
    guard value != 0 else { return bytes.append(UInt8(ascii: "0")) }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var decimals = decimals
    while decimals > 0, rest % 10 == 0 {
        rest /= 10
        decimals -= 1
    }
    // Digits come out last first.
    let start = bytes.count
    var written = 0
    while rest > 0 || written <= decimals {
        if written == decimals, decimals > 0 { bytes.append(UInt8(ascii: ".")) }
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
        written += 1
    }
    bytes[start...].reverse()
}
