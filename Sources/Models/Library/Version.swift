package import Foundation

/// One published, immutable state of a model: what it came from and which file holds its weights.
package struct Version: Sendable, Hashable, Codable {
    package let model: String
    package let number: Int
    package let createdAt: Date
    /// The job that made it; `nil` for one that somebody brought.
    package let jobID: String?
    package let step: Int
    package let seed: UInt64
    /// Of the weights file; the store fills in this and `bytes` when it publishes.
    package internal(set) var sha256: String
    package internal(set) var bytes: Int
    package let dataSHA256: String
    package let metrics: [String: Double]
    /// Schema, specification and calibration as JSON text; opaque here.
    package let manifest: String

    package init(
        model: String, number: Int, jobID: String?, step: Int, seed: UInt64, dataSHA256: String,
        metrics: [String: Double], manifest: String, createdAt: Date = .now
    ) {
        self.model = model
        self.number = number
        self.createdAt = createdAt.roundedToMilliseconds
        self.jobID = jobID
        self.step = step
        self.seed = seed
        self.sha256 = ""
        self.bytes = 0
        self.dataSHA256 = dataSHA256
        self.metrics = metrics
        self.manifest = manifest
    }
}
