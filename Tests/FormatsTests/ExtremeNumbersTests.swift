import Formats
import Testing

/// Numbers at the ends of what a double holds.
struct ExtremeNumbersTests {
    @Test func everyNumberHasAWholePart() {
        #expect(Int(clamping: 2.9) == 2 && Int(clamping: -2.9) == -2 && Int(clamping: -0.0) == 0)
        #expect(Int(clamping: 1e19) == .max && Int(clamping: -1e19) == .min && Int(clamping: 0x1p63) == .max)
        #expect(Int(clamping: Double.infinity) == .max && Int(clamping: -Double.infinity) == .min)
        #expect(Int(clamping: Double.nan) == 0)
    }

    @Test(arguments: [1, 1.7e308, 1e-304, 0x1p-1060])
    func aRangeOfAnyLengthHasShares(_ end: Double) {
        let range = -end...end
        #expect(range.share(of: -end) == 0 && range.share(of: 0) == 0.5 && range.share(of: end) == 1)
        #expect(range.number(at: 0) == -end && range.number(at: 0.5) == 0 && range.number(at: 1) == end)
        #expect([-end, -0.1 * end, 0.1 * end, end].map { range.bin(of: $0, among: 10) } == [0, 4, 5, 9])
        #expect(abs(range.middle(ofBin: 9, among: 10) / end - 0.9) < 1e-3)
    }

    @Test func whatIsOutsideIsInTheOutermostBin() {
        #expect((0...1).bin(of: 1e300, among: 20) == 19 && (0...1).bin(of: -.infinity, among: 20) == 0)
        #expect((5...5).bin(of: 5, among: 20) == 0 && (0...1).bin(of: .nan, among: 20) == 0)
        #expect((0...0x1p-1074).bin(of: 1e308, among: 20) == 19)
    }

    @Test func momentsAreThoseOfAnyUnit() {
        for unit in [1, 1e200, 1e-200, 0x1p1022, 1e-304] {
            let (mean, deviation) = [unit, 3 * unit].moments
            #expect(abs(mean / unit - 2) < 1e-12 && abs(deviation / unit - 1) < 1e-12)
        }
        #expect([-1.7e308, 1.7e308].moments == (0, 1.7e308))
        #expect([1e300, 1e300, 1e300].moments.deviation == 0 && [0.1, 0.1, 0.1].moments.deviation == 0)
        #expect([Double]().moments == (0, 0) && [0.0, 0].moments == (0, 0))
    }
}
