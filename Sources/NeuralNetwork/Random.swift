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
        case sampling, demonstration, demonstrationChoice
        case encoding, decoding, choice
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
            counter: [
                UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: row >> 32),
                UInt32(truncatingIfNeeded: block), stream.rawValue,
            ],
            key: [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)])
    }

    /// An integer in 0..<bound, for bounds below 2³²; the bias is below bound/2³².
    package func index(row: Int, below bound: Int) -> Int {
        Int((UInt64(words(row: row, block: 0)[0]) * UInt64(bound)) >> 32)
    }

    /// A number in [0, 1) on a grid of 2⁻²⁴.
    package func uniform(row: Int, index: Int = 0) -> Float {
        Float(words(row: row, block: index / 4)[index % 4] >> 8) * 0x1p-24
    }

    /// Overwrites rows `width` wide, the first of them row `row`, with numbers in [0, 1).
    package func fillUniform(_ values: inout MutableSpan<Float>, row: Int, width: Int) {
        for start in stride(from: 0, to: values.count, by: max(width, 1)) {
            let row = row + start / width
            for block in 0..<(width + 3) / 4 {
                let words = words(row: row, block: block)
                for lane in 0..<min(4, width - 4 * block) {
                    values[start + 4 * block + lane] = Float(words[lane] >> 8) * 0x1p-24
                }
            }
        }
    }

    /// Overwrites rows `width` wide, the first of them row `row`, with draws from N(0, 1).
    package func fillNormal(_ values: inout MutableSpan<Float>, row: Int, width: Int) {
        for start in stride(from: 0, to: values.count, by: max(width, 1)) {
            let row = row + start / width
            for octet in 0..<(width + 7) / 8 {
                let normals = normals(row: row, octet: octet)
                let first = start + 8 * octet
                for lane in 0..<min(8, width - 8 * octet) { values[first + lane] = normals[lane] }
            }
        }
    }

    /// Eight draws from N(0, 1) by Box and Muller's transform of two blocks.
    package func normals(row: Int, octet: Int) -> SIMD8<Float> {
        let a = words(row: row, block: 2 * octet)
        let b = words(row: row, block: 2 * octet + 1)
        // In (0, 1], so that the logarithm is finite.
        let u = SIMD4<Float>(SIMD4<UInt32>(lowHalf: a.lowHalf, highHalf: b.lowHalf) &>> 8 &+ 1) * 0x1p-24
        let turn = SIMD4<Float>(SIMD4<UInt32>(lowHalf: a.highHalf, highHalf: b.highHalf) &>> 8) * 0x1p-24
        let square = -2 * logarithm(u)
        let radius = SIMD4<Float>(
            square[0].squareRoot(), square[1].squareRoot(), square[2].squareRoot(), square[3].squareRoot())
        let (sine, cosine) = sineAndCosine(turns: turn)
        return SIMD8(lowHalf: radius * cosine, highHalf: radius * sine)
    }

    static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
        var (k0, k1) = (key[0], key[1])
        for _ in 0..<10 {
            let p0 = UInt64(c0) &* 0xD251_1F53
            let p1 = UInt64(c2) &* 0xCD9E_8D57
            (c0, c1, c2, c3) = (
                UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
            )
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return [c0, c1, c2, c3]
    }
}

/// log(x) for normal positive x, to about one unit in the last place: exponent and mantissa apart, and the polynomial of
/// Cephes' `logf` on [√½, √2).
private func logarithm(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let bits = SIMD4<UInt32>(x[0].bitPattern, x[1].bitPattern, x[2].bitPattern, x[3].bitPattern)
    var exponent = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: bits &>> 23) &- 126)
    let mantissa = bits & 0x007F_FFFF | 0x3F00_0000
    var m = SIMD4<Float>(
        Float(bitPattern: mantissa[0]), Float(bitPattern: mantissa[1]), Float(bitPattern: mantissa[2]),
        Float(bitPattern: mantissa[3]))
    let small = m .< 0.707_106_77
    exponent.replace(with: exponent - 1, where: small)
    m = (m - 1).replacing(with: m + m - 1, where: small)
    let z = m * m
    var y = 7.037_683_6e-2 * m - 1.151_461e-1
    y = y * m + 1.167_699_9e-1
    y = y * m - 1.242_014_1e-1
    y = y * m + 1.424_932_3e-1
    y = y * m - 1.666_805_8e-1
    y = y * m + 2.000_071_5e-1
    y = y * m - 2.499_999_4e-1
    y = y * m + 3.333_333_1e-1
    y = y * m * z
    y += exponent * -2.121_944_4e-4
    y -= 0.5 * z
    return m + y + exponent * 0.693_359_375
}

/// sin(2πt) and cos(2πt) for t in [0, 1): the nearest quarter turn apart, and the polynomials of Cephes' `sinf` and
/// `cosf` on [−π/4, π/4].
private func sineAndCosine(turns t: SIMD4<Float>) -> (SIMD4<Float>, SIMD4<Float>) {
    let quarter = SIMD4<Int32>(truncatingIfNeeded: SIMD4<Int32>(t * 4 + 0.5))
    let r = (t * 4 - SIMD4<Float>(quarter)) * (Float.pi / 2)
    let z = r * r
    let sine = r + r * z * (-1.666_665_5e-1 + z * (8.332_161e-3 - z * 1.951_529_6e-4))
    let cosine = 1 - 0.5 * z + z * z * (4.166_664_6e-2 + z * (-1.388_731_6e-3 + z * 2.443_315_7e-5))
    let odd = quarter & 1 .== 1
    let s = sine.replacing(with: cosine, where: odd)
    let c = cosine.replacing(with: sine, where: odd)
    return (
        s.replacing(with: -s, where: quarter & 2 .== 2), c.replacing(with: -c, where: (quarter &+ 1) & 2 .== 2)
    )
}
