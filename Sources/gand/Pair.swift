import ArgumentParser

/// A name and its value: `name=value`.
struct Pair: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        // By bytes: an accent after the sign forms one character with it.
        guard let sign = argument.utf8.firstIndex(of: UInt8(ascii: "=")), sign > argument.startIndex else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.utf8.index(after: sign)...])
    }
}
