import GAN
import Models

/// The first model of a new server: what the introduction to GANs learns, N(10, 1).
struct Demonstration: Sendable {
    let jobs: Jobs

    /// - Returns: the job, or `nil` where there has been one.
    func start() async throws -> Job? {
        guard try await jobs.latest() == nil else { return nil }
        let seed: UInt64 = 1
        let table = Distribution.demonstration.table(count: Distribution.demonstrationCount, seed: seed)
        let material = try Material(Specification.Request(seed: seed), for: table)
        return try await jobs.submit(
            Jobs.Submission(
                model: ModelReference.standardName, training: Training(specification: material.specification),
                material: material)
        ).job
    }
}
