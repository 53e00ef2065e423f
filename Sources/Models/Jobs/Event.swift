package import Foundation

/// Something that happened to a job.
package struct Event: Sendable, Hashable {
    /// What happened.
    package enum Content: Sendable, Hashable, Codable {
        /// The job waits, runs, or has come to another stage of running.
        case status(Job.Status, Job.Stage, restarts: Int)
        case progress(Job.Stage, Job.Progress, metrics: [String: Double])
        case snapshot(version: Int, step: Int, Snapshot)
        case warning(String)
        /// The job is over; it is the last event.
        case done
    }

    /// What became of a snapshot.
    package enum Snapshot: String, Sendable, Hashable, Codable {
        /// It is the first that serves.
        case serving
        /// It is on the disk, for the training to go on from.
        case kept
        /// It is a version.
        case published
    }

    package let job: String
    /// Counts from 1 within its job.
    package let number: Int
    package let time: Date
    package let content: Content
}
