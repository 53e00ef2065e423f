import Dispatch
import Synchronization

/// Runs actors on a dispatch queue of their own.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue
    /// Work that the queue has not begun.
    private let pending = Atomic(0)
    /// Whether what runs on the queue waits for events and would rather be told of work.
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

    /// Runs work on the queue, behind what is there.
    func run(_ work: @escaping @Sendable () -> Void) {
        pending.add(1, ordering: .sequentiallyConsistent)
        queue.async {
            self.pending.subtract(1, ordering: .sequentiallyConsistent)
            work()
        }
        if isWaiting.exchange(false, ordering: .sequentiallyConsistent) { wake() }
    }

    /// Waits on the queue unless there is work for it.
    func wait<Result>(_ body: () -> Result) -> Result? {
        isWaiting.store(true, ordering: .sequentiallyConsistent)
        defer { isWaiting.store(false, ordering: .sequentiallyConsistent) }
        return pending.load(ordering: .sequentiallyConsistent) == 0 ? body() : nil
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
