extension Case {
    /// RFC 9110 §9 and §15: methods and statuses.
    static let semantics: [Case] = [
        .get("9110 §15.3.1 found", "/hello", 200),
        .get("9110 §15.5.5 nothing there", "/nothing", 404),
        .get("9110 §15.5.5 the root", "/", 404),
        .get("9110 §15.5.5 deeper than a route", "/hello/there", 404),
        Case("9110 §15.5.6 DELETE", "DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Case("9110 §15.5.6 PUT", "PUT /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 405),
        Case("9110 §15.5.6 PATCH", "PATCH /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Case("9110 §15.5.6 GET of what takes POST", "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Case("9110 §15.5.6 HEAD of what takes POST", "HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Case("9110 §9.3.2 HEAD", "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("9110 §9.3.2 HEAD of nothing", "HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        Case("9110 §9.3.7 OPTIONS of a path", "OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n", 204),
        Case("9110 §9.3.7 OPTIONS of nothing", "OPTIONS /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        Case(
            "9110 §9.3.7 OPTIONS with a body", "OPTIONS /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 204),
        .get("the version's prefix", "/v1/hello", 200),
        .get("the version's prefix alone", "/v1", 404),
    ]
}
