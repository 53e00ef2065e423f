import Foundation

/// A folder of a test's own, removed with the value.
package final class TemporaryFolder: Sendable {
    package let path = NSTemporaryDirectory() + "gand-" + UUID().uuidString

    package init() {}

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
