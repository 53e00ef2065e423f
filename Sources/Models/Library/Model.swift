package import Formats

/// A model as the store knows it: its versions, and the one that serves.
package struct Model: Sendable, Hashable {
    package let name: String
    /// The number of the version that serves, or nil before the first.
    package let currentVersion: Int?
    /// Newest first.
    package let versions: [Version]
    /// The numbers of versions whose files are damaged; they do not serve.
    package let damaged: [Int]
    /// Names and values that mean something to the user.
    package let tags: TextMap
    /// Another one whenever anything of this changes.
    package let revision: Int
}
