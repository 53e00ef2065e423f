// The only file that calls simdjson.
import CSimdjson

/// A JSON text, parsed once.
@safe package final class JSONDocument {
    private let document: OpaquePointer

    /// - Throws: `invalidJSON` with what is wrong.
    package init(_ bytes: [UInt8]) throws(FormatError) {
        var made: OpaquePointer?
        let status = unsafe bytes.withUnsafeBufferPointer { unsafe json_parse($0.baseAddress, $0.count, &made) }
        guard status == json_ok, let made = unsafe made else { throw FormatError(.invalidJSON, Self.detail(status)) }
        unsafe document = made
    }

    deinit { unsafe json_free(document) }

    private static func detail(_ status: json_status) -> String {
        switch status {
        case json_empty: "the text is empty"
        case json_too_deep: "the text is nested more than 1024 levels deep"
        case json_too_large: "the text is too large"
        case json_not_utf8: "the text is not UTF-8"
        case json_bad_number: "a number is not written as JSON writes numbers, or is beyond what a double holds"
        default: "the text is not JSON: a bracket, comma, quote or value is wrong"
        }
    }

    package var root: JSONElement { unsafe JSONElement(element: json_root(document), document: self) }
}

/// A value in a JSON text.
@safe package struct JSONElement {
    package enum Kind: Sendable {
        case null, bool, number, string, array, object
    }

    fileprivate let element: json_element
    /// Keeps the text alive.
    fileprivate let document: JSONDocument

    package var kind: Kind {
        switch unsafe json_kind_of(element) {
        case json_bool: .bool
        case json_number: .number
        case json_string: .string
        case json_array: .array
        case json_object: .object
        default: .null
        }
    }

    package var bool: Bool? { kind == .bool ? unsafe json_bool_of(element) : nil }
    package var number: Double? { kind == .number ? unsafe json_number_of(element) : nil }

    /// A whole number that can be told from its neighbours.
    package var integer: Int? {
        var result: Int64 = 0
        guard kind == .number, unsafe json_integer_of(element, &result) else { return nil }
        return Int(result)
    }

    package var string: String? {
        guard kind == .string else { return nil }
        var count = 0
        let text = unsafe json_string_of(element, &count)
        return unsafe Self.string(text, count)
    }

    /// The elements of an array, or nothing.
    package var array: [JSONElement]? {
        guard kind == .array else { return nil }
        var elements = unsafe [json_element](repeating: element, count: json_count(element))
        unsafe json_array_of(element, &elements, elements.count)
        return unsafe elements.map { unsafe JSONElement(element: $0, document: document) }
    }

    /// The members of an object in their order, or nothing.
    package var object: [(name: String, value: JSONElement)]? {
        guard kind == .object else { return nil }
        let count = unsafe json_count(element)
        var names = unsafe [UnsafePointer<CChar>?](repeating: nil, count: count)
        var lengths = [Int](repeating: 0, count: count)
        var values = unsafe [json_element](repeating: element, count: count)
        unsafe json_object_of(element, &names, &lengths, &values, count)
        return (0..<count).map { index in
            unsafe (Self.string(names[index], lengths[index]), JSONElement(element: values[index], document: document))
        }
    }

    /// How many elements or members there are.
    package var count: Int { unsafe json_count(element) }

    /// Appends the numbers of an array to `numbers`, as far as they are numbers.
    ///
    /// - Returns: how many were.
    func appendNumbers(to numbers: inout [Double]) -> Int {
        let (start, count) = (numbers.count, self.count)
        numbers.append(contentsOf: repeatElement(0, count: count))
        let found = unsafe numbers.withUnsafeMutableBufferPointer {
            unsafe json_numbers_of(element, $0.baseAddress?.advanced(by: start), count)
        }
        numbers.removeLast(count - found)
        return found
    }

    private static func string(_ text: UnsafePointer<CChar>?, _ count: Int) -> String {
        let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}

/// A whole text as a finite decimal number.
func decimal(_ text: ArraySlice<UInt8>) -> Double? {
    var result = 0.0
    let isNumber = unsafe text.withUnsafeBytes { bytes in
        unsafe json_decimal(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &result)
    }
    return isNumber ? result : nil
}
