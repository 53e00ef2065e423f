import Foundation
import HTTP
import TestSupport
import Testing

/// The built binary, driven over a socket as a user's script would.
@Suite(.serialized) struct MainJobTests {
    @Test func theDemonstrationTrainsSamplesAndScores() throws {
        let directory = TemporaryFolder()
        let server = try RunningServer(dataDirectory: directory.path)
        let accepted = try server.send("POST", "/train?seed=3&steps=4000")
        #expect(accepted.status == 202)
        #expect(accepted.fields["location"]?.hasPrefix("/jobs/") == true)
        let job = try server.json("GET", "/jobs/latest?wait=60")
        #expect(job["status"] as? String == "succeeded")
        let sample = try server.json("GET", "/sample?n=5000&seed=7")
        let values = try #require(sample["data"] as? [Double])
        #expect(values.count == 5000)
        #expect(abs(values.reduce(0, +) / 5000 - 10) < 0.2)
        let scores = try #require(
            try server.json("POST", "/score", #"{"data":[10, 18.34996294]}"#)["scores"] as? [Double])
        #expect(scores[0] >= 0.4 && scores[1] <= 0.01)
        // A sample is taken verbatim.
        let answer = try server.send("GET", "/sample?n=50")
        let again = try server.json("POST", "/score", String(decoding: answer.body, as: UTF8.self))
        #expect(again["n"] as? Int == 50)
        let csv = try server.send("GET", "/sample?n=3&format=csv&seed=1")
        #expect(String(decoding: csv.body, as: UTF8.self).split(separator: "\n").first == "x")
        #expect(csv.fields["gand-seed"] == "1")
        #expect(try server.send("GET", "/models/default").status == 200)
        // Who waits gets what is published while the server looks.
        for index in 0..<10 {
            #expect(try server.send("POST", "/train?model=m\(index)&steps=0").status == 202)
            #expect(try server.send("GET", "/sample?model=m\(index)&wait=30").status == 200)
        }
        #expect(try server.send("DELETE", "/models/default").status == 204)
        #expect(try server.send("GET", "/sample").status == 404)
        #expect(server.terminate() == 0)
    }

    @Test func aTrainingGoesOnFromItsCheckpointToTheSameWeights() throws {
        let request = "/train?seed=4&steps=6000&batch_size=16&model=m"
        let (whole, cut) = (TemporaryFolder(), TemporaryFolder())
        let undisturbed = try RunningServer(dataDirectory: whole.path)
        #expect(try undisturbed.json("POST", "\(request)&wait=60")["status"] as? String == "succeeded")
        let expected = try undisturbed.send("GET", "/sample?n=200&seed=1&model=m").body
        #expect(undisturbed.terminate() == 0)

        let first = try RunningServer(dataDirectory: cut.path)
        #expect(try first.send("POST", request).status == 202)
        while try first.json("GET", "/jobs/latest?wait=0")["stage"] as? String != "training" {}
        #expect(first.terminate() == 0)
        let second = try RunningServer(dataDirectory: cut.path)
        #expect(try second.json("GET", "/jobs/latest?wait=60")["status"] as? String == "succeeded")
        #expect(try second.send("GET", "/sample?n=200&seed=1&model=m").body == expected)
        // A second version begins with the first one's weights, and another network cannot.
        let warm = try second.json("POST", "/train?seed=4&steps=1&model=m&resume=true&wait=60")
        #expect(warm["status"] as? String == "succeeded")
        #expect(try second.send("POST", "/train?model=m&resume=true&latent_dim=3").status == 422)
        #expect(try second.send("POST", "/train?model=none&resume=true").status == 422)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(cut.path)/jobs").isEmpty)
        #expect(second.terminate() == 0)
    }

    @Test func aModelSurvivesAKillAndServesTheSame() throws {
        let directory = TemporaryFolder()
        let sample = "/sample?n=100&seed=5"
        var published: [UInt8]?
        // Each round kills a training somewhere else on its way; what was published before stays.
        for steps in [200, 1_000_000, 1_000_000] {
            let server = try RunningServer(dataDirectory: directory.path)
            if let published {
                #expect(try server.send("GET", "/sample?n=100&seed=5&model=default@1").body == published)
            }
            if steps == 200 {
                #expect(try server.json("POST", "/train?seed=1&steps=200&wait=60")["status"] as? String == "succeeded")
                published = try server.send("GET", sample).body
            } else {
                // The second round finds the job of the first at work again.
                let status = try server.send("POST", "/train?steps=\(steps)").status
                #expect(status == 202 || status == 409)
                #expect(try server.json("GET", "/jobs/latest")["status"] as? String == "running")
            }
            server.kill()
        }
        let server = try RunningServer(dataDirectory: directory.path)
        #expect(try server.send("GET", sample).body == published)
        let job = try server.json("GET", "/jobs/latest")
        #expect(job["restarts"] as? Int == 2)
        #expect(try server.send("POST", "/jobs/latest/cancel").status == 202)
        #expect(try server.json("GET", "/jobs/latest?wait=60")["status"] as? String == "canceled")
        // What serves is not replaced by something unfinished.
        #expect(try server.send("GET", sample).body == published)
    }

    /// Twenty kills, each some answers later than the last start: in the queue, in training, in publishing or after it.
    @Test func nothingPublishedIsLostHoweverTheServerDies() throws {
        let directory = TemporaryFolder()
        // Every version is kept, so that none goes between being listed and being asked for.
        let settings = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: settings.path, withIntermediateDirectories: true)
        let file = settings.path + "/gand.yaml"
        try Data("keep_versions: 1000\n".utf8).write(to: URL(fileURLWithPath: file))
        var random = SeededGenerator(seed: 20)
        var published: [Int: [UInt8]] = [:]
        for _ in 0..<20 {
            let server = try RunningServer(dataDirectory: directory.path, arguments: ["--config", file])
            try check(server, against: &published)
            // Most trainings are short enough to come to their end now and then.
            let family = Int.random(in: 0..<4, using: &random) == 0 ? "dense" : "linear"
            let steps = Int.random(in: 1...400, using: &random)
            let accepted = try server.send("POST", "/train?family=\(family)&steps=\(steps)")
            #expect(accepted.status == 202 || accepted.status == 409)
            // Some hundred answers are as long as a short training takes to be judged and published.
            for _ in 0..<Int.random(in: 0...1500, using: &random) { _ = try server.send("GET", "/jobs/latest") }
            server.kill()
        }
        let server = try RunningServer(dataDirectory: directory.path, arguments: ["--config", file])
        try check(server, against: &published)
        let jobs = try #require(try server.json("GET", "/jobs?limit=100")["data"] as? [[String: Any]])
        for job in jobs {
            let id = try #require(job["id"] as? String)
            let status = try #require(try server.json("GET", "/jobs/\(id)?wait=60")["status"] as? String)
            #expect(status == "succeeded" || status == "failed")
        }
        try check(server, against: &published)
        #expect(!published.isEmpty)
    }

    /// Every version that the server lists gives the sample that it always gave, and the newest one serves.
    private func check(_ server: RunningServer, against published: inout [Int: [UInt8]]) throws {
        let model = try server.json("GET", "/models/default")
        let versions = (model["versions"] as? [[String: Any]] ?? []).compactMap { $0["version"] as? Int }
        for version in versions {
            let answer = try server.send("GET", "/sample?n=20&seed=5&model=default@\(version)")
            #expect(answer.status == 200)
            #expect(published[version, default: answer.body] == answer.body)
            published[version] = answer.body
        }
        #expect(model["current_version"] as? Int == versions.max())
    }

    @Test func aSecondServerIsRefused() throws {
        let directory = TemporaryFolder()
        let first = try RunningServer(dataDirectory: directory.path)
        let second = Process()
        second.executableURL = RunningServer.binary
        second.arguments = ["serve", "--listen", "127.0.0.1:0", "--data-dir", directory.path]
        let errors = Pipe()
        second.standardError = errors
        second.standardOutput = FileHandle.nullDevice
        try second.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        second.waitUntilExit()
        #expect(second.terminationStatus == 75)
        #expect(text.contains("in use"))
        #expect(try first.send("GET", "/livez").status == 200)
    }

    @Test func nothingWaitsForATraining() throws {
        let directory = TemporaryFolder()
        let server = try RunningServer(dataDirectory: directory.path)
        #expect(try server.send("POST", "/train?steps=1000000").status == 202)
        let first = try server.json("GET", "/sample?wait=30")
        #expect(first["version"] as? Int == 1)
        #expect(try server.send("GET", "/livez").status == 200)
        #expect(try server.json("POST", "/score", "[10]")["n"] as? Int == 1)
        #expect(try server.send("POST", "/train").status == 409)
        #expect(try server.send("DELETE", "/models/default").status == 409)
        #expect(try server.send("POST", "/jobs/latest/cancel").status == 202)
        let job = try server.json("GET", "/jobs/latest?wait=60")
        #expect(job["status"] as? String == "canceled")
        let progress = try #require(job["progress"] as? [String: Any])
        // The last snapshot is kept, as a version.
        #expect(try server.json("GET", "/sample")["step"] as? Int == progress["step"] as? Int)
    }

    @Test func badInputIsNamedAndTheServerGoesOn() throws {
        let directory = TemporaryFolder()
        let server = try RunningServer(dataDirectory: directory.path, arguments: ["--max-body-bytes", "200000"])
        let cases: [(String, String, String, Int, String)] = [
            ("POST", "/train", #"{"data":[1,2"#, 400, "invalid_json"),
            ("POST", "/train", String(repeating: "[", count: 100_000), 400, "invalid_json"),
            (
                "POST", "/train",
                String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000), 400, "invalid_json"
            ),
            ("POST", "/train", #"[1,"a",3]"#, 422, "invalid_data"), ("POST", "/train", "[1,NaN]", 400, "invalid_json"),
            ("POST", "/train", "[1,1e999]", 400, "invalid_json"), ("POST", "/train", "[]", 422, "invalid_data"),
            ("POST", "/train", "[1]", 422, "too_few_rows"), ("POST", "/train", "[[1,2],[3]]", 422, "invalid_data"),
            ("POST", "/train", #"{"dta":[1,2]}"#, 400, "unknown_parameter"),
            ("POST", "/train?stepps=3", "", 400, "unknown_parameter"),
            ("POST", "/train?model=BAD", "", 422, "invalid_parameter"),
            ("POST", "/train?steps=5", #"{"steps":6}"#, 400, "conflicting_parameter"),
            ("POST", "/train?family=none", "", 422, "invalid_parameter"),
            ("POST", "/train", #"{"options":{"los":"rpgan"}}"#, 400, "unknown_parameter"),
            ("POST", "/train", "x\n1\ninf\n", 422, "invalid_data"),
            ("POST", "/train", String(repeating: "1", count: 300_000), 413, "content_too_large"),
            ("GET", "/sample?n=-1", "", 422, "invalid_parameter"),
            ("GET", "/sample?n=1e99", "", 422, "invalid_parameter"),
            ("GET", "/sample", "", 404, "model_not_found"), ("POST", "/score", "[1]", 404, "model_not_found"),
            ("GET", "/jobs/none", "", 404, "job_not_found"), ("GET", "/none", "", 404, "route_not_found"),
            ("PUT", "/train", "", 405, "method_not_allowed"), ("DELETE", "/models/none", "", 404, "model_not_found"),
        ]
        for (method, target, body, status, code) in cases {
            let answer = try server.send(method, target, body)
            let problem = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
            #expect(answer.status == status, "\(method) \(target) \(body.prefix(40))")
            #expect(problem?["code"] as? String == code, "\(method) \(target) \(body.prefix(40))")
            #expect(answer.fields["content-type"] == "application/problem+json")
            #expect(problem?["request_id"] as? String == answer.fields["x-request-id"] || status == 413)
        }
        #expect(try server.send("GET", "/livez").status == 200)
    }

    @Test func terminatingPutsTheJobBackAndTheNextServerGoesOn() throws {
        let directory = TemporaryFolder()
        let first = try RunningServer(dataDirectory: directory.path)
        let id = try #require(try first.json("POST", "/train?steps=1000000")["id"] as? String)
        #expect(first.terminate() == 0)
        let second = try RunningServer(dataDirectory: directory.path)
        let job = try second.json("GET", "/jobs/\(id)")
        #expect(job["status"] as? String == "running")
        #expect(job["restarts"] as? Int == 0)
    }
}
