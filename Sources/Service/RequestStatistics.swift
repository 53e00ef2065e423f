import HTTP
import Models
import Synchronization

/// How many requests were answered, how, and in what time.
final class RequestStatistics: Sendable {
    /// Requests that are counted together.
    struct Key: Hashable {
        var method: String
        /// The route's pattern; empty for what no route took.
        var route: String
        var status: Int
    }

    struct Numbers {
        var answers: [Key: Int] = [:]
        /// By method and route.
        var seconds: [Key: Histogram] = [:]
    }

    private let state = Mutex(Numbers())
    private static let bounds = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]

    var numbers: Numbers { state.withLock { Numbers(answers: $0.answers, seconds: $0.seconds) } }

    func record(_ record: AccessRecord) {
        let key = Key(method: record.method, route: record.route ?? "", status: record.status)
        let timed = Key(method: record.method, route: key.route, status: 0)
        let seconds = record.duration / .seconds(1)
        state.withLock { state in
            state.answers[key, default: 0] += 1
            state.seconds[timed, default: Histogram(bounds: Self.bounds)].add(seconds)
        }
    }
}
