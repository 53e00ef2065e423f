/// A stream of random numbers in which every number is a function of (seed, stream, row, index) alone.
///
/// Philox 4×32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): the counter is the row, a block
/// number and the stream, the key is the seed. So row i of a sample does not depend on the number of rows, batches or
/// threads, and training can be resumed anywhere.
package struct Random: Sendable, Equatable {
    /// A purpose of random numbers; each purpose draws from a stream of its own, and its user declares it.
    package struct Stream: Sendable, Equatable {
        package let number: UInt32

        package init(_ number: UInt32) { self.number = number }
    }

    package let seed: UInt64
    package let stream: Stream

    package init(seed: UInt64, stream: Stream) {
        self.seed = seed
        self.stream = stream
    }

    /// Four random words.
    package func words(row: Int, block: Int) -> SIMD4<UInt32> {
        let row = UInt64(bitPattern: Int64(row))
        return Random.philox(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: row >> 32),
                UInt32(truncatingIfNeeded: block), stream.number),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    /// An integer in 0..<bound, for bounds below 2³²; the bias is below bound/2³².
    package func index(row: Int, below bound: Int) -> Int {
        Self.index(words(row: row, block: 0)[0], below: bound)
    }

    /// A number in [0, 1) on a grid of 2⁻²⁴.
    package func uniform(row: Int, index: Int = 0) -> Float {
        Self.uniform(words(row: row, block: index / 4)[index % 4])
    }

    @inline(__always)
    static func index(_ word: UInt32, below bound: Int) -> Int { Int((UInt64(word) * UInt64(bound)) >> 32) }

    @inline(__always)
    static func uniform(_ word: UInt32) -> Float { Float(Int32(truncatingIfNeeded: word &>> 8)) * 0x1p-24 }

    private static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c, k) = (counter, key)
        for _ in 0..<10 {
            let (p0, p1) = (UInt64(c[0]) * 0xD251_1F53, UInt64(c[2]) * 0xCD9E_8D57)
            c = SIMD4(
                UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: p0))
            k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return c
    }
}
