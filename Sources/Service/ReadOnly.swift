package import HTTP

/// What a server that follows another one refuses: everything that would change something.
package enum ReadOnly {
    package static func refusal(of request: Request, _ access: Access) -> Response? {
        guard access.changes else { return nil }
        return Problem(
            403, "read_only", "this server follows another one and changes nothing by itself",
            hint: "send it to the server that is followed"
        ).response(requestID: request.id)
    }
}
