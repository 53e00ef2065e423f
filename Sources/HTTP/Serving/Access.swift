package import HTTPTypes

/// Who may ask a route, and whether asking changes anything.
package struct Access: Sendable, Equatable {
    /// Whether it is answered without a key.
    package let isPublic: Bool
    package let changes: Bool

    private init(isPublic: Bool = false, changes: Bool = false) {
        self.isPublic = isPublic
        self.changes = changes
    }

    /// Everybody may, and nothing changes.
    package static let everybody = Access(isPublic: true)
    /// Any key may, and nothing changes.
    package static let read = Access()
    /// Only a key for changes may, and only where changes are made.
    package static let change = Access(changes: true)

    /// A method of which nothing more is known: those that are safe read (RFC 9110 §9.2.1), all others change.
    package init(of method: HTTPRequest.Method) {
        self.init(changes: ![.get, .head, .options].contains(method))
    }

    /// A method that a path does not take.
    ///
    /// - Parameter others: the access of the methods that it takes.
    init(of method: HTTPRequest.Method, beside others: [Access]) {
        self.init(isPublic: others.allSatisfy(\.isPublic), changes: Access(of: method).changes)
    }
}
