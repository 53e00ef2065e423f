/// The JSON header of a safetensors file. Its parser knows only the three shapes that the format has, so that a
/// duplicate key, a fraction for a size or a deep nest is an error and not something that a general parser mends.
struct SafetensorsHeader {
    /// A tensor as the header tells it; the offsets count from the header's end.
    struct Entry {
        let name: String
        let type: ElementType
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    /// A type of values; the raw value is its width in bytes.
    enum ElementType: Int, CaseIterable {
        case float32 = 4
        case float64 = 8
        case uint8 = 1

        var name: String {
            switch self {
            case .float32: "F32"
            case .float64: "F64"
            case .uint8: "U8"
            }
        }
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]
    /// Where the values begin in the file.
    let end: Int

    init(fileBytes bytes: [UInt8]) throws(Safetensors.Error) {
        guard bytes.count >= 8 else { throw .truncated }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        guard length <= Safetensors.maximumHeaderBytes else { throw .headerTooLarge(Int(clamping: length)) }
        guard Int(length) <= bytes.count - 8 else { throw .truncated }
        end = 8 + Int(length)
        // The reference wants the brace to be the first byte and lets spaces pad the end.
        guard length > 0, bytes[8] == UInt8(ascii: "{") else { throw .invalidHeader("not an object") }
        var scanner = HeaderScanner(bytes: bytes[8..<end])
        var names: Set<String> = []
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        try scanner.object { (scanner, name) throws(Safetensors.Error) in
            guard names.insert(name).inserted else { throw .duplicateName(name) }
            if name == "__metadata__" {
                try scanner.object { (scanner, key) throws(Safetensors.Error) in
                    let value = try scanner.string()
                    guard metadata.updateValue(value, forKey: key) == nil else { throw .duplicateName(key) }
                }
            } else {
                entries.append(try Self.entry(name: name, from: &scanner))
            }
        }
        guard scanner.isAtEnd else { throw .invalidHeader("text after the object") }
        self.entries = entries
        self.metadata = metadata
    }

    private static func entry(name: String, from scanner: inout HeaderScanner) throws(Safetensors.Error) -> Entry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { (scanner, key) throws(Safetensors.Error) in
            switch key {
            case "dtype" where type == nil: type = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where offsets == nil: offsets = try scanner.integers()
            case "dtype", "shape", "data_offsets": throw .duplicateName(key)
            default: throw .invalidHeader("unknown key \(key)")
            }
        }
        guard let type, let shape, let offsets else { throw .invalidHeader("\(name) is incomplete") }
        guard offsets.count == 2, offsets[0] >= 0 else { throw .invalidOffsets(tensor: name) }
        guard let element = ElementType.allCases.first(where: { $0.name == type }) else {
            throw .unsupportedType(type, tensor: name)
        }
        return Entry(name: name, type: element, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// The length and the header, padded with spaces so that the values begin at a multiple of eight.
    static func encoded(tensors: [Safetensors.Tensor], metadata: [String: String]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append(#""__metadata__":{\#(pairs.joined(separator: ","))}"#)
        }
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.values.count * tensor.values.width
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.values.type.name)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        let length = UInt64(header.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + header
    }

    /// A JSON string (RFC 8259, section 7): quotes, backslashes and control characters are escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
