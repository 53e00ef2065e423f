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

    /// The same error of rows that stand behind others.
    func moved(byRows count: Int) -> SpecificationError {
        guard pointer.hasPrefix("row:") else { return self }
        let number = pointer.dropFirst(4).prefix { $0 != "/" }
        guard let row = Int(number) else { return self }
        return SpecificationError(reason, at: "row:\(row + count)\(pointer.dropFirst(4 + number.count))", detail)
    }
}
