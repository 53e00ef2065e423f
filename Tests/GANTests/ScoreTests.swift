import Formats
import Foundation
import GAN
import NeuralNetwork
import Testing

/// What scores mean.
struct ScoreTests {
    private enum Source: CaseIterable {
        case normal, exponential, clusters, integers, mass

        func values(_ rows: Range<Int>) -> [Double] {
            let random = Random(seed: 77, stream: .demonstration)
            return rows.map { row in
                let normals = random.normals(row: row, block: 0)
                let (x, y) = (Double(normals[0]), Double(normals[1]))
                return switch self {
                case .normal: x
                case .exponential: (x * x + y * y) / 2
                case .clusters: x + (y < 0 ? -6 : 6)
                case .integers: (x * 2).rounded()
                case .mass: y < -0.5 ? 5 : x
                }
            }
        }
    }

    private static func table(_ values: [Double]) -> Table {
        Table(columns: [Column(name: "x", values: values)], orientation: .numbers)
    }

    private static func train(
        _ source: Source, seed: UInt64 = 1
    ) throws -> (snapshot: Snapshot, metrics: [String: Double]) {
        let table = table(source.values(0..<10_000))
        let trainer = try Trainer(Material(TrainerTests.specification(table, seed: seed, steps: 1000), for: table))
        while try trainer.advance(SingleWorker()) {}
        let snapshot = trainer.snapshot()
        return (snapshot, trainer.evaluation(of: snapshot).metrics(report: nil))
    }

    /// Kolmogorov and Smirnov's test at 1 %; ties of discrete columns can only make a percentile larger. And scores are
    /// shares of real rows.
    @Test(arguments: Source.allCases) private func percentilesOfFreshRowsAreUniform(_ source: Source) throws {
        let (snapshot, metrics) = try Self.train(source)
        let calibrationError = try #require(metrics["calibration_error"])
        #expect(calibrationError <= 0.05)
        let fresh = Self.table(source.values(20_000..<20_200))
        let percentiles = try #require(try snapshot.score(fresh).percentiles).map(Double.init).sorted()
        let uniform = (0..<2000).map { (Double($0) + 0.5) / 2000 }
        let isDiscrete = source == .integers || source == .mass
        if isDiscrete {
            for level in [0.01, 0.05, 0.1, 0.2, 0.5] {
                let share = Double(percentiles.count { $0 <= level }) / 200
                #expect(share <= level + 1.63 / 200.0.squareRoot())
            }
        } else {
            // A percentile is a rank among 1,000 held-out rows: the test is that of two samples.
            let limit = 1.63 * (1.0 / 200 + 1.0 / 1000).squareRoot()
            #expect(TwoSample.kolmogorovSmirnov(percentiles, uniform) <= limit)
        }
    }

    /// How low the scores in a gap are is a matter of chance, too: they are judged by their means over three trainings.
    @Test func aGapBetweenTwoClustersIsNotReal() throws {
        let scores = try (1...3).map { seed in
            try Self.train(.clusters, seed: seed).snapshot.score(Self.table([-6, 6, 0, 1, -30, 1e7])).probabilities
        }
        func mean(_ row: Int) -> Float { scores.reduce(0) { $0 + $1[row] / 3 } }
        #expect(min(mean(0), mean(1)) >= 0.4)
        #expect(max(mean(2), mean(3)) <= 0.1)
        #expect(scores.allSatisfy { max($0[4], $0[5]) <= 0.01 })
    }

    /// Long tables are scored in pieces, of which a row knows nothing.
    @Test func aRowOfALongTableHasTheScoreThatItHasAlone() throws {
        let table = Self.table(Source.normal.values(0..<2000))
        let snapshot = try TrainerTests.train(TrainerTests.specification(table, steps: 20), table)
        let long = Self.table(Source.normal.values(0..<140_000))
        #expect(snapshot.scoredPieces(of: long).count > 2)
        let scores = try snapshot.score(long)
        #expect(scores.probabilities.count == 140_000 && scores.misfits.count == 140_000)
        for row in [0, 65_279, 65_280, 65_535, 65_536, 130_560, 139_999] {
            let alone = try snapshot.score(long.rows([row]))
            #expect(alone.logits == [scores.logits[row]] && alone.percentiles?[0] == scores.percentiles?[row])
        }
        let gap = Self.table((0..<140_000).map { $0 == 139_000 ? .nan : 1 })
        let error = #expect(throws: SpecificationError.self) { try snapshot.score(gap) }
        #expect(error?.pointer == "row:139001/column:x")
    }

    /// Rows come one by one here, and half of those that are not real are noise all the same.
    @Test func aBatchOfOneRowSeesNoiseToo() throws {
        let table = Self.table(Source.normal.values(0..<2000))
        let specification = try TrainerTests.specification(table, steps: 200, batchSize: 1)
        let scores = try TrainerTests.train(specification, table).score(Self.table([0, -30, 1e7])).probabilities
        #expect(scores[0] > 0.2 && max(scores[1], scores[2]) < 0.05)
    }

    @Test func calibrationErrorsAreThoseOfTheFit() {
        let random = Random(seed: 1, stream: .demonstration)
        let normals = (0..<4000).map { random.normals(row: $0, block: 0)[0] }
        // Two normals of one deviation have logits that are a line; a cluster between two others has not.
        let (above, below) = (normals.map { $0 + 1 }, normals.map { $0 - 1 })
        func error(_ real: [Float], _ fake: [Float]) -> Double {
            Calibration(real: real, fake: fake).error(real: real, fake: fake)
        }
        #expect(error(above, below) < 0.02)
        #expect(error(above, above) < 0.02)
        let around = normals.indices.map { normals[$0] + ($0 % 4 < 2 ? 8 : -2) }
        #expect(error(around, normals.map { $0 + 3 }) > 0.2)
        #expect(Calibration(slope: 20, offset: 0).error(real: above, fake: below) > 0.1)
    }
}
