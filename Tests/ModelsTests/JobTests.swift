import Models
import Testing

@Suite struct JobTests {
    @Test func statesAllowWhatTheTableSays() {
        let allowed: [Job.Status: Set<Job.Status>] = [
            .queued: [.running, .failed, .canceled],
            .running: [.queued, .succeeded, .failed, .canceled],
        ]
        for from in Job.Status.allCases {
            for to in Job.Status.allCases {
                #expect(from.allows(to) == (allowed[from]?.contains(to) ?? false), "\(from) to \(to)")
            }
            #expect(from.isTerminal == (allowed[from] == nil))
        }
    }

    @Test func runsToSuccess() throws {
        var job = Job.example()
        try job.start()
        #expect(job.stage == .preparing && job.startedAt != nil)
        for stage in [Job.Stage.training, .evaluating, .saving] { try job.enter(stage) }
        try job.succeed()
        #expect(job.status == .succeeded && job.stage == .saving && job.finishedAt != nil && job.error == nil)
        #expect(throws: Job.InvalidTransition(from: .succeeded, to: .running)) { try job.start() }
        #expect(throws: Job.InvalidTransition(from: .succeeded, to: .canceled)) { try job.cancel() }
        #expect(throws: Job.InvalidTransition(from: .succeeded, to: .running)) { try job.enter(.training) }
    }

    @Test func keepsWhereItFailedAndWhy() throws {
        var job = Job.example()
        try job.start()
        try job.enter(.training)
        try job.fail(.init(code: "diverged", detail: "The loss is not finite."))
        #expect(job.status == .failed && job.stage == .training && job.error?.code == "diverged")
    }

    @Test func anOrderlyStopIsNoRestart() throws {
        var job = Job.example()
        try job.start()
        let startedAt = job.startedAt
        try job.requeue()
        #expect(job.status == .queued && job.stage == .queued && job.restarts == 0)
        try job.start()
        #expect(job.startedAt == startedAt)
    }

    @Test func theThirdDeathIsACrashLoop() throws {
        var job = Job.example()
        #expect(throws: Job.InvalidTransition(from: .queued, to: .queued)) { try job.recover(deaths: 1) }
        for deaths in 1...2 {
            try job.start()
            try job.recover(deaths: deaths)
            #expect(job.status == .queued && job.restarts == deaths)
        }
        try job.start()
        try job.recover(deaths: 3)
        #expect(job.status == .failed && job.restarts == 3 && job.error?.code == "crash_loop")
    }
}

extension Job {
    static func example(_ model: String = "people", seed: UInt64 = 7) -> Job {
        Job(
            model: model, specification: #"{"family":"dense"}"#, rows: 4, columns: 1,
            dataSHA256: String(repeating: "a", count: 64), seed: seed)
    }
}
