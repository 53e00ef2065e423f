import Dispatch
import Synchronization

/// Runs an actor on a dispatch queue of its own.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue
    /// The number of enqueued blocks that have not begun.
    private let pending = Atomic(0)
    /// Whether the queue's thread waits for events, and has to be woken for work.
    private let isWaiting = Atomic(false)
    private let wake: @Sendable () -> Void

    /// - Parameter wake: ends a wait on the queue, from any thread.
    init(label: String, wake: @escaping @Sendable () -> Void = {}) {
        queue = DispatchQueue(label: label)
        self.wake = wake
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        run { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Runs work on the queue, after the work that is already there.
    func run(_ work: @escaping @Sendable () -> Void) {
        pending.add(1, ordering: .sequentiallyConsistent)
        queue.async {
            self.pending.subtract(1, ordering: .sequentiallyConsistent)
            work()
        }
        if isWaiting.exchange(false, ordering: .sequentiallyConsistent) { wake() }
    }

    /// Waits in `body` on the queue, unless there is work for it.
    func wait<Result>(_ body: () -> Result) -> Result? {
        isWaiting.store(true, ordering: .sequentiallyConsistent)
        defer { isWaiting.store(false, ordering: .sequentiallyConsistent) }
        return pending.load(ordering: .sequentiallyConsistent) == 0 ? body() : nil
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
