/// Why the server itself refuses a request; the connection closes after each.
package enum Refusal: Error, Sendable, Equatable {
    /// The text says what is wrong, and nothing that the client sent.
    case malformed(String)
    case timeout
    case bodyTooLarge(limit: Int)
    case targetTooLong
    case expectationFailed
    case headTooLarge
    case methodUnknown
    case codingUnknown
    case versionUnsupported
    case overloaded

    package var status: Int {
        switch self {
        case .malformed: 400
        case .timeout: 408
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .expectationFailed: 417
        case .headTooLarge: 431
        case .methodUnknown, .codingUnknown: 501
        case .overloaded: 503
        case .versionUnsupported: 505
        }
    }
}
