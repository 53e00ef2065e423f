package import Formats
package import Foundation
import GAN

/// One training: what was asked, how far it is, and how it ended. A value, and a state machine without I/O.
package struct Job: Sendable, Hashable, Codable {
    /// Sorts by time of acceptance, as text too.
    package let id: String
    package let model: String
    /// The number that its version will have; the store gives it when it accepts the job.
    package internal(set) var version: Int
    package private(set) var status: Status
    package private(set) var stage: Stage
    package let createdAt: Date
    package private(set) var startedAt: Date?
    package private(set) var finishedAt: Date?
    private let specification: StoredTraining
    package var progress: Progress
    package let rows: Int
    package let columns: Int
    /// Of the data set; the store fills it in when it accepts the job.
    package internal(set) var dataSHA256: String
    package let seed: UInt64
    /// Names and values that mean something to the user.
    package let tags: TextMap
    /// The job whose checkpoint this one goes on from.
    package let resumedFrom: String?
    package var metrics: [String: Double]
    package var warnings: [String]
    package private(set) var error: Failure?
    /// How often a process died while it ran this job.
    package private(set) var restarts: Int

    package init(
        model: String, training: Training, rows: Int, columns: Int, warnings: [String] = [], tags: TextMap = [:]
    ) throws {
        self.init(
            model: model, specification: try StoredTraining(training), rows: rows, columns: columns, dataSHA256: "",
            seed: training.specification.seed, warnings: warnings, tags: tags)
    }

    /// A job that goes on from the checkpoint of another.
    package init(resuming former: Job) {
        self.init(
            model: former.model, specification: former.specification, rows: former.rows, columns: former.columns,
            dataSHA256: former.dataSHA256, seed: former.seed, tags: former.tags, resumedFrom: former.id)
    }

    private init(
        model: String, specification: StoredTraining, rows: Int, columns: Int, dataSHA256: String, seed: UInt64,
        warnings: [String] = [], tags: TextMap, resumedFrom: String? = nil
    ) {
        self.id = Identifier.next()
        self.model = model
        self.version = 0
        self.status = .queued
        self.stage = .queued
        self.createdAt = Date.now.roundedToMilliseconds
        self.specification = specification
        self.progress = Progress()
        self.rows = rows
        self.columns = columns
        self.dataSHA256 = dataSHA256
        self.seed = seed
        self.tags = tags
        self.resumedFrom = resumedFrom
        self.metrics = [:]
        self.warnings = warnings
        self.restarts = 0
    }

    /// What the job does; `nil` where another gand accepted it, of whose words this one cannot make a training.
    package var training: Training? { specification.training }

    /// Whether the data set is kept as long as the job's history.
    var keepsData: Bool { training?.keepsData ?? false }

    /// A job that dies this often without getting further is taken to be what kills the process.
    package static let maximumDeaths = 3
}

extension Job {
    /// Where a job is in its life.
    package enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case queued, running, succeeded, failed, canceled

        /// Whether the job is over.
        package var isTerminal: Bool {
            switch self {
            case .queued, .running: false
            case .succeeded, .failed, .canceled: true
            }
        }

        /// Whether a job may go from this status to `next`. A running job may go back to the queue: the server stopped.
        package func allows(_ next: Status) -> Bool {
            switch (self, next) {
            case (.queued, .running), (.queued, .failed), (.queued, .canceled): true
            case (.running, .queued), (.running, .succeeded), (.running, .failed), (.running, .canceled): true
            default: false
            }
        }
    }

    /// What a job is doing; it keeps the last one when it is over, to tell where it ended.
    package enum Stage: String, Sendable, Hashable, Codable, CaseIterable {
        case queued, preparing, training, evaluating, saving
    }

    /// How far a training is.
    package struct Progress: Sendable, Hashable, Codable {
        package var step: Int
        package var steps: Int
        package var epoch: Int
        package var epochs: Int
        package var stepsPerSecond: Double
        /// How much of all its work the job has done, from 0 to 1; `nil` of jobs that are older than the member.
        package var fraction: Double?

        package init(
            step: Int = 0, steps: Int = 0, epoch: Int = 0, epochs: Int = 0, stepsPerSecond: Double = 0,
            fraction: Double? = nil
        ) {
            self.step = step
            self.steps = steps
            self.epoch = epoch
            self.epochs = epochs
            self.stepsPerSecond = stepsPerSecond
            self.fraction = fraction
        }
    }

    /// Why a job failed: a stable code for programs and a sentence for people.
    package struct Failure: Sendable, Hashable, Codable {
        package let code: String
        package let detail: String

        package init(code: String, detail: String) {
            self.code = code
            self.detail = detail
        }
    }

    /// A step that the life of a job does not have.
    package struct InvalidTransition: Error, Hashable {
        package let from: Status
        package let to: Status

        package init(from: Status, to: Status) {
            self.from = from
            self.to = to
        }
    }
}

extension Job {
    /// Leaves the queue and begins to prepare.
    package mutating func start(at time: Date = .now) throws(InvalidTransition) {
        try move(to: .running)
        stage = .preparing
        startedAt = startedAt ?? time.roundedToMilliseconds
    }

    /// Goes on to another stage of running.
    package mutating func enter(_ stage: Stage) throws(InvalidTransition) {
        guard status == .running, stage != .queued else {
            throw InvalidTransition(from: status, to: stage == .queued ? .queued : .running)
        }
        self.stage = stage
    }

    /// Whether a job that is over did not come to its end, and may go on from its checkpoint as another one.
    package var isUnfinished: Bool { status == .canceled || status == .failed }

    /// Goes back to the queue because the server stops in order; this is not counted as a restart.
    package mutating func requeue() throws(InvalidTransition) {
        try move(to: .queued)
        stage = .queued
    }

    package mutating func succeed(at time: Date = .now) throws(InvalidTransition) {
        try move(to: .succeeded)
        finishedAt = time.roundedToMilliseconds
    }

    package mutating func cancel(at time: Date = .now) throws(InvalidTransition) {
        try move(to: .canceled)
        finishedAt = time.roundedToMilliseconds
    }

    package mutating func fail(_ failure: Failure, at time: Date = .now) throws(InvalidTransition) {
        try move(to: .failed)
        error = failure
        finishedAt = time.roundedToMilliseconds
    }

    /// Takes note that the process died while it ran this job: back to the queue, or failed if that is a habit.
    ///
    /// - Parameter deaths: how often in a row it died, this time included, without having kept a checkpoint.
    package mutating func recover(deaths: Int, at time: Date = .now) throws(InvalidTransition) {
        guard status == .running else { throw InvalidTransition(from: status, to: .queued) }
        restarts += 1
        guard deaths >= Self.maximumDeaths else { return try requeue() }
        let detail = "the server died \(deaths) times while it ran this job, which got no further"
        try fail(Failure(code: "crash_loop", detail: detail), at: time)
    }

    private mutating func move(to next: Status) throws(InvalidTransition) {
        guard status.allows(next) else { throw InvalidTransition(from: status, to: next) }
        status = next
    }
}
