// How alike two tables are, as the report of a model tells it, for Benchmarks/Peers/quality.py to compare with SDMetrics.
//   benchmark-records REAL.csv SYNTHETIC.csv
import Formats
import Foundation
import GAN

let paths = CommandLine.arguments.dropFirst()
guard paths.count == 2 else {
    print("usage: benchmark-records REAL.csv SYNTHETIC.csv")
    exit(64)
}
let tables = try paths.map { try Table(csv: Array(try Data(contentsOf: URL(fileURLWithPath: $0)))) }
let schema = try Schema(tables[0])
let report = try QualityReport(real: tables[0], synthetic: tables[1], schema: schema)
/// What JSON has no number for is left out.
func object(_ pairs: [(String, Double)]) -> [String: Double] {
    Dictionary(pairs.filter { !$0.1.isNaN }, uniquingKeysWith: { first, _ in first })
}
let answer: [String: Any] = [
    "kinds": Dictionary(
        schema.columns.map { ($0.name.string, $0.kind.rawValue) }, uniquingKeysWith: { first, _ in first }),
    "shapes": object(report.shapes.map { ($0.column.string, $0.score) }),
    "trends": object(report.trends.map { ("\($0.first)|\($0.second)", $0.score) }),
    "scores": object([
        ("shapes", report.shapesScore), ("trends", report.trendsScore), ("quality", report.score),
    ]),
]
print(String(decoding: try JSONSerialization.data(withJSONObject: answer), as: UTF8.self))
