import Formats
import HTTP
import Synchronization

/// Whether the server is on its way out.
final class Draining: Sendable {
    private let flag = Atomic(false)

    var isOn: Bool { flag.load(ordering: .relaxed) }
    func begin() { flag.store(true, ordering: .relaxed) }
}

/// The routes that touch neither models nor jobs.
enum Probes {
    /// The paths that are always answered, and to everybody.
    static let paths = ["livez", "readyz", "health"]

    static let live = jsonResponse { $0.member("status", "ok") }.encoded()
    private static let isReady = jsonResponse { $0.member("status", "ready") }.encoded()

    static func ready(_ draining: Draining, _ request: Request) -> Response {
        guard draining.isOn else { return isReady }
        return Problem(503, "draining", "the server is shutting down", retryAfter: 5).response(requestID: request.id)
    }

    static let index = jsonResponse { writer in
        writer.member("name", "gand")
        writer.member("version", Release.version)
        writer.key("routes")
        writer.object { writer in
            writer.member("POST /train", "data in, a job out; without a body, the demonstration")
            writer.member("GET /sample", "new rows: n, model, seed, format, orient, scores, wait")
            writer.member("POST /sample", "the same, from a JSON body")
            writer.member("POST /score", "how real each row is, 0 to 1")
            writer.member("GET /jobs", "the jobs, newest first: status, model, limit, after")
            writer.member("GET /jobs/{id}", "one job, or the latest: wait")
            writer.member("POST /jobs/{id}/cancel", "stops a job at its next step")
            writer.member("GET /models", "the models")
            writer.member("GET /models/{name}", "one model and its versions")
            writer.member("DELETE /models/{name}", "deletes a model, or a version of it")
            writer.member("GET /livez", "the process answers")
            writer.member("GET /readyz", "requests are welcome")
        }
    }
}
