import HTTP
import HTTPTypes

extension Request {
    /// How long the client would wait for a job to end, in seconds: `wait=30` in the query, else `Prefer: wait=30`
    /// (RFC 7240 §4.3), which may be left unheeded and so is never an error.
    func wait(_ parameters: Parameters) throws -> Int {
        if let given = try parameters.integer("wait", in: Bounds.wait) { return given }
        for preference in (fields[.prefer] ?? "").split(separator: ",") {
            let parts = preference.prefix { $0 != ";" }.split(separator: "=").map { $0.filter { $0 != " " } }
            guard parts.count == 2, parts[0].lowercased() == "wait", let seconds = Int(parts[1]), seconds >= 0 else {
                continue
            }
            return min(seconds, Bounds.wait.upperBound)
        }
        return 0
    }
}

extension HTTPField.Name {
    static let prefer = HTTPField.Name("Prefer") ?? .via
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .via
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .via
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .via
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .via
}
