import Formats

/// The reason for a verb's failure, in words for the user.
package enum Fault: Error, Sendable, Equatable {
    /// No server, or no trusted one.
    case unreachable(String)
    /// An answer that was cut short, or not HTTP.
    case broken(String)
    /// The server's refusal.
    case refused(Refusal)
    /// A local file that cannot be read or written.
    case file(String)
    /// A wrong variable or flag about the server.
    case configuration(String)
    /// A wrong argument.
    case usage(String)
    /// A job that failed or was canceled.
    case job(String)

    /// A problem (RFC 9457) as a server sends it.
    package struct Refusal: Sendable, Equatable {
        package let status: Int
        package let code: String
        package let detail: String
        package let hint: String?
        /// The place of the error in the request.
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
        // The detail may say only "must be a whole number".
        let place = pointer.map { "\(Self.plain($0)): " } ?? ""
        return "\(place)\(detail)".printable + (hint.map { "\nhint: \($0.printable)" } ?? "")
    }

    /// A pointer in plain words.
    private static func plain(_ pointer: String) -> String {
        if pointer.hasPrefix("query:") { return String(pointer.dropFirst(6)) }
        if pointer.hasPrefix("/") { return String(pointer.dropFirst()) }
        return pointer.replacing("row:", with: "row ").replacing("/column:", with: ", column ")
    }
}
