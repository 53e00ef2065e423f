import Formats

/// What a server tells those who follow it of a model: a small file that is replaced whole.
///
/// A database in WAL mode cannot be read over a network's file system, or from one that is mounted read-only; a file can.
struct Publication: Sendable, Hashable, Codable {
    let name: String
    /// The number that was given last; no later version may have it.
    let last: Int
    let current: Int?
    let tags: TextMap
    /// Newest first.
    let versions: [Version]
}

extension Publication {
    /// The manifests of many versions; no more is ever read.
    private static let largestFile = 64 << 20

    /// Reads what stands in a data directory.
    ///
    /// - Throws: `Disk.Failure`, `DecodingError`; `MirrorError.invalid` where it does not fit its name, or itself.
    init(file: String, in folder: String) throws {
        let bytes = try Disk.read([file], in: "\(folder)/\(DataDirectory.publications)", atMost: Self.largestFile)
        self = try StoredJSON.decoded(Publication.self, String(decoding: bytes, as: UTF8.self))
        let numbers = versions.map(\.number)
        guard file == "\(try DataDirectory.checked(name)).json", versions.allSatisfy({ $0.model == name }),
            Set(numbers).count == numbers.count, numbers.allSatisfy({ $0 >= 1 && $0 <= last }),
            current.map(numbers.contains) ?? true
        else { throw Store.MirrorError.invalid(model: String(file.dropLast(5))) }
    }
}
