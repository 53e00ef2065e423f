import Dispatch
import Models
import Testing

/// Long work keeps nobody waiting but its likes of the same client.
struct WorkQueuesTests {
    private let queues = WorkQueues(threads: 2)

    @Test func oneClientLeavesRoomForOthers() async throws {
        let gate = DispatchSemaphore(value: 0)
        let queues = queues
        let long = (0..<20).map { _ in
            Task { try await queues.run(.long, for: "a") { _ in gate.wait() } }
        }
        #expect(try await queues.run(.long, for: "b") { _ in true })
        #expect(try await queues.run(.short, for: "a") { _ in true })
        #expect(try await queues.read { true })
        for _ in long { gate.signal() }
        for task in long { try await task.value }
        #expect(try await queues.run(.long, for: "a") { _ in true })
    }

    @Test func nobodysWorkEnds() async throws {
        let (queues, hasBegun) = (queues, AsyncStream<Void>.makeStream())
        let task = Task {
            try await queues.run(.long, for: "a") { isAbandoned in
                hasBegun.continuation.yield()
                while !isAbandoned() {}
                throw CancellationError()
            }
        }
        for await _ in hasBegun.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
