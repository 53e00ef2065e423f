import Formats
import Foundation
import NeuralNetwork

@testable import GAN
@testable import Models

/// What becomes of a table: it is read, learned from and scored as the service does it, and of some tables there is a tiny
/// model, which is published, imported again and used in every way.
struct TableLife {
    private let table: Table?
    private let isSeed: Bool
    private let random: SplitMix
    var rules: (constraints: [String], types: TextMap) = ([], [:])

    /// - Parameter read: reads the table of an input.
    init(_ input: [UInt8], read: () throws -> Table) {
        isSeed = Self.seeds.contains(input)
        random = SplitMix(of: input)
        table = try? read()
    }

    private static let seeds = Set(target.seeds)
    /// Of others than the seeds, one of so many is learned from: that takes as long as reading hundreds.
    private static let learnedShare = 16
    private static let (rowLimit, memoryLimit) = (400, 64 << 20)

    /// - Parameters:
    ///   - type: the media type of `body`.
    ///   - query: of the request to train.
    func run(type: String, body: [UInt8], query: [(name: String, value: String)] = []) {
        var random = random
        let routes = Routes.shared
        routes.answer(routes.train, query: query + [("dry_run", "true")], type: type, body: body)
        let model = TinyModel.shared[random.next(below: TinyModel.shared.count)]
        routes.answer(routes.score, query: [("model", model.name), ("detail", "true")], type: type, body: body)
        guard let table, table.rowCount <= Self.rowLimit, isSeed || random.next(below: Self.learnedShare) == 0
        else { return }
        must("to keep the data") {
            let kept = try Safetensors(contentsOf: Safetensors(table).encoded(), finite: false).table()
            precondition(kept.names == table.names && kept.rowCount == table.rowCount, "the data are others")
            precondition(kept.columns.map(\.texts) == table.columns.map(\.texts), "the texts are others")
        }
        let families = ["records", "dense", "linear"]
        for family in isSeed ? families : [families[random.next(below: families.count)]] { learn(table, as: family) }
    }

    private func learn(_ table: Table, as family: String) {
        var request = TinyModel.request
        request.family = family
        if family == "linear" { request.options = [:] }
        (request.constraints, request.types) = rules
        guard let material = try? Material(request, for: table), MemoryEstimate(material).bytes < Self.memoryLimit,
            let model = TinyModel(material)
        else { return }
        let file = must("to import what was published") { try WeightsFile(model.file().bytes) }
        ModelLife(file, isTrained: true).run()
        _ = must("to score the data") { try file.snapshot.score(table) }
    }
}

/// A model of the smallest networks after two steps.
struct TinyModel {
    let snapshot: Snapshot
    let report: Report?
    private let metrics: [String: Double]

    /// What is asked of the training.
    static var request: Specification.Request {
        var request = Specification.Request(seed: 1)
        (request.steps, request.batchSize) = (2, 8)
        request.options = [
            "latent_dim": .number(2), "generator_layers": .widths([4]), "discriminator_layers": .widths([4]),
        ]
        return request
    }

    /// - Returns: `nil` where the training diverges.
    init?(_ material: Material) {
        let trainer = must("to train what was accepted") { try Trainer(material) }
        do throws(Diverged) {
            while try trainer.advance(SingleWorker()) {
                // Of the scorer's steps the last ones are enough.
                guard trainer.phase == .scoring,
                    trainer.state.counters.scorerStep < material.specification.scorerSteps - 2
                else {
                    continue
                }
                trainer.state.counters.scorerStep =
                    material.specification.scorerSteps - 2
            }
        } catch {
            return nil
        }
        must("to keep the training") {
            let kept = try Safetensors(trainer.state, elapsed: .seconds(1)).encoded()
            let state = try Safetensors(contentsOf: kept).checkpoint()
            precondition(state == trainer.state, "the training is another")
        }
        snapshot = trainer.snapshot()
        let evaluation = trainer.evaluation(of: snapshot)
        report = evaluation.report()
        metrics = evaluation.metrics(report: report)
        _ = evaluation.warnings()
    }

    /// The model as it is published.
    func file() -> WeightsFile {
        must("to publish") {
            try WeightsFile(
                snapshot,
                WeightsFile.Provenance(
                    model: "m", version: 1, createdAt: Date(timeIntervalSince1970: 0), step: snapshot.manifest.step,
                    seed: 1, dataSHA256: String(repeating: "0", count: 64), metrics: metrics), report: report)
        }
    }

    /// Models of ordinary tables, by name.
    static let shared: [(name: String, file: WeightsFile)] = Example.ordinary.enumerated().map { index, example in
        let model = must("to read an example") {
            let table = try Table(csv: example.csv())
            return TinyModel(try Material(request, for: table))
        }
        guard let model else { fatalError("an example diverges") }
        return ("m\(index)", model.file())
    }
}
