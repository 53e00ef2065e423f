/// The header of numpy's .npy files (format versions 1 to 3): the type of the elements, their order and their shape.
struct NPYHeader: Equatable {
    /// The types that are read, little-endian or of one byte.
    enum Element: String, CaseIterable {
        case float32 = "f4"
        case float64 = "f8"
        case int8 = "i1"
        case int16 = "i2"
        case int32 = "i4"
        case int64 = "i8"
        case uint8 = "u1"
        case uint16 = "u2"
        case uint32 = "u4"
        case uint64 = "u8"
        case boolean = "b1"

        var size: Int { Int(rawValue.suffix(1)) ?? 1 }
    }

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    let element: Element
    let isFortranOrder: Bool
    let shape: [Int]
    /// Where the elements begin.
    let end: Int

    init(_ bytes: Span<UInt8>) throws(FormatError) {
        let magic = Self.magic
        guard bytes.count >= 12, magic.indices.allSatisfy({ bytes[$0] == magic[$0] }) else {
            throw FormatError(.invalidNPY, "the file does not begin as one of numpy's")
        }
        let isWide = bytes[6] >= 2
        guard 1...3 ~= bytes[6] else { throw FormatError(.invalidNPY, "the version of the format is not 1, 2 or 3") }
        let start = isWide ? 12 : 10
        let length =
            isWide
            ? Int(bytes[8]) | Int(bytes[9]) << 8 | Int(bytes[10]) << 16 | Int(bytes[11]) << 24
            : Int(bytes[8]) | Int(bytes[9]) << 8
        guard length <= 65_536, start + length <= bytes.count else {
            throw FormatError(.invalidNPY, "the header is cut off")
        }
        end = start + length
        let text = String(copying: start..<end, of: bytes)
        guard let descriptor = Self.value(of: "descr", in: text)?.prefix(while: { $0 != "'" }),
            let order = Self.value(of: "fortran_order", in: text), let tuple = Self.value(of: "shape", in: text)
        else { throw FormatError(.invalidNPY, "the header lacks descr, fortran_order or shape") }
        guard let element = Element(rawValue: String(descriptor.dropFirst())), "<|=".contains(descriptor.prefix(1))
        else {
            throw FormatError(
                .invalidNPY, "the type of the elements is not known here",
                hint: "known are bool, integers and float32 and float64, little-endian: a.astype('<f8')")
        }
        self.element = element
        isFortranOrder = order.hasPrefix("True")
        let numbers = tuple.dropFirst().prefix { $0 != ")" }.split(separator: ",")
        let shape = numbers.map { Int($0.filter { $0 != " " }) ?? -1 }
        guard tuple.hasPrefix("("), !shape.isEmpty, shape.allSatisfy({ 0...1 << 40 ~= $0 }) else {
            throw FormatError(.invalidNPY, "the shape is not one of an array with rows")
        }
        self.shape = shape
    }

    /// What stands behind a key of the dictionary, without an opening quote.
    private static func value(of key: String, in text: String) -> Substring? {
        guard let range = text.firstRange(of: "'\(key)':") else { return nil }
        let value = text[range.upperBound...].drop { $0 == " " }
        return value.hasPrefix("'") ? value.dropFirst() : value
    }

    /// The header of an array of float64 in C's order, padded so that the elements begin at a multiple of 64.
    static func encoded(shape: [Int]) -> [UInt8] {
        let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
        var text = Array("{'descr': '<f8', 'fortran_order': False, 'shape': \(tuple), }".utf8)
        while (10 + text.count + 1) % 64 != 0 { text.append(UInt8(ascii: " ")) }
        text.append(UInt8(ascii: "\n"))
        return magic + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
    }
}

extension String {
    /// Text of bytes; what is not UTF-8 becomes replacement characters.
    fileprivate init(copying range: Range<Int>, of bytes: Span<UInt8>) {
        self.init(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }
}
