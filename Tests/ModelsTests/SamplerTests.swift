import Dispatch
import Models
import Testing

/// Long work keeps nobody waiting but its likes of the same client.
struct SamplerTests {
    private let sampler = Sampler(threads: 2)

    @Test func oneClientLeavesRoomForOthers() async throws {
        let gate = DispatchSemaphore(value: 0)
        let sampler = sampler
        let long = (0..<20).map { _ in
            Task { try await sampler.run(.long, for: "a") { _ in gate.wait() } }
        }
        #expect(try await sampler.run(.long, for: "b") { _ in true })
        #expect(try await sampler.run(.short, for: "a") { _ in true })
        #expect(try await sampler.read { true })
        for _ in long { gate.signal() }
        for task in long { try await task.value }
        #expect(try await sampler.run(.long, for: "a") { _ in true })
    }

    @Test func nobodysWorkEnds() async throws {
        let (sampler, hasBegun) = (sampler, AsyncStream<Void>.makeStream())
        let task = Task {
            try await sampler.run(.long, for: "a") { isAbandoned in
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
