import Formats
import GAN
import TestSupport
import Testing

struct ReportTests {
    /// Records whose pay follows from their age and, with noise, from their city.
    private static func records(_ count: Int, seed: UInt64) -> Table {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { _ -> (age: Double, city: Double, pay: Double) in
            let (age, city) = (
                Double.random(in: 20...60, using: &random).rounded(), Int.random(in: 0..<3, using: &random)
            )
            return (age, Double(city), (age * 10 + Double(city) * 200 + .random(in: 0...99, using: &random)).rounded())
        }
        return Table(
            columns: [
                Column(name: "age", values: rows.map(\.age), decimals: 0),
                Column(name: "pay", values: rows.map(\.pay), decimals: 0),
                Column(name: "city", values: rows.map(\.city), texts: ["Bonn", "Kiel", "Ulm"]),
            ], orientation: .records)
    }

    private static func report(of synthetic: Table) throws -> Report {
        let training = records(2_000, seed: 1)
        return try Report(
            training: training, heldOut: records(500, seed: 2), synthetic: synthetic, schema: try Schema(training),
            seed: 1)
    }

    /// Within what a quarter as many held-out rows cost in shapes.
    @Test func rowsOfTheSameKindAreAsGoodAsHeldOutOnes() throws {
        let report = try Self.report(of: Self.records(2_000, seed: 3))
        #expect(abs((report.quality.value ?? 0) - (report.quality.ceiling ?? 0)) < 0.05)
        #expect(abs((report.detection.value ?? 0) - 0.5) < 0.05 && abs((report.detection.ceiling ?? 0) - 0.5) < 0.09)
        #expect(abs((report.closestRecord.value ?? 0) - 1) < 0.2)
        #expect(abs(report.nearerToTraining - 0.5) < 0.06 && abs(report.membership - 0.5) < 0.06)
        #expect((report.validity.value ?? 0) > 0.995)
        let usefulness = try #require(report.usefulness)
        #expect(usefulness.target == "city")
        #expect((usefulness.score.value ?? 0) > (usefulness.score.ceiling ?? 1) - 0.03)
    }

    @Test func independentColumnsAreFoundOut() throws {
        let report = try Self.report(of: Self.records(2_000, seed: 3))
        #expect((report.detection.floor ?? 0) > 0.9)
        #expect((report.trendsScore.floor ?? 1) < (report.trendsScore.value ?? 0) - 0.1)
        #expect(abs((report.usefulness?.score.floor ?? 0) - 0.5) < 0.08)
        // Columns on their own have the right shapes.
        #expect((report.shapesScore.floor ?? 0) > 0.95)
    }

    @Test func rowsThatWereLearnedByHeartAreFoundOut() throws {
        let report = try Self.report(of: Self.records(2_000, seed: 1))
        #expect(report.copies.value == 1 && (report.copies.ceiling ?? 1) < 0.2)
        #expect(report.closestRecord.value == 0)
        #expect(report.nearerToTraining > 0.6 && report.membership > 0.7)
    }

    /// One cell of a sentinel among ordinary numbers, and columns whose ends are farther apart than any double.
    @Test(arguments: [1e19, -1e25, 3.4028235e38, 1.7e308, 0x1p-1074])
    func extremesAreReported(_ extreme: Double) throws {
        func table(_ seed: UInt64) -> Table {
            let records = Self.records(2_000, seed: seed)
            let ages = records.columns[0].values.enumerated().map { $0 == 7 ? extreme : $1 }
            let wide = records.columns[1].values.map { $0 > 700 ? extreme : -extreme }
            return Table(
                columns: [records.columns[0].holding(ages), records.columns[1].holding(wide), records.columns[2]],
                orientation: .records)
        }
        let training = table(1)
        let report = try Report(
            training: training, heldOut: table(2), synthetic: table(3), schema: try Schema(training), seed: 1)
        #expect(report.isSound && (report.quality.value ?? 0) > 0.9)
        let ages = try #require(report.shapes[0].histogram)
        #expect(ages.real.allSatisfy { $0 < 0.2 } && Double(ages.labels[0].string).map { 20...60 ~= $0 } == true)
        let wide = try #require(report.shapes[1].histogram)
        #expect(
            wide.real[0] > 0.2 && wide.real[19] > 0.2 && wide.labels.allSatisfy { Double($0.string)?.isFinite == true })
    }

    @Test func histogramsAddUpAndHideExtremes() throws {
        let report = try Self.report(of: Self.records(2_000, seed: 3))
        #expect(report.shapes.map(\.column) == ["age", "pay", "city"])
        for shape in report.shapes {
            let histogram = try #require(shape.histogram)
            #expect(abs(histogram.real.reduce(0, +) - 1) < 1e-9 && abs(histogram.synthetic.reduce(0, +) - 1) < 1e-9)
            #expect(histogram.labels.count == histogram.real.count)
        }
        #expect(report.shapes[2].histogram?.labels.dropLast().sorted() == ["Bonn", "Kiel", "Ulm"])
    }
}
