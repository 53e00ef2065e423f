import Formats
import Foundation
import GAN
import Models
import Testing

/// A version of December 2026, made before gradients of shards were added in a tree: it reads, samples and scores as then.
struct OldVersionTests {
    private static func file(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Versions")
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    @Test func itsSamplesAndScoresAreTheSameBytes() throws {
        let snapshot = try WeightsFile(Self.file("visits.safetensors")).snapshot
        let rows = snapshot.sample(rows: 0..<60, seed: 7)
        var bytes: [UInt8] = []
        var writer = CSVRowWriter()
        writer.append(rows, to: &bytes)
        #expect(bytes == (try Self.file("visits.csv")))

        let encoder = snapshot.manifest.encoder
        let read = try Table(
            csv: bytes, asTexts: encoder.textColumns,
            asNumbers: Set(encoder.columns.map(\.name)).subtracting(encoder.textColumns))
        let scores = try snapshot.score(read).probabilities.map(Double.init)
        let scored = Table(
            columns: read.columns + [Column(name: "score", values: scores, decimals: 6)], orientation: .records)
        bytes = []
        writer = CSVRowWriter()
        writer.append(scored, to: &bytes)
        #expect(bytes == (try Self.file("visits-scores.csv")))
    }
}
