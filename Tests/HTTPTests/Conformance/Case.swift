/// A client's bytes, and the status that their first request must get.
struct Case: Sendable {
    let name: String
    let bytes: [UInt8]
    let status: Int

    /// - Parameter name: the RFC, its section, and the peculiarity.
    init(_ name: String, _ bytes: String, _ status: Int) {
        self.name = name
        self.bytes = Array(bytes.utf8)
        self.status = status
    }

    /// A GET of the target, with fields after Host.
    static func get(_ name: String, _ target: String, _ status: Int, fields: String...) -> Case {
        let lines = fields.map { $0 + "\r\n" }.joined()
        return Case(name, "GET \(target) HTTP/1.1\r\nHost: a\r\n\(lines)\r\n", status)
    }

    /// A request whose Host is this.
    static func host(_ name: String, _ host: String, _ status: Int) -> Case {
        Case(name, "GET /hello HTTP/1.1\r\nHost: \(host)\r\n\r\n", status)
    }

    /// A request with a body, framed by these fields.
    static func post(_ name: String, _ fields: [String], _ body: String, _ status: Int) -> Case {
        let lines = fields.map { $0 + "\r\n" }.joined()
        return Case(name, "POST /echo HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\(body)", status)
    }

    /// A request with a chunked body.
    static func chunks(_ name: String, _ body: String, _ status: Int) -> Case {
        .post(name, ["Transfer-Encoding: chunked"], body, status)
    }

    /// Whether the server refuses, and closes after the answer.
    var isRefused: Bool { status >= 400 && status != 404 && status != 405 }

    static let all = requestLines + fields + hosts + lengths + transferCodings + chunkedBodies + semantics
}
