/// What a server tells those who follow it of a model: a small file that is replaced whole.
///
/// A database in WAL mode cannot be read over a network's file system, or from one that is mounted read-only; a file can.
struct Publication: Sendable, Hashable, Codable {
    let name: String
    /// The number that was given last; no later version may have it.
    let last: Int
    let current: Int?
    let tags: [String: String]
    /// Newest first.
    let versions: [Version]
}
