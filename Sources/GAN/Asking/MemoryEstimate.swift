import Formats
import NeuralNetwork

/// A bound on the memory that a training takes: what is there from its beginning to its end, and of what comes and goes the
/// most that is there at a time.
package struct MemoryEstimate {
    private let specification: Specification
    private let encoder: TableEncoder
    private let family: any Family
    private let rows: Int
    private let dataBytes: Int

    package init(_ material: Material) {
        specification = material.specification
        encoder = material.encoder
        family = material.specification.resolvedFamily
        rows = material.table.rowCount
        dataBytes = material.table.byteCount
    }

    package var bytes: Int {
        guard let networks = specification.networks(for: encoder) else { return dataBytes }
        let lasting = dataBytes + bytes(of: networks) + rows * rowBytes + scoringHeldOutBytes
        let judging = max(judgeBytes, calibrationBytes)
        let ending = negativesBytes + max(judgeBytes, jointBytes, reportBytes)
        return lasting + encoder.pieceBytes(rows: max(rows, OutputCalibration.pieceRows)) + max(judging, ending)
    }

    /// Of an encoded row.
    private var rowBytes: Int { encoder.emptyRows.bytesPerRow }

    private func bytes(of networks: Networks) -> Int {
        let batchSize = specification.batchSize
        let groups = specification.recipe?.penalty(at: 0).groups ?? 2
        let weights =
            networks.generator.weightCount + networks.discriminator.weightCount + networks.scorer.weightCount
        // Beside where the training stands there are a batch's gradients, the last snapshot and the one that is served.
        return Checkpoint.bytes(networks) + 3 * 4 * weights
            + Shard.bytes(networks, batchSize: batchSize, groups: groups)
            + (networks.hasOtherScorer
                ? Shard.bytes(networks.forScoring, batchSize: batchSize, groups: 2) : 0)
    }

    private var scoringHeldOutBytes: Int {
        encoder.hasOtherScoringRows ? min(rows, Split.maximumHeldOut) * rowBytes / 10 : 0
    }

    /// The rows as the scorer sees them: they are copied where they are other ones, or some are set aside.
    private var negativesBytes: Int {
        encoder.hasOtherScoringRows || TrainingSetup.setsAside(rows: rows) ? rows * rowBytes : 0
    }

    /// What is compared when samples are judged: rows of either kind, generated ones twice, and noise.
    private var judgeBytes: Int {
        5 * 4 * encoder.width * (Judge.rowCount(training: rows, heldOut: rows, width: encoder.width) ?? 0)
    }

    /// Rows that are generated for the frequencies of columns.
    private var calibrationBytes: Int { family.makesRecords ? OutputCalibration.rowCount * rowBytes : 0 }

    private var jointBytes: Int { family.makesRecords ? JointOddsSearch.bytes(encoder, rows: rows) : 0 }

    private var reportBytes: Int {
        let columns = encoder.columns.count
        // Samples are compared with the data column by column, and with so many columns without a report.
        guard columns <= Evaluation.reportedColumns else {
            return 8 * columns * Evaluation.sampledRows(columns: columns)
        }
        let compared = min(rows, Evaluation.reportedRows)
        return Report.bytes(rows: compared, columns: columns)
    }
}
