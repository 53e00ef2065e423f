/// Why what somebody else has put together is not a model.
package struct ManifestError: Error, Equatable {
    package let detail: String

    init(_ detail: String) { self.detail = detail }
}
