// For fma, which addingProduct calls.
import Glibc

/// How the numbers of a column are written: with so many decimals at most, or with as few digits as tell a Double from
/// its neighbours.
///
/// One Double has one text: `10`, `0.25`, `1e-05`, `1e+16`, `0` for either zero. Fixed decimals print what rounding to
/// them, ties to even, and then printing the shortest would print, by integers alone as long as they are exact.
struct NumberFormat: Sendable {
    /// No number is longer.
    static let longest = 32

    /// Every decimal of so many digits survives the way through a Double and back.
    private static let exactDigits = 15

    private let decimals: Int
    /// Ten to the power of `decimals`; 0 for the shortest text.
    private let scale: Double
    private let divisor: Int64

    init(decimals: Int?) {
        let fixed = decimals.flatMap { $0 <= Self.exactDigits ? max(0, $0) : nil }
        self.decimals = fixed ?? 0
        divisor = (0..<self.decimals).reduce(1) { power, _ in power * 10 }
        scale = fixed == nil ? 0 : Double(divisor)
    }

    /// Writes a finite number at `position`, where there is room for the longest, and moves `position` past it.
    func write(_ value: Double, to bytes: inout MutableSpan<UInt8>, at position: inout Int) {
        let product = value.magnitude * scale
        guard scale > 0, product < 0x1p53 else { return Self.writeShortest(value, to: &bytes, at: &position) }
        var digits = Int64(product)
        // The product is rounded, and rounding keeps order: only a product that seems to be halfway may hide on which
        // side of it the exact one lies. The fused operation knows.
        let fraction = product - Double(digits)
        if fraction > 0.5 {
            digits += 1
        } else if fraction == 0.5 {
            let excess = (-product).addingProduct(value.magnitude, scale)
            if excess > 0 || (excess == 0 && digits & 1 == 1) { digits += 1 }
        }
        // Below 0.0001 the shortest text has an exponent; beyond the exact digits it may be another decimal.
        guard digits <= 1_000_000_000_000_000, digits >= divisor / 10_000 || digits == 0 else {
            let rounded = Double(digits) / scale
            return Self.writeShortest(value < 0 ? -rounded : rounded, to: &bytes, at: &position)
        }
        if value < 0, digits > 0 {
            bytes[position] = UInt8(ascii: "-")
            position += 1
        }
        write(digits, to: &bytes, at: &position)
    }

    private func write(_ digits: Int64, to bytes: inout MutableSpan<UInt8>, at position: inout Int) {
        var whole = UInt64(digits)
        var fraction: UInt64 = 0
        if decimals > 0 {
            let divisor = UInt64(divisor)
            (whole, fraction) = whole.quotientAndRemainder(dividingBy: divisor)
        }
        Self.write(whole, count: Self.digitCount(whole), to: &bytes, at: &position)
        guard fraction > 0 else { return }
        var count = decimals
        while fraction % 10 == 0 {
            fraction /= 10
            count -= 1
        }
        bytes[position] = UInt8(ascii: ".")
        position += 1
        Self.write(fraction, count: count, to: &bytes, at: &position)
    }

    private static func digitCount(_ value: UInt64) -> Int {
        var count = 1
        var rest = value
        while rest >= 10_000 {
            rest /= 10_000
            count += 4
        }
        return count + (rest >= 10 ? 1 : 0) + (rest >= 100 ? 1 : 0) + (rest >= 1000 ? 1 : 0)
    }

    /// The last `count` digits, from the last to the first, two by two.
    private static func write(_ value: UInt64, count: Int, to bytes: inout MutableSpan<UInt8>, at position: inout Int) {
        var rest = value
        var place = position &+ count
        while place &- 2 >= position {
            let (hundreds, pair) = rest.quotientAndRemainder(dividingBy: 100)
            // Exact below 100.
            let tens = (pair &* 103) &>> 10
            place &-= 2
            bytes[place] = UInt8(truncatingIfNeeded: tens) &+ UInt8(ascii: "0")
            bytes[place &+ 1] = UInt8(truncatingIfNeeded: pair &- tens &* 10) &+ UInt8(ascii: "0")
            rest = hundreds
        }
        if place > position { bytes[position] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0") }
        position &+= count
    }

    private static func writeShortest(_ value: Double, to bytes: inout MutableSpan<UInt8>, at position: inout Int) {
        let start = position
        for byte in (value == 0 ? 0 : value).description.utf8 {
            bytes[position] = byte
            position += 1
        }
        if position - start > 2, bytes[position - 1] == UInt8(ascii: "0"), bytes[position - 2] == UInt8(ascii: ".") {
            position -= 2
        }
    }
}
