import Foundation
import GAN
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
        var job = try Job.example()
        try job.start()
        #expect(job.stage == .preparing && job.startedAt != nil)
        for stage in [Job.Stage.training, .evaluating, .saving] { try job.enter(stage) }
        try job.succeed()
        #expect(job.status == .succeeded && job.stage == .saving && job.finishedAt != nil && job.error == nil)
        #expect(throws: Job.InvalidTransition(from: .succeeded, to: .running)) { try job.start() }
        #expect(throws: Job.InvalidTransition(from: .succeeded, to: .canceled)) { try job.cancel() }
        #expect(throws: Job.InvalidTransition(from: .succeeded, to: .running)) { try job.enter(.training) }
    }

    /// What one gand has written the next one reads, and keeps as it was.
    @Test func keepsItsTrainingAsText() throws {
        struct Kept: Codable { var specification: String }
        let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
        encoder.outputFormatting = .sortedKeys
        let job = try Job.example(startVersion: 3)
        let kept = try encoder.encode(job)
        let text = try decoder.decode(Kept.self, from: kept).specification
        #expect(text.hasPrefix(#"{"keepsData":false,"specification":{"batchSize":"#))
        #expect(text.hasSuffix(#""startVersion":3}"#))
        let read = try decoder.decode(Job.self, from: kept)
        #expect(try read.training == .example(startVersion: 3))
        #expect(try encoder.encode(read) == kept)
        // What this one does not understand stays, too.
        var members = try #require(JSONSerialization.jsonObject(with: kept) as? [String: Any])
        members["specification"] = #"{"family":"quantum"}"#
        let other = try decoder.decode(Job.self, from: JSONSerialization.data(withJSONObject: members))
        #expect(other.training == nil && other != job)
        #expect(
            try decoder.decode(Kept.self, from: encoder.encode(Job(resuming: other))).specification
                == #"{"family":"quantum"}"#)
    }

    @Test func keepsWhereItFailedAndWhy() throws {
        var job = try Job.example()
        try job.start()
        try job.enter(.training)
        try job.fail(.init(code: "diverged", detail: "The loss is not finite."))
        #expect(job.status == .failed && job.stage == .training && job.error?.code == "diverged")
    }

    @Test func anOrderlyStopIsNoRestart() throws {
        var job = try Job.example()
        try job.start()
        let startedAt = job.startedAt
        try job.requeue()
        #expect(job.status == .queued && job.stage == .queued && job.restarts == 0)
        try job.start()
        #expect(job.startedAt == startedAt)
    }

    @Test func theThirdDeathIsACrashLoop() throws {
        var job = try Job.example()
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
    static func example(
        _ model: String = "people", seed: UInt64 = 7, startVersion: Int? = nil
    ) throws -> Job {
        try Job(model: model, training: .example(seed: seed, startVersion: startVersion), rows: 10, columns: 1)
    }
}

extension Training {
    static func example(seed: UInt64 = 7, startVersion: Int? = nil) throws -> Training {
        let table = Distribution.demonstration.table(count: 10, seed: 1)
        return try Training(
            specification: Material(Specification.Request(seed: seed), for: table).specification,
            startVersion: startVersion)
    }
}
