import Synchronization

/// What has been done since the process began, in numbers.
package final class Statistics: Sendable {
    /// The numbers at a moment.
    package struct Numbers: Sendable {
        package var steps: [String: Int] = [:]
        package var lastStep: [String: Double] = [:]
        package var samples: [String: Int] = [:]
        package var scored: [String: Int] = [:]
        /// Those that are over, by how they ended. From the beginning on, so that the first failure is seen as a rise.
        package var jobs = Dictionary(
            uniqueKeysWithValues: Job.Status.allCases.filter(\.isTerminal).map { ($0.rawValue, 0) })
        package var jobSeconds = Histogram(bounds: [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400])
        package var sampleSeconds = Histogram(bounds: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10])
        package var checkpointSeconds = Histogram(bounds: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10])
        package var checkpointFailures = 0
    }

    private let state = Mutex(Numbers())

    package init() {}

    package var numbers: Numbers { state.withLock(\.self) }

    package func change(_ body: @Sendable (inout Numbers) -> Void) { state.withLock { body(&$0) } }

    /// Drops what is told of a model that is deleted.
    func forget(_ model: String) {
        state.withLock { numbers in
            numbers.steps[model] = nil
            numbers.lastStep[model] = nil
            numbers.samples[model] = nil
            numbers.scored[model] = nil
        }
    }
}
