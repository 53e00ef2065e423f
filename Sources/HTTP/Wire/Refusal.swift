/// A reason for the server itself to refuse a request; the connection closes after each.
package enum Refusal: Error, Sendable, Equatable {
    /// The text explains, and never quotes the client.
    case malformed(String)
    case timeout
    case bodyTooLarge(limit: Int)
    /// A compressed body expands to more than `limit` times its length.
    case expandsTooFar(limit: Int)
    case targetTooLong
    case contentCodingUnknown
    case expectationFailed
    case headTooLarge
    case methodUnknown
    case transferCodingUnknown
    case overloaded
    case versionUnsupported
    case diskFull

    package var status: Int {
        switch self {
        case .malformed: 400
        case .timeout: 408
        case .bodyTooLarge, .expandsTooFar: 413
        case .targetTooLong: 414
        case .contentCodingUnknown: 415
        case .expectationFailed: 417
        case .headTooLarge: 431
        case .methodUnknown, .transferCodingUnknown: 501
        case .overloaded: 503
        case .versionUnsupported: 505
        case .diskFull: 507
        }
    }
}
