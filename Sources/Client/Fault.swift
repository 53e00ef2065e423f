import Formats

/// Why something asked of a server was not done, in words for whoever asked.
package enum Fault: Error, Sendable, Equatable {
    /// No server, or none that can be trusted.
    case unreachable(String)
    /// An answer that began and did not end, or is none.
    case broken(String)
    /// The server's refusal.
    case refused(Refusal)
    /// A file of this machine.
    case file(String)
    /// What the variables and flags say about the server.
    case configuration(String)
    /// What the command line asks for.
    case usage(String)
    /// A job that ended otherwise than wanted.
    case job(String)

    /// A problem (RFC 9457) as a server sends it.
    package struct Refusal: Sendable, Equatable {
        package let status: Int
        package let code: String
        package let detail: String
        package let hint: String?
        /// What is wrong, where that is one of many things.
        package let pointer: String?
    }
}

extension Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let text), .broken(let text), .file(let text), .configuration(let text), .usage(let text),
            .job(let text):
            text.printable
        case .refused(let refusal): refusal.description
        }
    }
}

extension Fault.Refusal: CustomStringConvertible {
    package var description: String {
        // A detail may be about the place alone: "must be a whole number".
        let place = pointer.map { "\(Self.plain($0)): " } ?? ""
        return "\(place)\(detail)".printable + (hint.map { "\nhint: \($0.printable)" } ?? "")
    }

    /// A pointer as people say it.
    private static func plain(_ pointer: String) -> String {
        if pointer.hasPrefix("query:") { return String(pointer.dropFirst(6)) }
        if pointer.hasPrefix("/") { return String(pointer.dropFirst()) }
        return pointer.replacing("row:", with: "row ").replacing("/column:", with: ", column ")
    }
}
