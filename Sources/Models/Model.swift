/// A model as the store knows it: its versions, and the one that serves.
package struct Model: Sendable, Hashable {
    package let name: String
    /// The number of the version that serves, or nil before the first.
    package let currentVersion: Int?
    /// Newest first.
    package let versions: [Version]
}
