/// Why a training cannot be: found before anything is started.
package struct SpecificationError: Error, Equatable {
    package enum Reason: Sendable, Equatable {
        case invalidParameter, invalidData, tooFewRows, schemaMismatch
        /// Nothing is wrong: the training was stopped while it was prepared.
        case stopped
        case unknownOption(name: String, known: [String])
    }

    package var reason: Reason
    /// A JSON Pointer into the request, or `row:n/column:name`.
    package var pointer: String
    package var detail: String

    package init(_ reason: Reason, at pointer: String, _ detail: String) {
        self.reason = reason
        self.pointer = pointer
        self.detail = detail
    }
}
