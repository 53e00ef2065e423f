/// A stream of random numbers in which every number is a function of (seed, stream, row, index) alone.
///
/// Philox 4×32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): the counter is the row, a block
/// number and the stream, the key is the seed. So row i of a sample does not depend on how many rows were asked for, in
/// which batches or on how many threads, and training can be resumed anywhere.
package struct Random: Sendable, Equatable {
    /// What the numbers are for; each purpose draws from its own stream.
    package enum Stream: UInt32, Sendable {
        case generatorInitialization, discriminatorInitialization, scorerInitialization
        case heldOut, discriminatorData, generatorData, discriminatorLatent, generatorLatent
        case scorerData, noise, noiseChoice, scorerLatent, calibration, calibrationChoice, evaluation
        case sampling, demonstration, demonstrationChoice, mixing
        case encoding, decoding, choice, outputCalibration
        case rejection, dropout, scorerDropout, tuningData, tuningLatent
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
                UInt32(truncatingIfNeeded: block), stream.rawValue),
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

    /// The four draws from N(0, 1) of a row's block, as `fillNormal` draws them.
    package func normals(row: Int, block: Int) -> SIMD4<Float> {
        let words = words(row: row, block: block)
        let (n0, n1) = Self.normals(words[0], words[1])
        let (n2, n3) = Self.normals(words[2], words[3])
        return SIMD4(n0, n1, n2, n3)
    }

    @inline(__always)
    static func index(_ word: UInt32, below bound: Int) -> Int { Int((UInt64(word) * UInt64(bound)) >> 32) }

    @inline(__always)
    static func uniform(_ word: UInt32) -> Float { Float(Int32(truncatingIfNeeded: word &>> 8)) * 0x1p-24 }

    /// Box and Muller's transform of two words.
    @inline(__always)
    static func normals(_ first: UInt32, _ second: UInt32) -> (Float, Float) {
        // In (0, 1], so that the logarithm is finite.
        let u = Float(Int32(truncatingIfNeeded: first &>> 8) &+ 1) * 0x1p-24
        let radius = (-2 * logarithm(u)).squareRoot()
        let (sine, cosine) = sineAndCosine(turns: uniform(second))
        return (radius * cosine, radius * sine)
    }

    static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c0, c1, c2, c3) = (UInt64(counter[0]), UInt64(counter[1]), UInt64(counter[2]), UInt64(counter[3]))
        philox(&c0, &c1, &c2, &c3, key: key)
        return SIMD4(truncatingIfNeeded: SIMD4<UInt64>(c0, c1, c2, c3))
    }

    /// Overwrites the lower halves of the four counter words with random ones, and the upper halves with anything: so the
    /// products of lower halves need no other instruction than themselves.
    @inline(__always)
    static func philox(
        _ c0: inout UInt64, _ c1: inout UInt64, _ c2: inout UInt64, _ c3: inout UInt64, key: SIMD2<UInt32>
    ) {
        var (k0, k1) = (key[0], key[1])
        for _ in 0..<10 {
            let p0 = (c0 & 0xFFFF_FFFF) &* 0xD251_1F53
            let p1 = (c2 & 0xFFFF_FFFF) &* 0xCD9E_8D57
            (c0, c1, c2, c3) = ((p1 &>> 32) ^ c1 ^ UInt64(k0), p1, (p0 &>> 32) ^ c3 ^ UInt64(k1), p0)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
    }
}
