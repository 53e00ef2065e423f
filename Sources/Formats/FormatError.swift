/// Why bytes are not a table, told without quoting any of them: the Service answers it as an RFC 9457 problem.
package struct FormatError: Error, Equatable {
    package enum Code: String, Sendable {
        case invalidJSON = "invalid_json"
        case invalidCSV = "invalid_csv"
        case invalidNPY = "invalid_npy"
        /// Well-formed, but not a table.
        case invalidData = "invalid_data"
        /// More than the reader may make of it.
        case tooLarge = "content_too_large"
        /// There is no memory for it now.
        case busy = "overloaded"
        /// Nobody waits for it any more.
        case abandoned = "request_timeout"
    }

    /// What to tell whoever sent a file with `curl -d @file`, which drops its newlines.
    package static let newlinesHint = "curl -d removes newlines from a file; send it with --data-binary"

    /// The cure for a table that is too large.
    package static let piecesHint = "send the rows in several requests, each without compression"

    package let code: Code
    /// A JSON Pointer (RFC 6901), or `row:41/column:age`, or `header/column:3`; empty for the whole text.
    package let pointer: String
    package let detail: String
    package let hint: String?

    package init(_ code: Code, at pointer: String = "", _ detail: String, hint: String? = nil) {
        self.code = code
        self.pointer = pointer
        self.detail = detail
        self.hint = hint
    }
}
