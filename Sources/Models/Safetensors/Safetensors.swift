/// Named arrays of numbers in one file, as `safetensors` of Python writes them: eight bytes of header length, a JSON
/// header, and the values without holes. Nothing in such a file can run, and a damaged one is refused as a whole.
package struct Safetensors: Sendable, Hashable {
    /// One named array; the values are in row-major order.
    package struct Tensor: Sendable, Hashable {
        package let name: String
        package let shape: [Int]
        package let values: Values

        package init(name: String, shape: [Int], values: Values) {
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    /// The types that are read and written.
    package enum Values: Sendable, Hashable {
        case float32([Float])
        case float64([Double])
        case uint8([UInt8])

        package var count: Int {
            switch self {
            case .float32(let values): values.count
            case .float64(let values): values.count
            case .uint8(let values): values.count
            }
        }
    }

    /// Why bytes are not a file, or tensors do not make one.
    package enum Error: Swift.Error, Hashable {
        case truncated
        case headerTooLarge(Int)
        case invalidHeader(String)
        case duplicateName(String)
        case unsupportedType(String, tensor: String)
        case invalidShape(tensor: String)
        case invalidOffsets(tensor: String)
        case trailingBytes(Int)
        case notFinite(tensor: String)
    }

    /// In the order of the file: the wider type first, then by name.
    package let tensors: [Tensor]
    package let metadata: [String: String]

    /// What the reference implementation allows.
    package static let maximumHeaderBytes = 100_000_000

    package init(tensors: [Tensor], metadata: [String: String] = [:]) throws(Error) {
        var names: Set<String> = ["__metadata__"]
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else { throw .duplicateName(tensor.name) }
            guard Self.count(of: tensor.shape) == tensor.values.count else { throw .invalidShape(tensor: tensor.name) }
        }
        // The order of the reference: every tensor is aligned to its type without padding.
        self.tensors = tensors.sorted { ($1.values.width, $0.name) < ($0.values.width, $1.name) }
        self.metadata = metadata
    }

    package subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

    /// Reads a file; with `finite`, an infinity or a NaN anywhere is an error.
    package init(contentsOf bytes: [UInt8], finite: Bool = true) throws(Error) {
        let header = try SafetensorsHeader(fileBytes: bytes)
        var end = header.end
        var tensors: [Tensor] = []
        // Sorted by place, every tensor must begin where the one before it ends: no holes, no overlap.
        for entry in header.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            let invalidOffsets = Error.invalidOffsets(tensor: entry.name)
            guard let count = Self.count(of: entry.shape) else { throw .invalidShape(tensor: entry.name) }
            let (size, overflow) = count.multipliedReportingOverflow(by: entry.type.rawValue)
            guard !overflow else { throw .invalidShape(tensor: entry.name) }
            guard entry.begin == end - header.end, entry.end >= entry.begin, entry.end - entry.begin == size else {
                throw invalidOffsets
            }
            guard size <= bytes.count - end else { throw .truncated }
            let values = Values(littleEndian: bytes.span.extracting(end..<(end + size)), type: entry.type)
            guard !finite || values.isFinite else { throw .notFinite(tensor: entry.name) }
            tensors.append(Tensor(name: entry.name, shape: entry.shape, values: values))
            end += size
        }
        guard end == bytes.count else { throw .trailingBytes(bytes.count - end) }
        try self.init(tensors: tensors, metadata: header.metadata)
    }

    /// The number of values of a shape, or nil where it is negative or too large to count.
    private static func count(of shape: [Int]) -> Int? {
        var count = 1
        for extent in shape {
            guard extent >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }
}

extension Safetensors.Values {
    /// Bytes per value.
    var width: Int { type.rawValue }

    var type: SafetensorsHeader.ElementType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .uint8: .uint8
        }
    }

    fileprivate var isFinite: Bool {
        switch self {
        case .float32(let values): values.allSatisfy(\.isFinite)
        case .float64(let values): values.allSatisfy(\.isFinite)
        case .uint8: true
        }
    }

    fileprivate init(littleEndian bytes: Span<UInt8>, type: SafetensorsHeader.ElementType) {
        switch type {
        case .float32:
            var values = [Float](repeating: 0, count: bytes.count / 4)
            for index in values.indices {
                var bits: UInt32 = 0
                for byte in 0..<4 { bits |= UInt32(bytes[4 * index + byte]) << (8 * UInt32(byte)) }
                values[index] = Float(bitPattern: bits)
            }
            self = .float32(values)
        case .float64:
            var values = [Double](repeating: 0, count: bytes.count / 8)
            for index in values.indices {
                var bits: UInt64 = 0
                for byte in 0..<8 { bits |= UInt64(bytes[8 * index + byte]) << (8 * UInt64(byte)) }
                values[index] = Double(bitPattern: bits)
            }
            self = .float64(values)
        case .uint8: self = .uint8(bytes.indices.map { bytes[$0] })
        }
    }
}
