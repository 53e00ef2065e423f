package import Formats
package import GAN

extension Jobs {
    /// What is asked of a new job.
    package struct Submission: Sendable {
        package var model: String
        package var training: Training
        package var material: Material
        package var tags: TextMap
        package var key: IdempotencyKey?

        package init(
            model: String, training: Training, material: Material, tags: TextMap = [:],
            key: IdempotencyKey? = nil
        ) {
            self.model = model
            self.training = training
            self.material = material
            self.tags = tags
            self.key = key
        }
    }

    /// A job that was accepted, now or when the same was asked for before.
    package struct Acceptance: Sendable {
        package let job: Job
        package let isReplayed: Bool
    }

    /// Why a job cannot be canceled.
    package struct NotActive: Error {
        package let job: Job
    }
}
