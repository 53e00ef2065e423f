import Formats
import GAN
import TestSupport
import Testing

struct QualityReportTests {
    private func table(_ text: String) throws -> Table { try Table(csv: Array(text.utf8)) }

    @Test func aTableIsLikeItself() throws {
        let table = try EncodingTests.records(400)
        let report = try QualityReport(real: table, synthetic: table, schema: Schema(table))
        #expect(report.shapesScore == 1 && report.trendsScore == 1 && report.score == 1)
        #expect(report.shapes.map(\.column) == ["joined", "age", "pay", "city", "country", "well"])
        #expect(report.trends.contains { $0.first == "city" && $0.second == "country" })
    }

    /// By hand: shares of a, b and c are 1/2, 1/2, 0 and 1/4, 1/2, 1/4; ages differ by one of four.
    @Test func shapesAreDistances() throws {
        let real = try table("t,n\na,1\na,2\nb,3\nb,4\n,\n")
        let synthetic = try table("t,n\na,1\nb,2\nb,3\nc,9\n")
        let report = try QualityReport(
            real: real, synthetic: synthetic, schema: Schema(real, types: ["n": "number", "t": "category"]))
        #expect(report.shapes.map(\.score) == [0.75, 0.75])
    }

    @Test func correlationsAreCompared() throws {
        let real = try table("a,b,c\n" + (0..<40).map { "\($0),\(2 * $0),\($0 % 7)" }.joined(separator: "\n"))
        let synthetic = try table("a,b,c\n" + (0..<40).map { "\($0),\(-$0),\($0 % 7)" }.joined(separator: "\n"))
        let report = try QualityReport(real: real, synthetic: synthetic, schema: Schema(real))
        // Of the three pairs only the correlated one counts, and there it is as wrong as can be.
        #expect(report.trends.map(\.first) == ["a"] && report.trends.map(\.second) == ["b"])
        #expect(abs(report.trendsScore) < 1e-12)
    }

    /// A perfect association that is half lost: half of the rows of the joint table are elsewhere.
    @Test func jointTablesAreCompared() throws {
        let real = try table("a,b\n" + (0..<40).map { $0 % 2 == 0 ? "x,u" : "y,v" }.joined(separator: "\n"))
        let synthetic = try table(
            "a,b\n" + (0..<40).map { ["x,u", "y,v", "x,v", "y,u"][$0 % 4] }.joined(separator: "\n"))
        let report = try QualityReport(real: real, synthetic: synthetic, schema: Schema(real))
        #expect(report.trends.map(\.score) == [0.5])
        #expect(report.shapesScore == 1)
    }

    /// Of many texts, where nearly no two stand together: alike, and with half of the rows elsewhere.
    @Test func jointTablesOfManyTextsAreCompared() throws {
        let rows = (0..<2400).map { "x\($0 % 600),y\($0 % 600 * 7 % 600)" }
        let moved = (0..<2400).map { "x\($0 % 600),y\(($0 % 600 * 7 + $0 / 600 % 2) % 600)" }
        let real = try table("a,b\n" + rows.joined(separator: "\n"))
        let schema = try Schema(real, types: ["a": "category", "b": "category"])
        #expect(try QualityReport(real: real, synthetic: real, schema: schema).trends.map(\.score) == [1])
        let other = try table("a,b\n" + moved.joined(separator: "\n"))
        let half = try QualityReport(real: real, synthetic: other, schema: schema)
        #expect(half.trends.count == 1 && abs(half.trends[0].score - 0.5) < 1e-9)
    }

    /// Numbers, dates, texts and gaps, as SDMetrics 0.32 judges them.
    @Test func theFiguresAreThoseOfSDMetrics() throws {
        let real = try table(SDMetricsQuality.real)
        let schema = try Schema(real, types: ["kind": "category", "place": "category", "count": "number"])
        let report = try QualityReport(real: real, synthetic: table(SDMetricsQuality.synthetic), schema: schema)
        let shapes = Dictionary(uniqueKeysWithValues: report.shapes.map { ($0.column.string, $0.score) })
        let trends = Dictionary(uniqueKeysWithValues: report.trends.map { ("\($0.first) \($0.second)", $0.score) })
        for (ours, theirs) in [(shapes, SDMetricsQuality.shapes), (trends, SDMetricsQuality.trends)] {
            #expect(ours.keys.sorted() == theirs.keys.sorted())
            for (name, score) in theirs { #expect(abs((ours[name] ?? .nan) - score) < 1e-9, "\(name)") }
        }
        #expect(abs(report.score - SDMetricsQuality.quality) < 1e-9)
    }
}
