import HTTP
import Models
import Synchronization

/// How many requests were answered, how, and in what time.
final class RequestStatistics: Sendable {
    /// Those that are counted together.
    struct Answers {
        let method: String
        /// The route's pattern; empty for what no route took.
        let route: String
        let status: Int
        var seconds = Histogram(bounds: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60])
    }

    /// There are few kinds, and those that are asked for most come to stand first, where they are found at once.
    private let state = Mutex<[Answers]>([])

    /// By route, method and status.
    var answers: [Answers] {
        state.withLock(\.self).sorted { ($0.route, $0.method, $0.status) < ($1.route, $1.method, $1.status) }
    }

    func record(_ record: AccessRecord) {
        let (route, seconds) = (record.route ?? "", record.seconds)
        state.withLock { kinds in
            let found = kinds.firstIndex {
                $0.status == record.status && $0.route == route && $0.method == record.method
            }
            let index = found ?? kinds.count
            if found == nil { kinds.append(Answers(method: record.method, route: route, status: record.status)) }
            kinds[index].seconds.add(seconds)
            if index > 0 { kinds.swapAt(index, index - 1) }
        }
    }
}
