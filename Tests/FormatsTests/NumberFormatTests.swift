import Formats
import Foundation
import TestSupport
import Testing

struct NumberFormatTests {
    private func text(_ value: Double, _ decimals: Int?) -> String {
        var bytes: [UInt8] = []
        bytes.append(value, decimals: decimals)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The C library rounds the exact value, ties to even; the standard library then prints the shortest.
    private func expected(_ value: Double, _ decimals: Int) -> String {
        let rounded = Double(String(format: "%.\(decimals)f", value))!
        let shortest = (rounded == 0 ? 0 : rounded).description
        return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
    }

    @Test(
        arguments: [
            (10, nil, "10"), (0.1, nil, "0.1"), (-0.0, nil, "0"), (1e16, nil, "1e+16"), (1e-5, nil, "1e-05"),
            (.leastNonzeroMagnitude, nil, "5e-324"), (-1.5, nil, "-1.5"), (0.1 + 0.2, nil, "0.30000000000000004"),
            (1.005, 2, "1"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (1.115, 2, "1.11"), (2.5, 0, "2"), (3.5, 0, "4"),
            (-0.001, 2, "0"), (-0.0, 3, "0"), (-0.05, 2, "-0.05"), (9.999, 2, "10"), (1200, 2, "1200"),
            (10.5, -1, "10"),
            (0.00012, 5, "0.00012"), (0.00001, 5, "1e-05"), (1e300, 3, "1e+300"),
            (123_456_789_012.345_6, 3, "123456789012.346"),
            (1.0 / 3, 40, "0.3333333333333333"),
        ] as [(Double, Int?, String)])
    func writesAsWritten(_ value: Double, _ decimals: Int?, _ expected: String) {
        #expect(text(value, decimals) == expected)
    }

    @Test func agreesWithTheCLibraryOnAMillionValues() {
        var generator = SeededGenerator(seed: 1)
        var differences: [Double] = []
        for index in 0..<1_000_000 {
            let decimals = index % 10
            var value = Double.random(in: -1...1, using: &generator)
            value *= [1e-4, 1, 100, 1e6, 1e9][index % 5]
            // Every third value lies on a tie or next to one.
            if index % 3 == 0 {
                value = ((value * pow(10, Double(decimals))).rounded() + 0.5) / pow(10, Double(decimals))
                value = [value, value.nextUp, value.nextDown][index % 9 / 3]
            }
            if abs(value) * pow(10, Double(decimals)) < 0x1p53, text(value, decimals) != expected(value, decimals) {
                differences.append(value)
            }
        }
        #expect(differences == [])
    }

    @Test func shortestTextsReadBackAsTheSameValue() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<100_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(Double(text(value, nil)) == value)
        }
    }
}
