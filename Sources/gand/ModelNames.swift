// A file of its own, for GAN and the parser of arguments both have an `Option`.
import ArgumentParser
import Formats
import GAN

/// The names that the families go by.
enum FamilyNames {
    static let listed = Families.all.map(\.name).listed(with: "or")
}

/// A way of sampling that a flag names.
struct SamplingMethod: ExpressibleByArgument {
    let name: String

    static let allValueStrings = Sampling.Method.allCases.map(\.rawValue)

    init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        name = argument
    }
}
