import Formats
package import Foundation

extension Date {
    /// The store keeps milliseconds: a value that is rounded at birth is equal to itself when read back.
    package var roundedToMilliseconds: Date { Date(millisecondsSince1970: millisecondsSince1970) }

    var millisecondsSince1970: Int64 { Int64(Int(clamping: (timeIntervalSince1970 * 1000).rounded())) }

    init(millisecondsSince1970 milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
