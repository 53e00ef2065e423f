import Formats
import Foundation
import GAN
import NeuralNetwork
import Testing

/// What the discriminator makes of samples.
struct SamplingTests {
    /// Eight normals on the unit circle.
    private static let deviation = 0.02
    private static let ring: Table = {
        let noise = Random(seed: 5, stream: .demonstration)
        let points = (0..<4000).map { row in
            let normals = noise.normals(row: row, block: 0)
            let angle = Double(row % 8) * Double.pi / 4
            return SIMD2(cos(angle), sin(angle)) + deviation * SIMD2(Double(normals[0]), Double(normals[1]))
        }
        return Table(
            columns: [Column(name: "x", values: points.map(\.x)), Column(name: "y", values: points.map(\.y))],
            orientation: .rows)
    }()

    private static func specification(steps: Int, widths: [Int]) throws -> Specification {
        try TrainerTests.specification(
            ring, steps: steps, batchSize: widths[0] > 100 ? 16 : nil,
            options: ["generator_layers": .widths(widths), "discriminator_layers": .widths(widths)])
    }

    /// The share of points that are within 3σ of one of the eight, and how many of these have such a point.
    private static func quality(_ table: Table) -> (share: Double, modes: Int) {
        var found = [Int](repeating: 0, count: 8)
        for (x, y) in zip(table.columns[0].values, table.columns[1].values) {
            let mode = Int((atan2(y, x) * 4 / Double.pi).rounded() + 8) % 8
            let angle = Double(mode) * Double.pi / 4
            if hypot(x - cos(angle), y - sin(angle)) <= 3 * deviation { found[mode] += 1 }
        }
        return (Double(found.reduce(0, +)) / Double(table.rowCount), found.count { $0 > 0 })
    }

    @Test func theDiscriminatorMakesSamplesBetter() throws {
        let snapshot = try TrainerTests.train(Self.specification(steps: 4000, widths: [48, 48]), Self.ring)
        func quality(_ method: Sampling.Method) throws -> (share: Double, modes: Int) {
            Self.quality(try Sampling(method, of: snapshot).rows(0..<4000, seed: 3))
        }
        let plain = try quality(.plain)
        #expect(plain.share < 0.8)
        for method in [Sampling.Method.drs, .refine] {
            let better = try quality(method)
            #expect(better.share > plain.share + 0.1 && better.modes == plain.modes, "\(method)")
        }
        let rate = try #require(try Sampling(.drs, of: snapshot).acceptanceRate)
        #expect(rate > 0.1 && rate < 0.95)
    }

    /// Where samples are as good as they can be, nearly all are given away.
    @Test func whatIsGoodAlreadyIsLeftAlone() throws {
        let table = Distribution.demonstration.table(count: 1000, seed: 1)
        let snapshot = try TrainerTests.train(TrainerTests.specification(table, steps: 3000), table)
        for method in [Sampling.Method.drs, .refine] {
            let sampling = try Sampling(method, of: snapshot)
            let sample = sampling.rows(0..<10_000, seed: 5).columns[0].values
            #expect(TwoSample.kolmogorovSmirnov(table.columns[0].values, sample) <= 0.05)
            #expect(sampling.acceptanceRate ?? 1 > 0.7)
        }
    }

    @Test(arguments: Sampling.Method.allCases, [[48, 48], [512, 512], [520, 700]])
    func aRowDependsOnItsNumberAlone(_ method: Sampling.Method, _ widths: [Int]) throws {
        let trainer = try Trainer(Material(Self.specification(steps: 100, widths: widths), for: Self.ring))
        for _ in 0..<20 { _ = try trainer.advance(SingleWorker()) }
        let snapshot = trainer.snapshot()
        let sampling = try Sampling(method, of: snapshot)
        func values(_ rows: Range<Int>) -> [Double] { sampling.rows(rows, seed: 8).columns.flatMap(\.values) }
        let whole = values(0..<700)
        for part in [100..<450, 0..<1, 95..<97, 699..<700] {
            #expect(values(part) == part.map { whole[$0] } + part.map { whole[700 + $0] })
        }
        #expect(try Sampling(method, of: snapshot).rows(0..<700, seed: 9).columns.flatMap(\.values) != whole)
        #expect(try Sampling(.plain, of: snapshot).rows(0..<700, seed: 8) == snapshot.sample(rows: 0..<700, seed: 8))
    }

    @Test func recordsAreChosenButNotMoved() throws {
        let rows = 0..<400
        let table = Table(
            columns: [
                Column(name: "x", values: rows.map { Double($0 * 37 % 101) }),
                Column(name: "city", values: rows.map { Double($0 % 3) }, texts: ["Oslo", "Paris", "Rome"]),
            ], orientation: .records)
        let widths: [String: OptionValue] = ["generator_layers": .widths([16]), "discriminator_layers": .widths([16])]
        let snapshot = try TrainerTests.train(
            TrainerTests.specification(table, steps: 50, batchSize: 64, options: widths), table)
        let sampling = try Sampling(.drs, of: snapshot)
        let whole = sampling.rows(0..<300, seed: 2)
        for row in [0, 131, 299] { #expect(sampling.rows(row..<row + 1, seed: 2) == whole.rows([row])) }
        #expect(throws: SpecificationError.self) { try Sampling(.refine, of: snapshot) }
    }

    @Test func aDiscriminatorThatHasLearnedNothingIsNotAsked() throws {
        let numbers = Distribution.demonstration.table(count: 100, seed: 1)
        let none = try [("uniform", 0), ("linear", 100), ("dense", 0)].map { family, steps in
            try TrainerTests.train(TrainerTests.specification(numbers, steps: steps, family: family), numbers)
        }
        for (snapshot, method) in none.flatMap({ snapshot in [(snapshot, Sampling.Method.drs), (snapshot, .refine)] }) {
            #expect(throws: SpecificationError.self) { try Sampling(method, of: snapshot) }
        }
    }
}
