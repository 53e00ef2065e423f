package import GAN

/// What a model serves at a moment.
package struct Served: Sendable {
    package var model: String
    package var version: Int
    /// Whether the version is published and so will never change; otherwise its training goes on.
    package var isPublished: Bool
    package var snapshot: Snapshot
}
