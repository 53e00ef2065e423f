/// SipHash-1-3 (Aumasson & Bernstein 2012) with the process's own key: nobody can choose texts that meet in a table.
///
/// Swift's `Hasher` is the same function, but takes twice as long for texts of a few bytes.
package struct SipHash: Sendable {
    private let (key0, key1): (UInt64, UInt64)

    package init(key: (UInt64, UInt64)) { (key0, key1) = key }

    /// The one with the key that this process has drawn.
    package static let standard = SipHash(key: (.random(in: 0 ... .max), .random(in: 0 ... .max)))

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        @inline(__always)
        mutating func round() {
            v0 &+= v1
            v1 = (v1 << 13 | v1 >> 51) ^ v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = (v3 << 16 | v3 >> 48) ^ v2
            v0 &+= v3
            v3 = (v3 << 21 | v3 >> 43) ^ v0
            v2 &+= v1
            v1 = (v1 << 17 | v1 >> 47) ^ v2
            v2 = v2 << 32 | v2 >> 32
        }

        @inline(__always)
        mutating func take(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }
    }

    /// The hash of some of the bytes.
    @inline(__always)
    package func hash(_ range: Range<Int>, of source: Span<UInt8>) -> UInt64 {
        var state = State(
            v0: 0x736F_6D65_7073_6575 ^ key0, v1: 0x646F_7261_6E64_6F6D ^ key1, v2: 0x6C79_6765_6E65_7261 ^ key0,
            v3: 0x7465_6462_7974_6573 ^ key1)
        let bytes = unsafe source.extracting(range).bytes
        var place = 0
        while place &+ 8 <= bytes.byteCount {
            state.take(UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)))
            place &+= 8
        }
        // The last word has what is left, and the length in its highest byte.
        var word = UInt64(truncatingIfNeeded: bytes.byteCount) << 56
        var shift: UInt64 = 0
        for index in range.lowerBound &+ place..<range.upperBound {
            word |= UInt64(source[index]) &<< shift
            shift &+= 8
        }
        state.take(word)
        state.v2 ^= 0xFF
        for _ in 0..<3 { state.round() }
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }
}
