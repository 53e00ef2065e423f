import Synchronization

/// The connected clients, counted for all threads.
final class Clients: Sendable {
    private struct State {
        var admission: Admission
        var whenNone: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(limits: Limits) { state = Mutex(State(admission: Admission(limits: limits))) }

    func admit(_ host: String) -> Admission.Verdict { state.withLock { $0.admission.admit(host) } }

    func leave(_ host: String) {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            state.admission.leave(host)
            guard state.admission.count == 0 else { return nil }
            defer { state.whenNone = nil }
            return state.whenNone
        }
        waiting?.resume()
    }

    /// Returns once the last client has left.
    func waitUntilNone() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.admission.count > 0 { state.whenNone = continuation }
                return state.admission.count == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
