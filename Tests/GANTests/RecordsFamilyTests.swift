import Formats
import GAN
import NeuralNetwork
import TestSupport
import Testing

struct RecordsFamilyTests {
    private static func specification(_ table: Table, steps: Int) throws -> Specification {
        try TrainerTests.specification(
            table, seed: 3, steps: steps, batchSize: 128,
            options: [
                "generator_layers": .widths([64, 64]), "discriminator_layers": .widths([64, 64]),
                "latent_dim": .number(16),
            ])
    }

    private static func train(_ table: Table, steps: Int = 400) throws -> Snapshot {
        try TrainerTests.train(specification(table, steps: steps), table)
    }

    @Test func tablesWithTextsOrGapsAreRecords() throws {
        #expect(try TrainerTests.specification(EncodingTests.records(100)).family == "records")
        let gaps = try Table(csv: Array("a,b\n1,2\n,3\n4,5\n".utf8))
        #expect(try TrainerTests.specification(gaps).family == "records")
        #expect(throws: SpecificationError.self) { try TrainerTests.specification(gaps, family: "dense") }
        let error = #expect(throws: SpecificationError.self) {
            try TrainerTests.specification(EncodingTests.records(100), family: "dense")
        }
        #expect(error?.detail.contains("name") == true)
        let names = try Table(
            csv: Array(
                ("id\n" + (0..<60).map { "\($0 % 26 < 13 ? "a" : "bb")\(100 + $0)" }.joined(separator: "\n")).utf8))
        #expect(throws: SpecificationError.self) { try TrainerTests.specification(names) }
    }

    @Test func recordsAreLearned() throws {
        let table = try EncodingTests.records(1500)
        let snapshot = try Self.train(table)
        let sample = snapshot.sample(rows: 0..<1500, seed: 5)
        let report = try QualityReport(real: table, synthetic: sample, schema: Schema(table))
        #expect(report.shapesScore > 0.9)
        // What follows from another column always does.
        #expect(report.trends.first { $0.first == "city" && $0.second == "country" }.map { $0.score > 0.9 } == true)
        let part = snapshot.sample(rows: 700..<705, seed: 5)
        for (column, whole) in zip(part.columns, sample.columns) where column.texts == nil {
            #expect(zip(column.values, whole.values[700..<705]).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
        }
        // Real rows look more real than the same rows with the ages of others.
        let fresh = try EncodingTests.records(500, seed: 77)
        let real = try snapshot.score(fresh).probabilities
        #expect(real.allSatisfy { 0...1 ~= $0 })
        var columns = fresh.columns
        let ages = columns[3].values
        columns[3].values = ages.indices.map { ages[($0 + 250) % ages.count] }
        let shuffled = try snapshot.score(Table(columns: columns, orientation: .records)).probabilities
        #expect(real.reduce(0, +) > shuffled.reduce(0, +))
    }

    /// The loss has no meaning without its gradient penalty.
    @Test func wassersteinsLossHasItsPenalty() throws {
        let table = try EncodingTests.records(300)
        for (loss, penalty) in [("wgan-gp", Float(0.1)), ("rpgan", 0)] {
            let specification = try TrainerTests.specification(table, options: ["loss": .text(loss)])
            #expect(RecordsFamily().recipe(specification.options)?.slopePenalty == penalty)
        }
    }

    /// However little has been learned, columns one by one are right.
    @Test func columnsHaveTheFrequenciesOfTheData() throws {
        let table = try EncodingTests.records(1500)
        let sample = try Self.train(table, steps: 40).sample(rows: 0..<6000, seed: 5)
        let report = try QualityReport(real: table, synthetic: sample, schema: Schema(table))
        for name in ["city", "well"] {
            #expect(report.shapes.first { $0.column.string == name }.map { $0.score > 0.97 } == true, "\(name)")
        }
        func mean(_ table: Table) -> Double { table.columns[3].values.reduce(0, +) / Double(table.rowCount) }
        #expect(abs(mean(sample) - mean(table)) < 1.5)
        func missing(_ table: Table) -> Double {
            Double(table.columns[4].values.count(where: \.isNaN)) / Double(table.rowCount)
        }
        #expect(abs(missing(sample) - missing(table)) < 0.03)
    }

    /// A category that a training has lost comes back, however seldom the generator would make it.
    @Test func aLostCategoryComesBack() throws {
        let texts: [ByteText] = ["often", "rare"]
        let table = Table(
            columns: [
                Column(name: "x", values: (0..<2000).map { $0 % 40 == 7 ? 1 : 0 }, texts: texts),
                Column(name: "y", values: (0..<2000).map { Double($0 * 37 % 101) }),
            ], orientation: .records)
        func rare(_ snapshot: Snapshot) -> Double {
            let column = snapshot.sample(rows: 0..<20_000, seed: 5).columns[0]
            return Double(column.values.count { column.texts?[Int($0)] == "rare" }) / 20_000
        }
        let snapshot = try Self.train(table, steps: 20)
        #expect(0.015...0.035 ~= rare(snapshot))
        let bias = try #require(snapshot.tensors.last { $0.name.hasPrefix("generator.") })
        let lost = try #require(
            bias.values.indices.lazy.compactMap { index -> Snapshot? in
                var tensors: [String: (shape: [Int], values: [Float])] = [:]
                for tensor in snapshot.tensors { tensors[tensor.name] = (tensor.shape, tensor.values) }
                tensors[bias.name]?.values[index] -= 9
                return Snapshot(manifest: snapshot.manifest, tensors: tensors)
            }.first { rare($0) < 0.001 })
        let trainer = try Trainer(Material(Self.specification(table, steps: 1), for: table), from: lost.beginning)
        while try trainer.advance(SingleWorker()) {}
        #expect(0.015...0.035 ~= rare(trainer.snapshot()))
    }

    /// However little has been learned of how columns hang together, what a search may take has it.
    @Test func aSearchKeepsWhatIsTogetherInTheData() throws {
        var generator = SeededGenerator(seed: 6)
        let rows = (0..<3000).map { _ in
            let letter = Int.random(in: 0..<4, using: &generator)
            let isSame = Int.random(in: 0..<10, using: &generator) < 8
            return (letter, isSame ? letter : Int.random(in: 0..<4, using: &generator))
        }
        let texts: [ByteText] = ["a", "b", "c", "d"]
        let table = Table(
            columns: [
                Column(name: "x", values: rows.map { Double($0.0) }, texts: texts),
                Column(name: "y", values: rows.map { Double($0.1) }, texts: texts),
            ], orientation: .records)
        let snapshot = try Self.train(table, steps: 30)
        let sampling = try Sampling(.plain, of: snapshot)
        let candidates = sampling.candidates(0..<8000, seed: 5)
        let made = candidates.table
        #expect(made == sampling.rows(0..<8000, seed: 5))
        func share(_ rows: some Collection<Int>) -> Double {
            let (x, y) = (made.columns[0], made.columns[1])
            let same = rows.count { x.texts?[Int(x.values[$0])] == y.texts?[Int(y.values[$0])] }
            return Double(same) / Double(rows.count)
        }
        let given = (0..<8000).filter(candidates.isGiven)
        #expect(given.count > 2000)
        // Of the data it is 0.85.
        #expect(share(0..<8000) < 0.4 && share(given) > 0.55)
        // A row is given or not whatever rows it is looked for among.
        let few = sampling.candidates(1000..<1100, seed: 5)
        #expect((0..<100).allSatisfy { few.isGiven($0) == candidates.isGiven(1000 + $0) })
        let parts = sampling.candidates([0..<1000, 1000..<1100], seed: 5, BackwardWorkers(count: 2))
        #expect(parts.map(\.table.rowCount) == [1000, 100] && parts[1].table == few.table)
        #expect((0..<1000).allSatisfy { parts[0].isGiven($0) == candidates.isGiven($0) })
    }

    /// What follows from another column is what it is: no search is begun for what cannot be.
    @Test func whatCannotStandTogetherIsRefused() throws {
        let snapshot = try Self.train(EncodingTests.records(300), steps: 2)
        let rome = (name: "city" as ByteText, requirement: Condition.Requirement.text("Rome"))
        let rows = try Condition([rome, ("country", .text("Italy"))], snapshot: snapshot)
            .rows(of: snapshot.sample(rows: 0..<500, seed: 1))
        #expect(!rows.isEmpty)
        for wrong in [Condition.Requirement.text("France"), .missing] {
            #expect(throws: SpecificationError.self) { try Condition([rome, ("country", wrong)], snapshot: snapshot) }
        }
    }

    @Test func sameSeedSameWeights() throws {
        let table = try EncodingTests.records(300)
        let weights = try [1, 2].map { count in
            let specification = try TrainerTests.specification(
                table, steps: 20, batchSize: 256,
                options: ["generator_layers": .widths([32]), "discriminator_layers": .widths([32])])
            let trainer = try Trainer(Material(specification, for: table))
            let workers: any Workers = count == 1 ? SingleWorker() : BackwardWorkers(count: count)
            while try trainer.advance(workers) {}
            return trainer.snapshot().tensors.map(\.values)
        }
        #expect(weights[0] == weights[1])
    }
}
