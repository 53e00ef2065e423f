/// What a client calls one attempt at a request, so that the next attempt is known for the same.
package struct IdempotencyKey: Sendable, Hashable {
    package let text: String
    /// Of all that the request asks for.
    package let digest: String

    package init(_ text: String, digest: String) {
        self.text = text
        self.digest = digest
    }
}
