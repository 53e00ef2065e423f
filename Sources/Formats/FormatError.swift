/// Why bytes are not a table; never quotes what they hold.
package struct FormatError: Error, Equatable {
    package enum Code: Sendable {
        case invalidJSON, invalidCSV, invalidData
    }

    package var code: Code
    /// A JSON Pointer, or `row:n/column:name` with data rows counted from 1; empty for the whole.
    package var pointer: String
    package var detail: String
    package var hint: String?

    package init(_ code: Code, at pointer: String = "", _ detail: String, hint: String? = nil) {
        self.code = code
        self.pointer = pointer
        self.detail = detail
        self.hint = hint
    }
}
