import Dispatch
import Synchronization

/// Runs pieces of work on a few threads of its own. Clients take turns: who sends much waits behind himself.
final class WorkQueue: Sendable {
    fileprivate struct State {
        var free: [Int]
        /// Work that waits, by the client that it is for, and the clients in the order of their turns.
        var waiting: [String: ArraySlice<@Sendable () -> Void>] = [:]
        var turns: ArraySlice<String> = []
        var running: [String: Int] = [:]
    }

    // A serial queue has a thread of its own, however busy Dispatch's pool is.
    private let slots: [DispatchQueue]
    private let slotsPerClient: Int
    private let state: Mutex<State>

    /// - Parameter slotsPerClient: how many pieces of one client may run at once.
    init(label: String, slots count: Int, slotsPerClient: Int) {
        slots = (0..<count).map { DispatchQueue(label: "\(label).\($0)", qos: .userInitiated) }
        self.slotsPerClient = slotsPerClient
        state = Mutex(State(free: Array(0..<count)))
    }

    func run(for client: String, _ work: @escaping @Sendable () -> Void) {
        state.withLock { state in
            if state.waiting[client] == nil { state.turns.append(client) }
            state.waiting[client, default: []].append(work)
        }
        fill()
    }

    /// Gives free slots to those whose turn it is.
    private func fill() {
        while let (slot, client, work) = state.withLock({ $0.next(slotsPerClient: slotsPerClient) }) {
            slots[slot].async { [self] in
                work()
                state.withLock { $0.end(slot: slot, of: client) }
                fill()
            }
        }
    }
}

extension WorkQueue.State {
    fileprivate mutating func next(slotsPerClient: Int) -> (slot: Int, client: String, work: @Sendable () -> Void)? {
        guard let slot = free.last, let turn = turns.firstIndex(where: { running[$0, default: 0] < slotsPerClient })
        else { return nil }
        let client = turns.remove(at: turn)
        guard let work = waiting[client]?.popFirst() else { return nil }
        if waiting[client]?.isEmpty == true { waiting[client] = nil } else { turns.append(client) }
        free.removeLast()
        running[client, default: 0] += 1
        return (slot, client, work)
    }

    fileprivate mutating func end(slot: Int, of client: String) {
        free.append(slot)
        let left = running[client, default: 1] - 1
        running[client] = left > 0 ? left : nil
    }
}
