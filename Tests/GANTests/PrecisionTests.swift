import Formats
import Foundation
import GAN
import NeuralNetwork
import TestSupport
import Testing

struct PrecisionTests {
    /// 2,000 numbers, each made of a uniform and a normal one.
    private static func numbers(_ make: (_ uniform: Double, _ normal: Double) -> Double) -> [Double] {
        var generator = SeededGenerator(seed: 11)
        return (0..<2000).map { _ in
            let (u, v) = (Double.random(in: 1e-12..<1, using: &generator), Double.random(in: 0..<1, using: &generator))
            return make(v, (-2 * log(u)).squareRoot() * cos(2 * .pi * v))
        }
    }

    private static func encoder(_ values: [Double]) throws -> TableEncoder {
        let table = Table(columns: [Column(name: "x", values: values)], orientation: .records)
        var schema = try Schema(table, types: ["x": "number"])
        return try TableEncoder(records: table, schema: &schema, maximumCategories: 100, protecting: 5)
    }

    /// A column encoded and decoded, and what the schema says of it.
    private static func back(_ values: [Double]) throws -> (column: Column, type: String) {
        let encoder = try encoder(values)
        let table = Table(columns: [Column(name: "x", values: values)], orientation: .records)
        let encoded = try encoder.encode(table).values
        let made = encoder.decode(encoded.span, row: 0, random: Random(seed: 1, stream: .decoding))
        return (made.columns[0], encoder.descriptions[0].type)
    }

    private static func rounded(_ value: Double, _ power: Double) -> Double { (value * power).rounded() / power }

    /// Numbers keep the decimals that they were given with, however far they are spread.
    @Test func givenDecimalsAreKept() throws {
        let prices = Self.numbers { Self.rounded(exp(14.5 + 0.9 * $1), 100) }
        let (made, type) = try Self.back(prices)
        #expect(made.decimals == 2 && type == "decimal")
        #expect(made.values.count { $0 != $0.rounded() } > 1900)
        let (constant, kind) = try Self.back([Double](repeating: 7, count: 100))
        #expect(constant.decimals == 0 && kind == "integer")
        #expect(try Self.back([Double](repeating: 0.25, count: 100)).column.decimals == 2)
    }

    /// What has all the digits of a double is written with as many as single precision tells apart.
    @Test func noiseIsNoDecimals() throws {
        #expect(try Self.back(Self.numbers { 2 * $1 }).column.decimals == 6)
        #expect(try Self.back(Self.numbers { 1e9 + 2 * $1 }).column.decimals == 6)
        #expect(try Self.back(Self.numbers { exp(18 + 0.1 * $1) }).column.decimals == 0)
    }

    /// However small numbers are, and however many powers of ten they span, they keep seven digits.
    @Test func smallNumbersAreKept() throws {
        for values in [Self.numbers { 1.6e-19 + 1e-20 * $1 }, Self.numbers { u, _ in pow(10, -12 * u) }] {
            let (made, type) = try Self.back(values)
            #expect(made.decimals == nil && type == "decimal")
            let (low, high) = (values.min() ?? 0, values.max() ?? 0)
            #expect(made.values.allSatisfy { low...high ~= $0 })
            #expect(TwoSample.kolmogorovSmirnov(made.values.map(log), values.map(log)) < 0.02)
            #expect(made.values.allSatisfy { Double(String(format: "%.6e", $0)) == $0 })
        }
        #expect(try Self.back([Double](repeating: 1.6e-19, count: 100)).column.values[0] == 1.6e-19)
    }

    /// At the ends of what a double holds, and where training takes what is too small for zero.
    @Test(arguments: [1e-304, 0x1p-1055, 1e154, 2e307])
    func extremesKeepTheirShape(_ unit: Double) throws {
        let values = Self.numbers { unit * $1 }
        let made = try Self.back(values).column.values
        #expect(made.allSatisfy { $0.isFinite })
        #expect(TwoSample.kolmogorovSmirnov(made, values) < 0.02)
        let encoder = try Self.encoder(values)
        let table = Table(columns: [Column(name: "x", values: values)], orientation: .records)
        let codes = try encoder.encode(table).values
        #expect(codes.allSatisfy { abs($0) < 3 } && Set(codes).count > 1000)
        let flushed = flushingSubnormals {
            encoder.decode(codes.span, row: 0, random: Random(seed: 1, stream: .decoding))
        }
        #expect(flushed.columns[0].values.allSatisfy { $0.isFinite })
    }

    @Test func anOutlierHidesNoDecimals() throws {
        let values = Self.numbers { Self.rounded(10 * $1, 100) }
        #expect(try Self.back(values + [1.2e308]).column.decimals == 2)
        #expect(try Self.back([Double](repeating: 0x1p-1074, count: 100)).column.values[0] == 0x1p-1074)
    }
}
