import Formats

extension JSONWriter {
    mutating func member(_ name: String, _ values: [String]) {
        key(name)
        array { writer in
            for value in values { writer.value(value) }
        }
    }

    mutating func member(_ name: String, _ values: [ByteText]) { member(name, values.map(\.string)) }

    /// An object of numbers, by name.
    mutating func member(_ name: String, _ values: [String: Double]) {
        key(name)
        object { writer in
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
        }
    }
}
