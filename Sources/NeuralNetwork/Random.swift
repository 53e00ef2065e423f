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

    /// Overwrites rows `width` wide, the first of them row `row`, with draws from N(0, 1): Box and Muller's transform of
    /// one block for every four, many blocks at a time.
    package func fillNormal(_ values: inout MutableSpan<Float>, row: Int, width: Int) {
        guard width > 0 else { return }
        let blocksPerRow = (width + 3) / 4
        let blocks = values.count / width * blocksPerRow
        var chunk = Chunk()
        var (place, block) = (row, 0)
        var target = 0
        for start in stride(from: 0, to: blocks, by: Chunk.size) {
            let count = min(Chunk.size, blocks - start)
            let (firstBlock, firstPlace) = (block, place)
            for item in 0..<count {
                let bits = UInt64(bitPattern: Int64(place))
                chunk.a[item] = UInt32(truncatingIfNeeded: bits)
                chunk.b[item] = UInt32(truncatingIfNeeded: bits >> 32)
                chunk.c[item] = UInt32(truncatingIfNeeded: block)
                block += 1
                if block == blocksPerRow { (place, block) = (place + 1, 0) }
            }
            chunk.drawNormals(stream: stream.rawValue, seed: seed)
            (block, place) = (firstBlock, firstPlace)
            for item in 0..<count {
                let lanes = [chunk.a[item], chunk.b[item], chunk.c[item], chunk.d[item]] as SIMD4<UInt32>
                for lane in 0..<min(4, width - 4 * block) { values[target + lane] = Float(bitPattern: lanes[lane]) }
                target += min(4, width - 4 * block)
                block += 1
                if block == blocksPerRow { (place, block) = (place + 1, 0) }
            }
        }
    }

    /// The four draws from N(0, 1) of a row's block, as `fillNormal` draws them.
    package func normals(row: Int, block: Int) -> SIMD4<Float> {
        let words = words(row: row, block: block)
        let (n0, n1) = Self.normals(words[0], words[1])
        let (n2, n3) = Self.normals(words[2], words[3])
        return [n0, n1, n2, n3]
    }

    /// Box and Muller's transform of two words.
    @inline(__always)
    fileprivate static func normals(_ first: UInt32, _ second: UInt32) -> (Float, Float) {
        // In (0, 1], so that the logarithm is finite.
        let u = Float(Int32(truncatingIfNeeded: first &>> 8) &+ 1) * 0x1p-24
        let radius = (-2 * logarithm(u)).squareRoot()
        let (sine, cosine) = sineAndCosine(turns: Float(Int32(truncatingIfNeeded: second &>> 8)) * 0x1p-24)
        return (radius * cosine, radius * sine)
    }

    @inline(__always)
    fileprivate static func round(
        _ c0: inout UInt32, _ c1: inout UInt32, _ c2: inout UInt32, _ c3: inout UInt32, _ k0: UInt32, _ k1: UInt32
    ) {
        let p0 = UInt64(c0) &* 0xD251_1F53
        let p1 = UInt64(c2) &* 0xCD9E_8D57
        (c0, c1, c2, c3) = (
            UInt32(truncatingIfNeeded: p1 &>> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
            UInt32(truncatingIfNeeded: p0 &>> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
        )
    }

    static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
        var (k0, k1) = (key[0], key[1])
        for _ in 0..<10 {
            round(&c0, &c1, &c2, &c3, k0, k1)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return [c0, c1, c2, c3]
    }

    /// Counters that become random words and then normals in place, side by side so that the loops vectorise.
    private struct Chunk {
        static let size = 32

        var a = InlineArray<32, UInt32>(repeating: 0)
        var b = InlineArray<32, UInt32>(repeating: 0)
        var c = InlineArray<32, UInt32>(repeating: 0)
        var d = InlineArray<32, UInt32>(repeating: 0)

        mutating func drawNormals(stream: UInt32, seed: UInt64) {
            let (first, second) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
            for item in 0..<Self.size {
                var (c0, c1, c2, c3) = (a[item], b[item], c[item], stream)
                var (k0, k1) = (first, second)
                for _ in 0..<10 {
                    Random.round(&c0, &c1, &c2, &c3, k0, k1)
                    k0 &+= 0x9E37_79B9
                    k1 &+= 0xBB67_AE85
                }
                (a[item], b[item], c[item], d[item]) = (c0, c1, c2, c3)
            }
            for item in 0..<Self.size {
                let (n0, n1) = Random.normals(a[item], b[item])
                (a[item], b[item]) = (n0.bitPattern, n1.bitPattern)
            }
            for item in 0..<Self.size {
                let (n2, n3) = Random.normals(c[item], d[item])
                (c[item], d[item]) = (n2.bitPattern, n3.bitPattern)
            }
        }
    }
}
