import GAN

/// The ranges of the numbers in requests: the routes keep them, and the OpenAPI document tells them.
enum Bounds {
    static let steps = 0...Specification.maximumSteps
    static let epochs = 1...Specification.maximumSteps
    static let batchSize = 1...Specification.maximumBatchSize
    static let seed = 0...Int(Specification.maximumSeed)
    /// How long a training may take: a year at the most.
    static let seconds = 0.001...31_536_000
    /// Seconds that a request may wait.
    static let wait = 0...3600
    /// Rows of a sample, as far as nobody has set another limit.
    static let samples = 0...(Int(Setting.maxSamples.standard) ?? 0)
    static let jobs = 1...1000
    static let events = 1...10_000
    static let event = 0...Int(Int32.max)
    static let version = 1...Int(Int32.max)

    /// Jobs and events of a page, where nothing is asked for.
    static let (standardJobs, standardEvents) = (20, 100)
}
