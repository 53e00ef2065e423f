import Formats
import GAN

@testable import Service

/// Bodies of /sample with `where` and `balance`, behind a byte that says of which model.
struct ConditionTarget: Target {
    var seeds: [[UInt8]] {
        let bodies = [
            #"{"where":{"sex":"f","age":{"min":30,"max":40},"city":"Bern"}}"#,
            #"{"where":{"age":null},"balance":"sex"}"#,
            #"{"where":{"joined":{"min":"2024-01-02","max":"2024-01-05"},"member":true}}"#,
            #"{"where":{"x":{"min":-1e308,"max":1e308}}}"#, #"{"where":{"x":5e-324}}"#,
            #"{"where":{"lo":{"max":1e19}}}"#,
            #"{"where":{"t":{"min":"12:00:00"},"n":7}}"#, #"{"where":{"w":"caf\u00e9"},"balance":"w"}"#,
            #"{"where":{"country":"CH","city":"Lyon"},"balance":"city","sampling":"drs"}"#, #"{"where":{"v":10}}"#,
            #"{"where":{}}"#, #"{"where":{"a":1,"b":{"min":0.5},"c":{"max":-1}},"sampling":"refine","scores":true}"#,
            #"{"where":{"t":{"min":"0000-00-00","max":"99:99:99"}}}"#, #"{"where":{"age":[1]}}"#,
        ]
        return bodies.flatMap { body in TinyModel.shared.indices.map { [UInt8($0)] + Array(body.utf8) } }
    }

    /// A table of each model.
    private static let tables = TinyModel.shared.map { $0.file.snapshot.sample(rows: 0..<64, seed: 1) }

    func read(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let place = Int(first) % TinyModel.shared.count
        let (name, file) = TinyModel.shared[place]
        let body = Array(input.dropFirst())
        let routes = Routes.shared
        // Without rows, for to look for some among a million takes its time.
        routes.answer(
            routes.sample, query: [("model", name), ("n", "0")], type: "application/json", body: body)
        guard let element = try? JSONDocument(body).root["where"],
            let requirements = try? ConditionPayload.read(element),
            let condition = try? Condition(requirements, snapshot: file.snapshot)
        else { return }
        _ = condition.rows(of: Self.tables[place])
    }
}
