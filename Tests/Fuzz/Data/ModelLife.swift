import Formats
import Foundation

@testable import GAN
@testable import Models
@testable import Service

/// What becomes of a model: it is sampled in every way, its rows are scored and written, and it is described.
struct ModelLife {
    private let file: WeightsFile
    /// Whether it was made here, so that all that it makes must be sound.
    private let isTrained: Bool

    private static let rows = 24

    init(_ file: WeightsFile, isTrained: Bool) {
        self.file = file
        self.isTrained = isTrained
    }

    func run() {
        let snapshot = file.snapshot
        let table = snapshot.sample(rows: 0..<Self.rows, seed: 1)
        write(table)
        score(table)
        for method in Sampling.Method.allCases {
            guard let sampling = try? Sampling(method, of: snapshot) else { continue }
            _ = sampling.rows(0..<4, seed: 2)
            let candidates = sampling.candidates(0..<4, seed: 3)
            _ = (0..<4).map(candidates.isGiven)
        }
        for column in snapshot.manifest.encoder.columns {
            if let balance = try? Balance(column.name, snapshot: snapshot) { _ = balance.places(of: table) }
            for requirement in requirements(table.columns.first { $0.name == column.name }) {
                let condition = try? Condition([(column.name, requirement)], snapshot: snapshot)
                _ = condition?.rows(of: table)
            }
        }
        describe()
    }

    private func score(_ table: Table) {
        do {
            let scores = try file.snapshot.score(table)
            precondition(scores.probabilities.allSatisfy { 0...1 ~= $0 }, "a score is none")
            precondition(scores.logits.allSatisfy(\.isFinite), "a logit is not finite")
        } catch {
            precondition(!isTrained, "a model refuses its own rows: \(error)")
        }
    }

    /// What is read of the written rows must be as many.
    private func write(_ table: Table) {
        var csv: [UInt8] = []
        var rows = CSVRowWriter()
        rows.append(table, to: &csv)
        _ = try? Table(csv: csv)
        var json = [UInt8(ascii: "[")]
        var elements = JSONRowWriter()
        elements.append(table, to: &json)
        let read = must("to read the JSON that was written") {
            try Table(json: JSONDocument(json + [UInt8(ascii: "]")]).root, at: "")
        }
        precondition(read.rowCount == table.rowCount && read.columns.count == table.columns.count, "rows are lost")
    }

    private func requirements(_ column: Column?) -> [Condition.Requirement] {
        let first = column?.values.first { !$0.isNaN }
        let text = column?.texts.flatMap { texts in first.map { texts[Int($0)] } }
        return [
            .missing, .number(first ?? 0), .numbers(-1...1), .text(text ?? ""), .texts(from: text, through: nil),
            .texts(from: "2024-01-01", through: "2024-12-31"),
        ]
    }

    private func describe() {
        let provenance = file.provenance
        let version = Version(
            model: "m", number: provenance.version, jobID: nil, step: provenance.step, seed: provenance.seed,
            dataSHA256: provenance.dataSHA256, metrics: provenance.metrics, manifest: file.manifest,
            createdAt: provenance.createdAt)
        let model = Model(name: "m", currentVersion: 1, versions: [version], damaged: [], tags: [:], revision: 1)
        var writer = JSONWriter()
        model.write(
            to: &writer, isTraining: false,
            served: Served(model: "m", version: 1, isPublished: true, snapshot: file.snapshot))
        let described = writer.bytes
        _ = must("to read the description") { try JSONDocument(described) }
        guard let report = file.report else { return }
        writer = JSONWriter()
        writer.object { report.write(to: &$0, model: "m", version: 1) }
        let reported = writer.bytes
        _ = must("to read the report") { try JSONDocument(reported) }
        _ = ReportPage.html(report, model: "m@1")
    }
}
