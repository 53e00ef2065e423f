import GAN
import NeuralNetwork
import Testing

/// What percentiles are told by.
struct RealLogitsTests {
    private static func normals(_ rows: Range<Int>, shift: Float = 0) -> [Float] {
        let random = Random(seed: 3, stream: .noise)
        return rows.map { random.normals(row: $0, block: 0)[0] + shift }
    }

    private static func distance(_ reference: [Float], _ fresh: [Float]) -> Double {
        TwoSample.kolmogorovSmirnov(reference.map(Double.init), fresh.map(Double.init))
    }

    /// What the rows known by heart are ahead is taken back, and the chance of few held-out rows is less.
    @Test func rowsThatWereLearnedFromTellWhatFewOthersCannot() {
        let fresh = Self.normals(10_000..<60_000)
        let learned = Self.normals(100_000..<104_000, shift: 0.3)
        var (distances, mergers) = ((merged: 0.0, heldOut: 0.0), 0)
        for draw in 0..<10 {
            let heldOut = Self.normals(draw * 400..<(draw + 1) * 400).sorted()
            let merged = RealLogits.merge(learned: learned, heldOut: heldOut)
            if merged.count == 4_400 { mergers += 1 }
            #expect(zip(merged, merged.dropFirst()).allSatisfy(<=))
            distances.merged += Self.distance(merged, fresh) / 10
            distances.heldOut += Self.distance(heldOut, fresh) / 10
        }
        #expect(distances.merged < 0.75 * distances.heldOut)
        // One in twenty is refused for its chance alone.
        #expect(mergers >= 8)
    }

    @Test func rowsOfAnotherKindTellNothing() {
        let heldOut = Self.normals(0..<400).sorted()
        let apart = Self.normals(100_000..<105_000, shift: 4) + Self.normals(105_000..<110_000, shift: -4)
        #expect(RealLogits.merge(learned: apart, heldOut: heldOut) == heldOut)
    }

    @Test func soFewHeldOutRowsStandForThemselves() {
        let heldOut = Self.normals(0..<49).sorted()
        #expect(RealLogits.merge(learned: Self.normals(100..<200), heldOut: heldOut) == heldOut)
    }

    @Test func soManyLogitsAreEnough() {
        let merged = RealLogits.merge(learned: Self.normals(1_000..<41_000), heldOut: Self.normals(0..<1_000).sorted())
        #expect(merged.count == 16_384)
    }
}
