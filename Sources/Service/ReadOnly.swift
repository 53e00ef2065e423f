import HTTP
import HTTPTypes

/// What a server that follows another one refuses: everything that would change something.
enum ReadOnly {
    private static let harmless: [HTTPRequest.Method] = [.get, .head, .options]

    static func refusal(of request: Request) -> Response? {
        guard !harmless.contains(request.method) else { return nil }
        // Bodies ask here, and change nothing.
        guard request.method != .post || request.path != ["sample"] && request.path != ["score"] else { return nil }
        return Problem(
            403, "read_only", "this server follows another one and changes nothing by itself",
            hint: "send it to the server that is followed"
        ).response(requestID: request.id)
    }
}
