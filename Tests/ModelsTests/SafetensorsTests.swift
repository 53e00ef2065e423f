import Formats
import Models
import Testing

@Suite struct SafetensorsTests {
    static func file(_ header: String, values: Int, length: UInt64? = nil) -> [UInt8] {
        let length = length ?? UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: values)
    }

    static func tensor(_ name: String, _ shape: String, _ offsets: String, type: String = "F32") -> String {
        #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    @Test func roundTrips() throws {
        let file = try Safetensors(
            tensors: [
                .init(name: "weights", shape: [2, 3], values: .float32([1, -2, 3.5, .pi, 0, -0.0])),
                .init(name: "scalar", shape: [], values: .float64([1e-300])),
                .init(name: "empty", shape: [0, 7], values: .float32([])),
                .init(name: "bytes", shape: [3], values: .uint8([0, 1, 255])),
                .init(name: "a \"name\"\n\\ é😀", shape: [1], values: .float32([.leastNonzeroMagnitude])),
            ], metadata: ["schema": #"{"columns":["x","\u0001"]}"#, "": "\u{1}\t😀"])
        let bytes = file.encoded()
        #expect(try Safetensors(contentsOf: bytes) == file)
        #expect(file["scalar"]?.values == .float64([1e-300]) && file["absent"] == nil)
        let header = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        #expect(header % 8 == 0)
    }

    /// Gaps, texts of several bytes, and a column that has no text at all.
    @Test func dataSetsComeBack() throws {
        let table = Table(
            columns: [
                Column(name: "n", values: [1.5, -0.25, 1e300], decimals: 2),
                Column(name: "t", values: [2, 0, 1], texts: ["é", "", "a \"b\"\n😀"]),
                Column(name: "none", values: [1, 1, 0], texts: ["x", "y"], isBoolean: true),
                Column(name: "empty", values: [0, 0, 0], texts: []),
            ], orientation: .records)
        let file = try Safetensors(contentsOf: Safetensors(table).encoded())
        #expect(try file.table() == table)
        // As data sets were kept before: with the texts in the header.
        let columns = """
            [{"name":"t","values":[],"texts":["x","y"],"isBoolean":false}]
            """
        let former = try Safetensors(
            tensors: [.init(name: "column.0", shape: [2], values: .float64([1, 0]))],
            metadata: ["columns": columns, "orientation": "records"])
        #expect(try former.table().columns == [Column(name: "t", values: [1, 0], texts: ["x", "y"])])
        // Lengths that the bytes do not have.
        let damaged = try Safetensors(
            tensors: file.tensors.map { tensor in
                tensor.name == "lengths.1"
                    ? .init(name: tensor.name, shape: [3], values: .float64([2, 0, 99])) : tensor
            }, metadata: file.metadata)
        #expect(throws: Store.Error.corruptFile("data set")) { try damaged.table() }
    }

    /// Values of several pieces.
    @Test func largeFilesRoundTripPieceByPiece() throws {
        let file = try Safetensors(
            tensors: [
                .init(name: "wide", shape: [100_000], values: .float64((0..<100_000).map { 1 / Double($0 + 1) })),
                .init(name: "narrow", shape: [70_000], values: .float32((0..<70_000).map { 1 / Float($0 + 1) })),
            ])
        var bytes: [UInt8] = []
        var longest = 0
        file.pieces.forEach { piece in
            unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            longest = max(longest, piece.byteCount)
        }
        #expect(bytes.count == file.pieces.byteCount && longest <= 1 << 18)
        #expect(bytes == file.encoded())
        #expect(try Safetensors(contentsOf: bytes) == file)
    }

    /// These bytes were written by safetensors.numpy.save of Python.
    @Test func writesWhatPythonWrites() throws {
        let file = try Safetensors(
            tensors: [
                .init(name: "b", shape: [2], values: .float32([1, 2])),
                .init(name: "c", shape: [1, 1], values: .float64([3])),
                .init(name: "a", shape: [1], values: .float32([4])),
            ], metadata: ["k": "v"])
        var python = Self.file(
            #"{"__metadata__":{"k":"v"},"# + Self.tensor("c", "[1,1]", "[0,8]", type: "F64") + ","
                + Self.tensor("a", "[1]", "[8,12]") + "," + Self.tensor("b", "[2]", "[12,20]") + "}",
            values: 0)
        let padding = (8 - python.count % 8) % 8
        python[0] += UInt8(padding)
        python += [UInt8](repeating: 0x20, count: padding)
        python += [0, 0, 0, 0, 0, 0, 8, 0x40, 0, 0, 0x80, 0x40, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
        #expect(file.encoded() == python)
    }

    @Test func readsTensorsInAnyOrderOfTheHeaderAndEscapes() throws {
        let header =
            "{" + Self.tensor(#"\u00e9\ud83d\ude00"#, "[1]", "[4,8]") + " , " + Self.tensor("a", "[ 1 ]", "[0,4]")
        let file = try Safetensors(contentsOf: Self.file(header + "}   ", values: 8))
        #expect(file.tensors.map(\.name) == ["a", "é😀"])
        #expect(try Safetensors(contentsOf: Self.file("{}", values: 0)).tensors.isEmpty)
    }

    @Test func keepsWhatIsNotFiniteOnlyWhenAsked() throws {
        for value in [Float.nan, .infinity, -.infinity] {
            let bytes = try Safetensors(tensors: [.init(name: "x", shape: [1], values: .float32([value]))]).encoded()
            #expect(throws: Safetensors.Error.notFinite(tensor: "x")) { try Safetensors(contentsOf: bytes) }
            let tensor = try #require(try Safetensors(contentsOf: bytes, finite: false)["x"])
            #expect(tensor.shape == [1])
        }
        let bytes = try Safetensors(tensors: [.init(name: "x", shape: [1], values: .float64([.nan]))]).encoded()
        #expect(throws: Safetensors.Error.notFinite(tensor: "x")) { try Safetensors(contentsOf: bytes) }
    }

    @Test func refusesTensorsThatMakeNoFile() {
        let one = Safetensors.Tensor(name: "x", shape: [1], values: .float32([1]))
        #expect(throws: Safetensors.Error.duplicateName("x")) { try Safetensors(tensors: [one, one]) }
        for shape in [[2], [-1, -1], [Int.max, 2], [0]] {
            #expect(throws: Safetensors.Error.invalidShape(tensor: "x")) {
                try Safetensors(tensors: [.init(name: "x", shape: shape, values: .float32([1]))])
            }
        }
    }

    @Test(arguments: hostile) func refuses(_ bytes: [UInt8], _ error: Safetensors.Error) {
        #expect(throws: error) { try Safetensors(contentsOf: bytes) }
    }

    @Test func refusesEveryMalformedHeader() {
        let x = Self.tensor("x", "[1]", "[0,4]")
        let headers = [
            "", " {}", "[]", "null", "{", "{}}", "{} x", "{\(x)", "{\(x),}", "{,\(x)}", "{\(x) \(x)}",
            #"{"x":1}"#, #"{"x":{}}"#, #"{"x":[]}"#, #"{"__metadata__":{"a":1}}"#, #"{"__metadata__":[]}"#,
            #"{"__metadata__":null}"#, #"{"x":{"dtype":"F32","shape":[1]}}"#,
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}"#,
            #"{"x":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}"#,
            #"{"x" {"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, #"{"a\x":{}}"#, #"{"a\ud83d":{}}"#,
            #"{"a\ude00\ud83d":{}}"#, #"{"a\u12":{}}"#, "{\"a\n\":{}}", #"{"a"#, #"{"a\"#,
        ]
        let shapes = [
            "[1.0]", "[1e0]", "[01]", "[-0]", "[+1]", "[\"1\"]", "[[1]]", "1", "[1,]", "[99999999999999999999]",
        ]
        for header in headers + shapes.map({ "{" + Self.tensor("x", $0, "[0,4]") + "}" }) {
            let bytes = Self.file(header, values: 4)
            let error = #expect(throws: Safetensors.Error.self) { try Safetensors(contentsOf: bytes) }
            if case .invalidHeader = error { continue }
            Issue.record("\(header) is refused with \(String(describing: error))")
        }
        let notUTF8 = Self.file("{\"?\":{}}", values: 0).map { $0 == UInt8(ascii: "?") ? 0xff : $0 }
        #expect(throws: Safetensors.Error.invalidHeader("a string is not UTF-8")) {
            try Safetensors(contentsOf: notUTF8)
        }
    }

    /// No prefix of a file is a file, and no changed byte of one makes the reader trap.
    @Test func everyTruncationIsRefusedAndNoByteTraps() throws {
        let whole = Self.file("{" + Self.tensor("x", "[2,1]", "[0,8]") + "}", values: 8)
        for count in whole.indices {
            #expect(throws: Safetensors.Error.self) { try Safetensors(contentsOf: Array(whole.prefix(count))) }
        }
        var read = 0
        for index in whole.indices {
            for value in UInt8.min...UInt8.max {
                var bytes = whole
                bytes[index] = value
                if (try? Safetensors(contentsOf: bytes)) != nil { read += 1 }
            }
        }
        #expect(read >= whole.count)
    }

    static let hostile: [([UInt8], Safetensors.Error)] = [
        ([], .truncated),
        ([0, 0, 0, 0, 0, 0, 0], .truncated),
        (file("{}", values: 0, length: 3), .truncated),
        (file("{}", values: 0, length: 100_000_001), .headerTooLarge(100_000_001)),
        (file("{}", values: 0, length: .max), .headerTooLarge(.max)),
        (file("{" + tensor("x", "[1]", "[0,4]") + "}", values: 3), .truncated),
        (file("{" + tensor("x", "[1]", "[0,4]") + "}", values: 5), .trailingBytes(1)),
        (file("{}", values: 1), .trailingBytes(1)),
        (file("{" + tensor("x", "[1]", "[0,2]", type: "F16") + "}", values: 2), .unsupportedType("F16", tensor: "x")),
        (file("{" + tensor("x", "[1]", "[0,4]", type: "f32") + "}", values: 4), .unsupportedType("f32", tensor: "x")),
        (file("{" + tensor("x", "[-1]", "[0,4]") + "}", values: 4), .invalidShape(tensor: "x")),
        (file("{" + tensor("x", "[-1,-1]", "[0,4]") + "}", values: 4), .invalidShape(tensor: "x")),
        (file("{" + tensor("x", "[4294967296,4294967296]", "[0,0]") + "}", values: 0), .invalidShape(tensor: "x")),
        (file("{" + tensor("x", "[4611686018427387904]", "[0,0]") + "}", values: 0), .invalidShape(tensor: "x")),
        (file("{" + tensor("x", "[2]", "[0,4]") + "}", values: 4), .invalidOffsets(tensor: "x")),
        (file("{" + tensor("x", "[1]", "[4,0]") + "}", values: 4), .invalidOffsets(tensor: "x")),
        (file("{" + tensor("x", "[1]", "[-4,0]") + "}", values: 4), .invalidOffsets(tensor: "x")),
        (file("{" + tensor("x", "[1]", "[0]") + "}", values: 4), .invalidOffsets(tensor: "x")),
        (file("{" + tensor("x", "[1]", "[0,4,8]") + "}", values: 4), .invalidOffsets(tensor: "x")),
        (file("{" + tensor("x", "[1]", "[4,8]") + "}", values: 8), .invalidOffsets(tensor: "x")),
        (
            file("{" + tensor("x", "[1]", "[0,-9223372036854775808]") + "}", values: 4),
            .invalidOffsets(tensor: "x")
        ),
        (
            file("{" + tensor("x", "[1]", "[0,4]") + "," + tensor("y", "[1]", "[2,6]") + "}", values: 6),
            .invalidOffsets(tensor: "y")
        ),
        (
            file("{" + tensor("x", "[1]", "[0,4]") + "," + tensor("y", "[1]", "[0,4]") + "}", values: 4),
            .invalidOffsets(tensor: "y")
        ),
        (
            file("{" + tensor("x", "[1]", "[0,4]") + "," + tensor("y", "[1]", "[8,12]") + "}", values: 12),
            .invalidOffsets(tensor: "y")
        ),
        (
            file("{" + tensor("x", "[1]", "[0,4]") + "," + tensor("x", "[1]", "[4,8]") + "}", values: 8),
            .duplicateName("x")
        ),
        (file(#"{"__metadata__":{},"__metadata__":{}}"#, values: 0), .duplicateName("__metadata__")),
        (file(#"{"__metadata__":{"a":"1","a":"2"}}"#, values: 0), .duplicateName("a")),
        (file(#"{"x":{"dtype":"F32","dtype":"F32"}}"#, values: 0), .duplicateName("dtype")),
    ]
}
