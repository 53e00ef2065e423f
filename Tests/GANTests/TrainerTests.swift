import Formats
import GAN
import Glibc
import NeuralNetwork
import Testing

/// Threads for tests: bodies run in another order than they are numbered.
struct BackwardWorkers: Workers {
    let count: Int

    func run(_ iterations: Int, _ body: @Sendable (Int) -> Void) {
        for index in (0..<iterations).reversed() { body(index) }
    }
}

struct TrainerTests {
    static func specification(
        _ table: Table, seed: UInt64 = 1, steps: Int? = nil, batchSize: Int? = nil, family: String? = nil,
        options: [String: OptionValue] = [:]
    ) throws -> Specification {
        var request = Specification.Request(seed: seed)
        request.steps = steps
        request.batchSize = batchSize
        request.family = family
        request.options = options
        return try Material(request, for: table).specification
    }

    static func train(_ specification: Specification, _ table: Table, _ workers: any Workers = SingleWorker()) throws
        -> Snapshot
    {
        let trainer = try Trainer(Material(specification, for: table))
        while try trainer.advance(workers) {}
        return trainer.snapshot()
    }

    /// Every row is learned from or held out; of few rows each is both.
    @Test(arguments: [2, 19, 20, 1_003, 600_000])
    func aTenthOfTheRowsIsHeldOut(_ count: Int) {
        let split = Split(rows: count, seed: 4)
        let training = split.training(at: 0..<split.trainingCount)
        #expect(split.holdsOut == (count >= 20) && split.heldOut == split.heldOut.sorted())
        #expect(split.heldOut.count == (count < 20 ? count : min(count / 10, Split.maximumHeldOut)))
        #expect((training + (split.holdsOut ? split.heldOut : [])).sorted() == Array(0..<UInt32(count)))
        #expect(split.training(at: [0, split.trainingCount - 1]) == [training[0], training[training.count - 1]])
    }

    @Test(arguments: [1, 2] as [UInt64]) func demonstrationIsLearned(_ seed: UInt64) throws {
        let table = Distribution.demonstration.table(count: 1000, seed: seed)
        let snapshot = try Self.train(Self.specification(table, seed: seed), table)
        let sample = snapshot.sample(rows: 0..<10_000, seed: 5).columns[0].values
        let (real, fake) = (table.columns[0].values, sample)
        let (m, n) = (Self.moments(real), Self.moments(fake))
        #expect(abs(m.mean - n.mean) <= 0.05)
        #expect(abs(m.deviation - n.deviation) <= 0.05)
        #expect(TwoSample.kolmogorovSmirnov(real, fake) <= 0.04)

        let probe = Table(
            columns: [
                Column(name: "x", values: [10, 10.86329849, 12.39410218, 7.18871103, 18.34996294, 1e6, -1e6])
            ], orientation: .numbers)
        let scores = try snapshot.score(probe).probabilities
        #expect(min(scores[0], scores[1]) >= 0.4)
        #expect(max(scores[2], scores[3]) < min(scores[0], scores[1]))
        #expect(scores[4...].allSatisfy { $0 <= 0.01 })
    }

    @Test func correlatedNormalIsLearned() throws {
        var normals = [Float](repeating: 0, count: 4000)
        var span = normals.mutableSpan
        Random(seed: 9, stream: .demonstration).fillNormal(&span, row: 0, width: 2)
        let x = (0..<2000).map { Double(normals[2 * $0]) }
        let y = (0..<2000).map { row -> Double in
            let other = Double(normals[2 * row + 1])
            return 3 + 1.6 * x[row] + 1.2 * other
        }
        let table = Table(columns: [Column(name: "x", values: x), Column(name: "y", values: y)], orientation: .rows)
        let snapshot = try Self.train(
            Self.specification(
                table, seed: 3, steps: 3000,
                options: ["generator_layers": .widths([64, 64]), "discriminator_layers": .widths([64, 64])]), table)
        let sample = snapshot.sample(rows: 0..<10_000, seed: 4)
        for (real, fake) in zip(table.columns, sample.columns) {
            #expect(TwoSample.kolmogorovSmirnov(real.values, fake.values) <= 0.05)
        }
        let real = Self.correlation(x, y)
        #expect(abs(Self.correlation(sample.columns[0].values, sample.columns[1].values) - real) <= 0.05)
    }

    @Test func aHalfMoonIsLearned() throws {
        let count = 2000
        let uniform = Random(seed: 4, stream: .demonstrationChoice)
        let noise = Random(seed: 4, stream: .demonstration)
        let points = (0..<count).map { row in
            let angle = Double.pi * Double(uniform.uniform(row: row))
            let normals = noise.normals(row: row, block: 0)
            return (x: cos(angle) + 0.1 * Double(normals[0]), y: sin(angle) + 0.1 * Double(normals[1]))
        }
        let table = Table(
            columns: [Column(name: "x", values: points.map(\.x)), Column(name: "y", values: points.map(\.y))],
            orientation: .rows)
        let snapshot = try Self.train(
            Self.specification(
                table, seed: 1, steps: 4000,
                options: ["generator_layers": .widths([64, 64]), "discriminator_layers": .widths([64, 64])]), table)
        let sample = snapshot.sample(rows: 0..<10_000, seed: 4)
        for (real, fake) in zip(table.columns, sample.columns) {
            #expect(TwoSample.kolmogorovSmirnov(real.values, fake.values) <= 0.05)
        }
        // The shape, which marginals do not show: points lie on the arc.
        let radii = zip(sample.columns[0].values, sample.columns[1].values).map { ($0 * $0 + $1 * $1).squareRoot() }
        let onArc = radii.filter { abs($0 - 1) < 0.3 }
        #expect(onArc.count > 9_500)
    }

    @Test func weightsDoNotDependOnTheThreads() throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        let specification = try Self.specification(table, steps: 50, batchSize: 512)
        let weights = try [1, 2, 3].map { count in
            let workers: any Workers = count == 1 ? SingleWorker() : BackwardWorkers(count: count)
            return try Self.train(specification, table, workers).tensors.map(\.values)
        }
        #expect(weights[0] == weights[1])
        #expect(weights[0] == weights[2])
        let other = try Self.train(Self.specification(table, seed: 2, steps: 50, batchSize: 512), table)
        #expect(weights[0] != other.tensors.map(\.values))
    }

    /// Kept at every kind of place and put together again from its tensors: the weights are those of the training that
    /// never stopped.
    @Test(arguments: [1, 7, 50, 60, 3059]) func aResumedTrainingEqualsTheUninterruptedOne(_ stop: Int) throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        let specification = try Self.specification(
            table, steps: 60, batchSize: 16,
            options: ["generator_layers": .widths([8]), "discriminator_layers": .widths([8])])
        let whole = try Self.train(specification, table)
        let first = try Trainer(Material(specification, for: table))
        for _ in 0..<stop { _ = try first.advance(SingleWorker()) }
        let tensors = Dictionary(uniqueKeysWithValues: first.state.tensors.map { ($0.name, $0.values) })
        let checkpoint = try #require(Checkpoint(counters: first.state.counters, tensors: tensors))
        #expect(checkpoint == first.state)
        let second = try Trainer(Material(specification, for: table), from: checkpoint)
        while try second.advance(SingleWorker()) {}
        #expect(second.snapshot().tensors.map(\.values) == whole.tensors.map(\.values))
        #expect(second.snapshot().manifest == whole.manifest)
    }

    @Test func aCheckpointOfAnotherNetworkIsRefused() throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        let checkpoint = try Trainer(Material(Self.specification(table, steps: 5), for: table)).state
        let other = try Self.specification(table, steps: 5, options: ["generator_layers": .widths([5])])
        #expect(throws: SpecificationError.self) { _ = try Trainer(Material(other, for: table), from: checkpoint) }
    }

    @Test func figuresStandBesideFloorAndBaseline() throws {
        let table = Distribution.demonstration.table(count: 1000, seed: 1)
        let trainer = try Trainer(Material(Self.specification(table, steps: 3000), for: table))
        while try trainer.advance(SingleWorker()) {}
        let metrics = trainer.evaluation(of: trainer.snapshot()).metrics(report: nil)
        func figure(_ name: String) throws -> Double { try #require(metrics["heldout_\(name)"]) }
        #expect(try figure("distance") < figure("distance_baseline"))
        #expect(try figure("distance_floor") < figure("distance_baseline"))
        #expect(try figure("coverage_floor") > 0.8)
        #expect(try figure("coverage") > 0.8)
        #expect(trainer.evaluation(of: trainer.snapshot()).warnings().isEmpty)
    }

    /// A generator without hidden layers and a constant rate of zero stays where it began: at one of two clusters.
    @Test func collapseIsSaidInPlainWords() throws {
        let values = (0..<1000).map { Double($0 % 2 == 0 ? -100 : 100) + Double($0) / 1000 }
        let table = Table(
            columns: [Column(name: "x", values: values), Column(name: "y", values: values.reversed())],
            orientation: .rows)
        let specification = try Self.specification(
            table, steps: 1, options: ["generator_layers": .widths([]), "discriminator_layers": .widths([4])])
        let trainer = try Trainer(Material(specification, for: table))
        while try trainer.advance(SingleWorker()) {}
        #expect(trainer.evaluation(of: trainer.snapshot()).warnings().contains { $0.hasPrefix("collapse") })
    }

    /// A rate a thousand times too high: the logits run away long before anything is infinite.
    @Test func aRateFarTooHighEndsTheTraining() throws {
        let table = Distribution.demonstration.table(count: 1000, seed: 1)
        let specification = try Self.specification(table, steps: 3000, options: ["learning_rate": .number(2)])
        let trainer = try Trainer(Material(specification, for: table))
        #expect(throws: Diverged.self) { while try trainer.advance(SingleWorker()) {} }
        // What is reported are the losses of steps that were taken.
        #expect(max(abs(trainer.discriminatorLoss), abs(trainer.generatorLoss)) < 1000)
    }

    /// A shard of 128 rows has gradients of its own, of all weights.
    @Test func theMemoryOfEveryShardIsEstimated() throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        func estimate(batchSize: Int) throws -> Int {
            let widths = OptionValue.widths([2048, 2048])
            let options = ["generator_layers": widths, "discriminator_layers": widths]
            let specification = try Self.specification(table, batchSize: batchSize, options: options)
            return try MemoryEstimate(Material(specification, for: table)).bytes
        }
        let weights = 2 * 2048 * 2048
        let (one, ten) = (try estimate(batchSize: 128), try estimate(batchSize: 1280))
        #expect(one > 4 * 12 * weights && ten - one > 4 * 9 * weights)
    }

    /// What the data take is in the estimate, and of many categories, whose floats are many, no more than of a few pieces.
    @Test func theMemoryOfTheDataIsEstimated() throws {
        func estimate(rows: Int, columns: Int) throws -> Int {
            let columns = (0..<columns).map { Column(name: "\($0)", values: (0..<rows).map { Double($0 % 97) }) }
            let table = Table(columns: columns, orientation: .rows)
            let options = ["generator_layers": OptionValue.widths([8]), "discriminator_layers": .widths([8])]
            let specification = try Self.specification(table, batchSize: 16, options: options)
            return try MemoryEstimate(Material(specification, for: table)).bytes
        }
        let (few, many) = (try estimate(rows: 2_000, columns: 200), try estimate(rows: 8_000, columns: 200))
        let values = 6_000 * 200
        // Numbers of eight bytes, encoded ones of four, and pieces of them.
        #expect(12 * values...40 * values ~= many - few)
    }

    @Test func rowsThatAreAllTheSameAreNoCollapse() throws {
        let table = Table(columns: [Column(name: "x", values: Array(repeating: 5, count: 200))], orientation: .numbers)
        let trainer = try Trainer(Material(Self.specification(table, steps: 100), for: table))
        while try trainer.advance(SingleWorker()) {}
        #expect(trainer.evaluation(of: trainer.snapshot()).warnings().isEmpty)
        #expect(trainer.snapshot().sample(rows: 0..<3, seed: 1).columns[0].values == [5, 5, 5])
    }

    @Test func divergenceEndsTheTraining() throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        let specification = try Self.specification(
            table, steps: 500, options: ["r1_gamma": .number(1000), "learning_rate": .number(10)])
        let trainer = try Trainer(Material(specification, for: table))
        do {
            while try trainer.advance(SingleWorker()) {}
            // Whatever was learned at that rate, it is made of numbers.
            #expect(trainer.snapshot().tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) })
        } catch {
            #expect(trainer.step >= 3)
        }
    }

    @Test func aSampledRowDependsOnItsNumberAlone() throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        let snapshot = try Self.train(Self.specification(table, steps: 20), table)
        let whole = snapshot.sample(rows: 0..<2000, seed: 8).columns[0].values
        let part = snapshot.sample(rows: 700..<1500, seed: 8).columns[0].values
        #expect(Array(whole[700..<1500]).elementsEqual(part))
        for row in [0, 1, 127, 128, 1999] {
            #expect(snapshot.sample(rows: row..<row + 1, seed: 8).columns[0].values == [whole[row]])
        }
        #expect(snapshot.sample(rows: 0..<2000, seed: 9).columns[0].values != whole)
    }

    @Test func aScoreDependsOnItsRowAlone() throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        let snapshot = try Self.train(Self.specification(table, steps: 20), table)
        let together = try snapshot.score(table).probabilities
        for row in [0, 1, 200, 499] {
            let alone = Table(
                columns: [Column(name: "x", values: [table.columns[0].values[row]])], orientation: .numbers)
            #expect(try snapshot.score(alone).probabilities == [together[row]])
        }
    }

    @Test func aSnapshotSurvivesItsTensors() throws {
        let table = Distribution.demonstration.table(count: 500, seed: 1)
        let snapshot = try Self.train(Self.specification(table, steps: 20), table)
        let tensors = Dictionary(
            uniqueKeysWithValues: snapshot.tensors.map { ($0.name, (shape: $0.shape, values: $0.values)) })
        let again = try #require(Snapshot(manifest: snapshot.manifest, tensors: tensors))
        #expect(again.sample(rows: 0..<10, seed: 1) == snapshot.sample(rows: 0..<10, seed: 1))
        #expect(try again.score(table).probabilities == snapshot.score(table).probabilities)
        for name in tensors.keys {
            let rest = Snapshot(manifest: snapshot.manifest, tensors: tensors.filter { $0.key != name })
            #expect((rest == nil) == (name != "held_out_logits"))
        }
    }

    static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot())
    }

    static func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let (a, b) = (moments(x), moments(y))
        let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - a.mean) * ($1.1 - b.mean) } / Double(x.count)
        return covariance / (a.deviation * b.deviation)
    }
}
