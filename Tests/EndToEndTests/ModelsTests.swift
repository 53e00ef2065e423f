import Foundation
import HTTP
import TestSupport
import Testing

/// Models over a socket: versions, weights out and in, and damage.
@Suite(.serialized) struct ModelsTests {
    private func send(
        _ server: RunningServer, _ method: String, _ target: String, _ fields: [(String, String)] = [],
        _ body: [UInt8] = []
    ) throws -> OneShot.Answer {
        try OneShot.send(method, target, to: server.address, fields: fields, body: body, timeout: 60)
    }

    private func train(_ server: RunningServer, _ query: String = "") throws {
        let job = try server.json("POST", "/train?steps=60&wait=60&\(query)")
        #expect(job["status"] as? String == "succeeded")
    }

    private func versions(_ model: [String: Any]) -> [Int] {
        (model["versions"] as? [[String: Any]] ?? []).compactMap { $0["version"] as? Int }
    }

    @Test func aModelIsRolledBackTaggedAndDeleted() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        for seed in 1...3 { try train(server, "seed=\(seed)") }
        let sample = "/sample?n=20&seed=5"
        let first = try send(server, "GET", "\(sample)&model=default@1").body
        let third = try send(server, "GET", sample).body
        let answer = try send(server, "GET", "/models/default")
        let tag = try #require(answer.fields["etag"])
        #expect(try send(server, "GET", "/models/default", [("If-None-Match", tag)]).status == 304)
        let body = Array(#"{"current_version":1,"tags":{"team":"blue"}}"#.utf8)
        #expect(try send(server, "PATCH", "/models/default", [("If-Match", #""0""#)], body).status == 412)
        let changed = try send(server, "PATCH", "/models/default", [("If-Match", "W/\(tag)")], body)
        #expect(changed.status == 200 && changed.fields["etag"] != tag)
        #expect(try send(server, "PATCH", "/models/default", [("If-Match", tag)], body).status == 412)
        #expect(try send(server, "DELETE", "/models/default", [("If-Match", tag)]).status == 412)
        let model = try server.json("GET", "/models/default")
        #expect(model["current_version"] as? Int == 1 && versions(model) == [3, 2, 1])
        #expect(model["tags"] as? [String: String] == ["team": "blue"])
        #expect(((model["schema"] as? [[String: Any]])?.first?["type"] as? String) == "decimal")
        #expect(try send(server, "GET", sample).body == first && first != third)
        #expect(
            try server.json("PATCH", "/models/default", #"{"current_version":9}"#)["code"] as? String
                == "version_not_found")
        #expect(try server.json("PATCH", "/models/default", #"{"tag":{}}"#)["code"] as? String == "unknown_parameter")
        #expect(try server.json("PATCH", "/models/none", "{}")["code"] as? String == "model_not_found")
        #expect(try server.json("DELETE", "/models/default?version=1")["code"] as? String == "version_in_use")
        #expect(try send(server, "DELETE", "/models/default?version=2").status == 204)
        #expect(try versions(server.json("GET", "/models/default")) == [3, 1])
        // A model that is gone is not served from memory.
        #expect(try send(server, "DELETE", "/models/default").status == 204)
        #expect(try send(server, "GET", sample).status == 404)
        #expect(try send(server, "GET", "\(sample)&model=default@1").status == 404)
    }

    @Test func weightsGoOutAndComeInAsTheyAre() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        try train(server, "seed=1")
        let weights = try send(server, "GET", "/models/default/weights")
        let version = try #require((try server.json("GET", "/models/default")["versions"] as? [[String: Any]])?.first)
        #expect(weights.fields["etag"] == "\"\(version["sha256"] as? String ?? "")\"")
        #expect(weights.body.count == version["size_bytes"] as? Int)
        let imported = try send(server, "PUT", "/models/copy/weights", [], weights.body)
        #expect(imported.status == 201 && imported.fields["location"] == "/models/copy")
        let samples = try ["default", "copy"].map { name in
            try server.json("GET", "/sample?n=500&seed=7&model=\(name)")["data"] as? [Double]
        }
        #expect(samples[0] == samples[1] && samples[0]?.count == 500)
        let scores = try ["default", "copy"].map { name in
            try server.json("POST", "/score?model=\(name)", "[8,9,10,11,50]")["scores"] as? [Double]
        }
        #expect(scores[0] == scores[1])
        // The same file goes out again.
        #expect(try send(server, "GET", "/models/copy/weights").body == weights.body)
        #expect(try send(server, "PUT", "/models/copy/weights", [("If-None-Match", "*")], weights.body).status == 412)
        let part = try send(server, "GET", "/models/copy/weights", [("Range", "bytes=8-107")])
        #expect(part.status == 206 && part.body == Array(weights.body[8..<108]))
        #expect(part.fields["content-range"] == "bytes 8-107/\(weights.body.count)")
        let rest = try send(server, "GET", "/models/copy/weights", [("Range", "bytes=9-\(Int.max)")])
        #expect(rest.status == 206 && rest.body == Array(weights.body[9...]))
        #expect(try send(server, "GET", "/models/copy/weights", [("Range", "bytes=-5")]).body == weights.body.suffix(5))
        #expect(try send(server, "GET", "/models/copy/weights", [("Range", "bytes=99999999-")]).status == 416)
        #expect(try send(server, "GET", "/models/copy/weights", [("Range", "bytes=5-1")]).status == 200)
        let stale = [("Range", "bytes=0-7"), ("If-Range", #""old""#)]
        #expect(try send(server, "GET", "/models/copy/weights", stale).status == 200)
        #expect(try send(server, "PUT", "/models/bad/weights", [], Array("[1,2]".utf8)).status == 400)
        #expect(try send(server, "PUT", "/models/bad/weights", [], weights.body.dropLast()).status == 400)
        #expect(try send(server, "GET", "/models/bad").status == 404)
        let text = [("Content-Type", "text/csv")]
        #expect(try send(server, "PUT", "/models/bad/weights", text, weights.body).status == 415)
        // A training goes on from what was imported.
        try train(server, "model=copy&resume=true&seed=1")
        #expect(try versions(server.json("GET", "/models/copy")) == [2, 1])
    }

    @Test func modelsOutliveTheirDatabase() throws {
        let folder = TemporaryFolder()
        let first = try RunningServer(dataDirectory: folder.path)
        for seed in 1...2 { try train(first, "seed=\(seed)") }
        let body = Array(#"{"current_version":1,"tags":{"team":"blue"}}"#.utf8)
        #expect(try send(first, "PATCH", "/models/default", [], body).status == 200)
        let sample = "/sample?n=9&seed=1&model=default"
        let old = try ["", "@2"].map { try send(first, "GET", sample + $0).body }
        first.kill()
        // With what is published, and from the files of weights alone, which do not tell what served.
        for serves in [1, 2] {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(folder.path)/gand.sqlite\(suffix)")
            }
            if serves == 2 { try FileManager.default.removeItem(atPath: "\(folder.path)/published") }
            let next = try RunningServer(dataDirectory: folder.path)
            let model = try next.json("GET", "/models/default")
            #expect(model["current_version"] as? Int == serves && versions(model) == [2, 1])
            #expect(model["tags"] as? [String: String] == (serves == 1 ? ["team": "blue"] : [:]))
            #expect(try ["@1", "@2"].map { try send(next, "GET", sample + $0).body } == old)
            next.kill()
        }
        let last = try RunningServer(dataDirectory: folder.path)
        #expect(try last.json("POST", "/train?steps=0&wait=60")["version"] as? Int == 3)
        #expect(last.terminate() == 0)
    }

    @Test func aFileThatComesBackServesAgain() throws {
        let folder = TemporaryFolder()
        let first = try RunningServer(dataDirectory: folder.path)
        try train(first)
        let file = URL(fileURLWithPath: "\(folder.path)/models/default/1.safetensors")
        let bytes = try Data(contentsOf: file)
        #expect(first.terminate() == 0)
        try FileManager.default.removeItem(at: file)
        let second = try RunningServer(dataDirectory: folder.path)
        #expect(try send(second, "GET", "/sample").status == 404)
        // Back while the server runs: first another file as long, then the one that was away.
        var other = bytes
        other[other.count - 1] ^= 1
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try other.write(to: file)
        #expect(try send(second, "GET", "/sample").status == 404)
        try FileManager.default.removeItem(at: file)
        try bytes.write(to: file)
        #expect(try send(second, "GET", "/sample").status == 200)
        #expect(try second.json("GET", "/models/default")["current_version"] as? Int == 1)
        #expect(second.terminate() == 0)
        // And while it does not.
        try FileManager.default.removeItem(at: file)
        #expect(try RunningServer(dataDirectory: folder.path).terminate() == 0)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: file)
        let third = try RunningServer(dataDirectory: folder.path)
        #expect(try send(third, "GET", "/sample").status == 200)
        #expect(third.terminate() == 0)
    }

    @Test func aDamagedVersionIsSetAsideAndTheServerGoesOn() throws {
        let folder = TemporaryFolder()
        let first = try RunningServer(dataDirectory: folder.path)
        for seed in 1...2 { try train(first, "seed=\(seed)") }
        try train(first, "model=alone")
        let old = try send(first, "GET", "/sample?n=9&seed=1&model=default@1").body
        #expect(first.terminate() == 0)
        for name in ["default/2", "alone/1"] {
            let file = URL(fileURLWithPath: "\(folder.path)/models/\(name).safetensors")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: file)
        }
        let second = try RunningServer(dataDirectory: folder.path)
        let model = try second.json("GET", "/models/default")
        #expect(model["current_version"] as? Int == 1 && versions(model) == [1])
        #expect(model["damaged_versions"] as? [Int] == [2])
        #expect(try send(second, "GET", "/sample?n=9&seed=1").body == old)
        #expect(try send(second, "GET", "/sample?model=default@2").status == 404)
        #expect(try send(second, "GET", "/sample?model=alone").status == 404)
        #expect(try send(second, "GET", "/models/alone").status == 200)
        // Damage that comes later is found when the file is read.
        let file = URL(fileURLWithPath: "\(folder.path)/models/default/1.safetensors")
        try Data("no weights".utf8).write(to: file)
        #expect(try send(second, "GET", "/models/default/weights").status == 404)
        #expect(try send(second, "DELETE", "/models/default?version=2").status == 204)
        #expect(try send(second, "POST", "/score?model=alone", [], Array("[1,2]".utf8)).status == 404)
        // And what serves then is what the model says.
        for seed in 1...2 { try train(second, "model=later&seed=\(seed)") }
        try FileManager.default.removeItem(atPath: "\(folder.path)/models/later/2.safetensors")
        #expect(try send(second, "GET", "/models/later/weights").status == 404)
        #expect(try second.json("GET", "/sample?model=later")["version"] as? Int == 1)
        #expect(second.terminate() == 0)
    }
}
