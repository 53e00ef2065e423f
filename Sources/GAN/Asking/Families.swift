/// The families that there are.
package enum Families {
    package static let all: [any Family] = [DenseFamily(), RecordsFamily(), LinearFamily(), UniformFamily()]

    package static func named(_ name: String) -> (any Family)? { all.first { $0.name == name } }
}
