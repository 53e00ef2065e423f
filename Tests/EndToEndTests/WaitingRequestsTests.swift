import Foundation
import HTTP
import TestSupport
import Testing

/// Requests that wait for a job, a snapshot or an event.
@Suite(.serialized) struct WaitingRequestsTests {
    private static let long = "steps=100000000"

    private func send(
        _ server: RunningServer, _ method: String, _ target: String, _ fields: [(String, String)] = [],
        _ body: String = ""
    ) throws -> OneShot.Answer {
        try OneShot.send(method, target, to: server.address, fields: fields, body: Array(body.utf8), timeout: 60)
    }

    /// Where nobody may wait, whatever waits is answered at once, as it would be without.
    @Test func whereThereIsNoPlaceTheAnswerComesAtOnce() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path, environment: ["GAND_MAX_WAITING": "0"])
        let accepted = try send(server, "POST", "/train?\(Self.long)&model=m&wait=3600")
        #expect(accepted.status == 202 && accepted.fields["retry-after"] != nil)
        #expect(accepted.fields["connection"] == "close")
        let job = try send(server, "GET", "/jobs/latest?wait=3600")
        #expect(job.status == 200 && job.fields["retry-after"] == "1" && job.fields["connection"] == "close")
        // The model waits behind the other one, so there is nothing of it.
        #expect(try send(server, "POST", "/train?\(Self.long)&model=second").status == 202)
        let sample = try send(server, "GET", "/sample?model=second&wait=3600")
        #expect(sample.status == 503 && sample.fields["retry-after"] != nil && sample.fields["connection"] == "close")
        let stream = try send(server, "GET", "/jobs/latest/events?format=sse")
        #expect(stream.status == 503 && stream.fields["retry-after"] != nil)
        // A stream that there is no place for has no job either.
        let watched = try send(server, "POST", "/train?model=third", [("Accept", "text/event-stream")])
        #expect(watched.status == 503)
        #expect((try server.json("GET", "/jobs")["data"] as? [Any])?.count == 2)
        #expect(try send(server, "GET", "/jobs/latest/events").status == 200)
    }

    @Test func manyThatWaitKeepNobodyElseWaiting() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        #expect(try send(server, "POST", "/train?steps=5&wait=60&model=ready").status == 200)
        let id = try #require(try server.json("POST", "/train?\(Self.long)")["id"] as? String)
        #expect(try send(server, "POST", "/train?\(Self.long)&model=second").status == 202)
        let targets = [
            "/jobs/\(id)?wait=3600", "/sample?model=second&wait=3600", "/jobs/\(id)/events?format=sse",
            "/jobs/\(id)/events?format=ndjson",
        ]
        let waiting = targets.map { target in
            let answer = Answer()
            let address = server.address
            Thread.detachNewThread {
                answer.set(try? OneShot.send("GET", target, to: address, timeout: 60))
            }
            return answer
        }
        func measure(_ name: String) throws -> Double? {
            String(decoding: try send(server, "GET", "/metrics").body, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("\(name) ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }
        while try measure("gand_http_requests_waiting") != 4 {}
        // Only the request that asks is under way.
        #expect(try measure("gand_http_requests_in_flight") == 1)
        #expect(try send(server, "GET", "/sample?model=ready").status == 200)
        // The end of a job ends them; a model that has nothing to wait for any more says so.
        for model in ["second", "default"] {
            let jobs = try server.json("GET", "/jobs?model=\(model)")["data"] as? [[String: Any]]
            let id = try #require(jobs?.first?["id"] as? String)
            #expect(try send(server, "POST", "/jobs/\(id)/cancel").status == 202)
        }
        #expect(waiting.map { $0.wait()?.status } == [200, 404, 200, 200])
        while try measure("gand_http_requests_waiting") != 0 {}
    }

    @Test func aFirstSnapshotEndsTheWaitForIt() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        #expect(try send(server, "POST", "/train?\(Self.long)").status == 202)
        #expect(try send(server, "GET", "/sample?wait=60").status == 200)
        // A time that is over ends it, too.
        #expect(try send(server, "POST", "/train?\(Self.long)&model=second").status == 202)
        #expect(try send(server, "GET", "/sample?wait=1&model=second").status == 503)
    }

    @Test func aStreamEndsBehindItsLimit() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        #expect(try send(server, "POST", "/train?\(Self.long)").status == 202)
        for format in ["sse", "ndjson"] {
            let stream = try send(server, "GET", "/jobs/latest/events?format=\(format)&limit=2")
            #expect(stream.status == 200)
            let text = String(decoding: stream.body, as: UTF8.self)
            #expect(text.components(separatedBy: "\"type\":").count == 3, "\(text)")
        }
    }

    /// RFC 9110 §9.3.1: a body of GET has no meaning, so one that would have is refused, not passed over.
    @Test func aBodyOfGETIsRefusedWhereItWouldMeanSomething() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        #expect(try send(server, "POST", "/train?steps=5&wait=60&seed=1").status == 200)
        let target = "/sample?model=default@1&n=4&seed=1"
        let tag = try #require(try send(server, "GET", target).fields["etag"])
        for body in [#"{"where":{"x":{"min":9}}}"#, #"{"n":3}"#, "{}", "1,2"] {
            let answer = try send(server, "GET", target, [("If-None-Match", tag)], body)
            #expect(answer.status == 400 && answer.fields["etag"] == nil, "\(body)")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("POST /sample"), "\(body)")
        }
        // Answers that differ have tags that differ.
        let others = ["", "&format=csv", "&format=ndjson", "&orient=records", "&scores=true", "&sampling=drs"].map {
            target + $0
        }
        var tags: [String: [UInt8]] = [:]
        for other in others {
            let answer = try send(server, "GET", other)
            let tag = try #require(answer.fields["etag"], "\(other)")
            #expect(tags.updateValue(answer.body, forKey: tag) ?? answer.body == answer.body, "\(other)")
        }
        #expect(tags.count == others.count)
    }

    @Test func nothingBehindANameIsNoValue() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let training = "/train?steps=5&wait=60&seed=1&columns=&tags=&types=&constraints="
        #expect(try send(server, "POST", training, [], "1,2\n3,4\n5,6\n").status == 200)
        let plain = try send(server, "GET", "/sample?n=3&seed=1")
        let empty = try send(server, "GET", "/sample?n=3&seed=1&balance=")
        #expect(empty.status == 200 && empty.body == plain.body)
        #expect((try server.json("GET", "/jobs?after=")["data"] as? [Any])?.count == 1)
        // A precondition that names nothing is a mistake, not one that is met or is not.
        for match in ["", ",", "1", "\"", "*, \"1\"", "W/1"] {
            for (method, body) in [("PATCH", "{}"), ("DELETE", "")] {
                let answer = try send(server, method, "/models/default", [("If-Match", match)], body)
                #expect(answer.status == 422, "\(method) \(match)")
                #expect(String(decoding: answer.body, as: UTF8.self).contains("header:If-Match"))
            }
        }
        #expect(try send(server, "PATCH", "/models/default", [("If-Match", "*")], "{}").status == 200)
    }
}

/// An answer that comes on another thread.
private final class Answer: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var answer: OneShot.Answer?

    func set(_ answer: OneShot.Answer?) {
        self.answer = answer
        done.signal()
    }

    func wait() -> OneShot.Answer? {
        done.wait()
        return answer
    }
}
