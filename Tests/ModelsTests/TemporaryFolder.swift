import Foundation

/// A folder of a test's own, removed with the value.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "gand-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The plain files below, but the database, the lock and the format.
    static func files(in path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".safetensors") || $0.hasPrefix("tmp/") }.sorted()
    }
}
