import CSimdjson

/// The C++ behind this module, made safe: the only file that calls it.
enum Simdjson {
    /// What stands at a position. `end` closes an array or an object.
    enum Kind {
        case object, array, string, int64, uint64, double, `true`, `false`, null, end
    }

    /// A parsed document, read by position. Immutable, which is why threads may share it.
    @safe final class Tape: @unchecked Sendable {
        private let document: OpaquePointer

        enum Refusal: Error {
            case malformed, tooDeep, tooLarge, outOfMemory
        }

        /// Copies what it needs of the bytes.
        init(parsing bytes: Span<UInt8>) throws(Refusal) {
            var status = json_ok
            let parsed = unsafe bytes.withUnsafeBufferPointer { unsafe json_parse($0.baseAddress, $0.count, &status) }
            guard let parsed = unsafe parsed else { throw Self.refusal(status) }
            unsafe document = parsed
        }

        deinit {
            unsafe json_free(document)
        }

        private static func refusal(_ status: json_status) -> Refusal {
            switch status {
            case json_too_deep: .tooDeep
            case json_too_large: .tooLarge
            case json_out_of_memory: .outOfMemory
            default: .malformed
            }
        }

        var root: Int { json_root() }

        func kind(at position: Int) -> Kind {
            switch unsafe json_kind_at(document, position) {
            case json_object: .object
            case json_array: .array
            case json_string: .string
            case json_int64: .int64
            case json_uint64: .uint64
            case json_double: .double
            case json_true: .true
            case json_false: .false
            case json_null: .null
            default: .end
            }
        }

        func next(after position: Int) -> Int { unsafe json_next(document, position) }

        func inside(_ position: Int) -> Int { json_inside(position) }

        func isEnd(_ position: Int) -> Bool { kind(at: position) == .end }

        func int64(at position: Int) -> Int64 { unsafe json_int64_at(document, position) }

        func uint64(at position: Int) -> UInt64 { unsafe json_uint64_at(document, position) }

        func double(at position: Int) -> Double { unsafe json_double_at(document, position) }

        func string(at position: Int) -> String {
            let text = unsafe json_string_at(document, position)
            return unsafe String(decoding: UnsafeBufferPointer(start: text.bytes, count: text.count), as: UTF8.self)
        }

        /// The place in an index of the text at a position.
        func place(at position: Int, in index: inout TextIndex) -> Int {
            let text = unsafe json_string_at(document, position)
            let bytes = unsafe UnsafeBufferPointer(start: text.bytes, count: text.count)
            return unsafe index.place(of: 0..<bytes.count, in: bytes.span)
        }

        /// The first key that its object already has.
        func repeatedKey() throws(Refusal) -> Int? {
            var status = json_ok
            let position = unsafe json_repeated_key(document, &status)
            guard status == json_ok else { throw Self.refusal(status) }
            return position == 0 ? nil : position
        }

        /// Reads numbers from `position` on and moves it past them; stops at `buffer`'s end or at anything else.
        func readNumbers(at position: inout Int, into buffer: inout [Double]) -> Int {
            unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe json_read_numbers(document, &position, $0.baseAddress, $0.count)
            }
        }

        /// The same for arrays of `width` numbers, laid down one after the other.
        func readRows(at position: inout Int, width: Int, into buffer: inout [Double]) -> Int {
            unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe json_read_rows(document, &position, width, $0.baseAddress, $0.count / width)
            }
        }

        /// The same for objects with the keys of the object at `model` of `other`, whose order the numbers take.
        func readRecords(
            at position: inout Int, like other: Tape, model: Int, width: Int, into buffer: inout [Double]
        ) -> Int {
            unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe json_read_records(
                    document, &position, other.document, model, width, $0.baseAddress, $0.count / width)
            }
        }
    }

    /// A longer text is not copied to find out whether its number is too small or too large.
    private static let longestRounded = 65_536

    /// The number that the text is as a whole, to the nearest; `nil` for any other text and for what is not finite.
    @inline(__always)
    static func number(_ text: Span<UInt8>) -> Double? {
        var value = 0.0
        let status = unsafe text.withUnsafeBufferPointer { unsafe number_read($0.baseAddress, $0.count, &value) }
        if status == number_ok { return value.isFinite ? value : nil }
        guard status == number_too_small_or_large, text.count <= longestRounded else { return nil }
        // std::from_chars does not say which of the two it was; the standard library does.
        let rounded = unsafe text.withUnsafeBufferPointer { unsafe Double(String(decoding: $0, as: UTF8.self)) }
        return rounded.flatMap { $0.isFinite ? $0 : nil }
    }
}
