import Models
import TestSupport
import Testing

@Suite struct EventsTests {
    let folder = TemporaryFolder()

    @Test func whatChangesIsTold() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        var job = try store.begin()
        try store.append(.progress(.training, Job.Progress(step: 1, steps: 2), metrics: ["loss": .nan]), toJob: job.id)
        job.warnings = ["few rows"]
        try store.complete(job)
        let events = try store.events(ofJob: job.id)
        #expect(events.map(\.number) == Array(1...6))
        #expect(events[0].content == .status(.queued, .queued, restarts: 0))
        #expect(events[1].content == .status(.running, .preparing, restarts: 0))
        #expect(events[3].content == .snapshot(version: 1, step: 10, .published))
        #expect(events[4].content == .warning("few rows"))
        #expect(events[5].content == .done)
        #expect(try store.events(ofJob: job.id, after: 2, limit: 2).map(\.number) == [3, 4])
        // What is over has no more to tell.
        try store.append(.warning("late"), toJob: job.id)
        #expect(try store.events(ofJob: job.id).count == 6)
    }

    @Test func aDeathIsToldByTheNextProcess() throws {
        var id = ""
        for _ in 0..<2 {
            let store = try Store(directory: DataDirectory(path: folder.path))
            guard id.isEmpty else {
                #expect(try store.events(ofJob: id).last?.content == .status(.queued, .queued, restarts: 1))
                continue
            }
            id = try store.begin().id
        }
    }

    @Test func aFollowerReadsWhatWasAndWhatComes() async throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let job = try store.begin()
        let follower = Follower(of: job.id, after: 1, in: store)
        #expect(try await follower.next()?.number == 2)
        async let next = follower.next()
        try store.append(.warning("odd"), toJob: job.id)
        #expect(try await next?.content == .warning("odd"))
        async let last = follower.next()
        try store.complete(job)
        #expect(try await last?.content == .snapshot(version: 1, step: 10, .published))
        #expect(try await follower.next()?.content == .done)
        #expect(try await follower.next() == nil)
        #expect(try await Follower(of: job.id, after: 99, in: store).next() == nil)
    }

    @Test func closingEndsEveryStream() async throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let job = try store.begin()
        let follower = Follower(of: job.id, after: 2, in: store)
        async let next = follower.next()
        store.events.close()
        #expect(try await next == nil)
        #expect(try await Follower(of: job.id, after: 2, in: store).next() == nil)
    }

    @Test func aFollowerThatIsGoneIsForgotten() async throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let job = try store.begin()
        let task = Task { [store] in try await Follower(of: job.id, after: 2, in: store).next() }
        while store.events.followerCount == 0 { await Task.yield() }
        task.cancel()
        #expect(try await task.value == nil)
        #expect(store.events.followerCount == 0)
    }
}
