package import GAN

/// What a job does, as it is kept with the job.
package struct Training: Sendable, Equatable, Codable {
    package var specification: Specification
    package var maximumSeconds: Double?
    package var keepsData: Bool
    /// The version of the same model whose weights the training begins with; `nil` for random ones.
    package var startVersion: Int?

    package init(
        specification: Specification, maximumSeconds: Double? = nil, keepsData: Bool = false, startVersion: Int? = nil
    ) {
        self.specification = specification
        self.maximumSeconds = maximumSeconds
        self.keepsData = keepsData
        self.startVersion = startVersion
    }
}
