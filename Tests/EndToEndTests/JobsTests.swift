import Foundation
import HTTP
import TestSupport
import Testing

/// Jobs and their events, over a socket and past the death of the server.
@Suite(.serialized) struct JobsTests {
    private func events(_ body: [UInt8]) throws -> [[String: Any]] {
        try body.split(separator: UInt8(ascii: "\n")).compactMap {
            try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any]
        }
    }

    private func send(
        _ server: RunningServer, _ method: String, _ target: String, _ fields: [(String, String)], _ body: String = ""
    ) throws -> OneShot.Answer {
        try OneShot.send(method, target, to: server.address, fields: fields, body: Array(body.utf8), timeout: 60)
    }

    @Test func aTrainingIsFollowedToItsEnd() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let lines = try send(server, "POST", "/train?steps=300&seed=1", [("Accept", "application/x-ndjson")])
        #expect(lines.fields["content-type"] == "application/x-ndjson")
        let told = try events(lines.body)
        let types = told.compactMap { $0["type"] as? String }
        #expect(told.compactMap { $0["event"] as? Int } == Array(1...told.count))
        #expect(types.first == "status" && types.last == "done" && types.contains("progress"))
        #expect(types.contains("snapshot"))
        #expect(told.last?["status"] as? String == "succeeded")
        let id = try #require(told.last?["id"] as? String)
        #expect(lines.fields["location"] == "/jobs/\(id)")

        let stream = try send(
            server, "GET", "/jobs/\(id)/events", [("Accept", "text/event-stream"), ("Last-Event-ID", "2")])
        let text = String(decoding: stream.body, as: UTF8.self)
        #expect(stream.fields["content-type"] == "text/event-stream")
        #expect(text.hasPrefix("id: 3\nevent: "))
        #expect(text.components(separatedBy: "\n\n").count == told.count - 1)
        // A browser that has read all is told not to come back.
        let last = [("Accept", "text/event-stream"), ("Last-Event-ID", String(told.count))]
        #expect(try send(server, "GET", "/jobs/\(id)/events", last).status == 204)
        let page = try server.json("GET", "/jobs/\(id)/events?after=1&limit=2")
        #expect((page["data"] as? [[String: Any]])?.compactMap { $0["event"] as? Int } == [2, 3])
        #expect(page["next"] as? Int == 3)
        #expect(try server.json("GET", "/jobs/\(id)/events?after=1")["next"] is NSNull)
    }

    @Test func eventsGoOnWhereAKilledServerLeftOff() throws {
        let folder = TemporaryFolder()
        var last = 0
        let first = try RunningServer(dataDirectory: folder.path)
        #expect(try first.send("POST", "/train?steps=1000000").status == 202)
        while last < 4 {
            let page = try first.json("GET", "/jobs/latest/events")
            last = (page["data"] as? [[String: Any]])?.last?["event"] as? Int ?? 0
        }
        first.kill()
        let second = try RunningServer(dataDirectory: folder.path)
        let next = try second.json("GET", "/jobs/latest/events?after=\(last)")
        let told = try #require(next["data"] as? [[String: Any]])
        #expect(told.first?["event"] as? Int == last + 1)
        #expect(told.contains { $0["restarts"] as? Int == 1 })
        #expect(try second.send("POST", "/jobs/latest/cancel").status == 202)
        let rest = try send(second, "GET", "/jobs/latest/events?format=ndjson", [])
        #expect(try events(rest.body).last?["status"] as? String == "canceled")
    }

    @Test func aCanceledJobIsResumedAtItsStep() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let job = try server.json("POST", "/train?steps=1000000&seed=2")
        let id = try #require(job["id"] as? String)
        while try server.json("GET", "/jobs/\(id)")["stage"] as? String != "training" {}
        #expect(try server.send("POST", "/jobs/\(id)/resume").status == 409)
        #expect(try server.send("POST", "/jobs/\(id)/cancel").status == 202)
        let canceled = try server.json("GET", "/jobs/\(id)?wait=30")
        let step = try #require((canceled["progress"] as? [String: Any])?["step"] as? Int)
        let resumed = try server.send("POST", "/jobs/\(id)/resume")
        #expect(resumed.status == 202)
        let next = try server.json("GET", "/jobs/latest")
        #expect(next["resumed_from"] as? String == id)
        var now = 0
        while now == 0 {
            now = (try server.json("GET", "/jobs/latest")["progress"] as? [String: Any])?["step"] as? Int ?? 0
        }
        #expect(now >= step)
        #expect(try server.send("POST", "/jobs/latest/cancel").status == 202)
        let again = try server.json("POST", "/jobs/\(id)/resume")
        #expect(again["code"] as? String == "job_not_resumable")
    }

    /// Behind its last step, too: what has been learned is kept as a version.
    @Test func aJobIsCanceledWhileItIsEvaluated() throws {
        let server = try RunningServer(dataDirectory: TemporaryFolder().path)
        let id = try #require(try server.json("POST", "/train?steps=2&seed=2&batch_size=16384")["id"] as? String)
        while try server.json("GET", "/jobs/\(id)")["stage"] as? String != "evaluating" {}
        let running = try server.json("GET", "/jobs/\(id)")["progress"] as? [String: Any]
        #expect(try #require(running?["fraction"] as? Double) < 1)
        #expect(try server.send("POST", "/jobs/\(id)/cancel").status == 202)
        let canceled = try server.json("GET", "/jobs/\(id)?wait=60")
        #expect(canceled["status"] as? String == "canceled")
        #expect(try server.json("GET", "/models/default")["current_version"] as? Int == 1)
    }

    /// Data that take longer than a second in all phases: the job ends with a model, and tells what was left out.
    @Test func aJobOfLittleTimeTellsWhatItLeftOut() throws {
        let server = try RunningServer(dataDirectory: TemporaryFolder().path)
        let job = try server.json("POST", "/train?steps=10000000&batch_size=16384&max_seconds=1&seed=2&wait=300")
        #expect(job["status"] as? String == "succeeded")
        #expect((job["progress"] as? [String: Any])?["fraction"] as? Double == 1)
        let warnings = try #require(job["warnings"] as? [String])
        #expect(warnings.contains { $0.hasPrefix("time: ") })
    }

    @Test func theTimeOfATrainingIsCountedThroughARestart() throws {
        let folder = TemporaryFolder()
        let first = try RunningServer(dataDirectory: folder.path)
        #expect(try first.send("POST", "/train?steps=10000000&max_seconds=2&batch_size=16").status == 202)
        var speed = 0.0
        while speed == 0 {
            let progress = try first.json("GET", "/jobs/latest")["progress"] as? [String: Any]
            speed = progress?["step"] as? Int ?? 0 > 2000 ? progress?["steps_per_second"] as? Double ?? 0 : 0
        }
        #expect(first.terminate() == 0)
        let second = try RunningServer(dataDirectory: folder.path)
        let job = try second.json("GET", "/jobs/latest?wait=60")
        #expect(job["status"] as? String == "succeeded" && job["restarts"] as? Int == 0)
        let steps = try #require((job["progress"] as? [String: Any])?["step"] as? Int)
        // Both runs together have had two seconds, whatever the machine does beside.
        #expect(steps > 2000 && Double(steps) < 10 * speed)
    }

    @Test func theSameDataHaveTheSameDigest() throws {
        let server = try RunningServer(dataDirectory: TemporaryFolder().path)
        let digests = try (0..<5).map { _ in
            try server.json("POST", "/train?steps=0&wait=30", "[1,2,3,4]")["data_sha256"] as? String
        }
        #expect(Set(digests).count == 1 && digests[0] != nil)
        let other = try server.json("POST", "/train?steps=0&wait=30", "[1,2,3,5]")["data_sha256"] as? String
        #expect(other != digests[0])
    }

    @Test func theSameRequestIsAcceptedOnce() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let key = [("Idempotency-Key", "first")]
        let first = try send(server, "POST", "/train?steps=50", key, "[1,2,3]")
        let second = try send(server, "POST", "/train?steps=50&wait=30", key, "[1,2,3]")
        #expect(first.status == 202 && first.fields["idempotency-replayed"] == nil)
        #expect(second.status == 200 && second.fields["idempotency-replayed"] == "true")
        let other = try send(server, "POST", "/train?steps=51", key, "[1,2,3]")
        #expect(other.status == 422 && String(decoding: other.body, as: UTF8.self).contains("idempotency_key_reused"))
        let third = try send(server, "POST", "/train?steps=50", key, "[1,2,3]")
        #expect(third.status == 202)
        #expect(third.fields["idempotency-replayed"] == "true")
        #expect(third.fields["location"] == first.fields["location"])
        #expect(try send(server, "POST", "/train", [("Idempotency-Key", "a b")]).status == 422)
        let waited = try send(server, "POST", "/train?steps=50&model=w", [("Prefer", "respond-async, wait=60")])
        #expect(waited.status == 200)
        let listed = try server.json("GET", "/jobs?status=succeeded&model=w")
        #expect((listed["data"] as? [Any])?.count == 1)
        let page = try server.json("GET", "/jobs?limit=1")
        #expect((page["data"] as? [Any])?.count == 1)
        let next = try #require(page["next"] as? String)
        #expect((try server.json("GET", "/jobs?limit=1&after=\(next)")["data"] as? [Any])?.count == 1)
        let tagged = try server.json("POST", "/train?model=t&steps=5", #"{"data":[1,2],"tags":{"team":"blue"}}"#)
        #expect(tagged["tags"] as? [String: String] == ["team": "blue"])
        #expect(try server.send("POST", "/train?model=u", #"{"data":[1,2],"tags":["blue"]}"#).status == 422)
    }
}
