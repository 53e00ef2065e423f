import Foundation
import HTTP
import TestSupport
import Testing

/// A server that follows another one's folder.
@Suite struct MirrorTests {
    @Test func whatOneServerPublishesAnotherServes() throws {
        let (folder, copies) = (TemporaryFolder(), TemporaryFolder())
        let writer = try RunningServer(dataDirectory: folder.path)
        let reader = try RunningServer(dataDirectory: copies.path, arguments: ["--follow", folder.path])
        #expect(try reader.send("GET", "/sample?model=m").status == 404)
        let sample = "/sample?n=50&seed=3&model=m"
        let training = "/train?model=m&steps=20&wait=60"
        #expect(try writer.json("POST", "\(training)&seed=1")["status"] as? String == "succeeded")
        while try reader.send("GET", sample).status != 200 {}
        let first = try writer.send("GET", sample).body
        #expect(try reader.send("GET", sample).body == first)
        // Another version comes by itself, a version that was rolled back goes.
        #expect(try writer.json("POST", "\(training)&seed=2")["status"] as? String == "succeeded")
        while try reader.json("GET", sample)["version"] as? Int != 2 {}
        #expect(try reader.send("GET", sample).body == writer.send("GET", sample).body)
        #expect(try reader.send("GET", "\(sample)@1").body == first)
        let back = try writer.send("PATCH", "/models/m", #"{"current_version":1,"tags":{"team":"blue"}}"#)
        #expect(back.status == 200)
        while try reader.json("GET", sample)["version"] as? Int != 1 {}
        #expect(try reader.json("GET", "/models/m")["tags"] as? [String: String] == ["team": "blue"])
        #expect(try reader.json("POST", "/score?model=m", "[10]")["n"] as? Int == 1)
        for (method, target) in [
            ("POST", "/train"), ("POST", "/v1/train"), ("PATCH", "/models/m"), ("DELETE", "/models/m"),
            ("PUT", "/models/m/weights"), ("POST", "/jobs/latest/cancel"),
        ] {
            let refusal = try reader.send(method, target, "{}")
            #expect(refusal.status == 403, "\(method) \(target)")
            #expect(String(decoding: refusal.body, as: UTF8.self).contains("read_only"))
        }

        // The copies serve where the folder cannot be read.
        #expect(writer.terminate() == 0)
        #expect(reader.terminate() == 0)
        let aside = folder.path + ".aside"
        try FileManager.default.moveItem(atPath: folder.path, toPath: aside)
        let alone = try RunningServer(dataDirectory: copies.path, arguments: ["--follow", folder.path])
        #expect(try alone.send("GET", sample).body == first)
        try FileManager.default.moveItem(atPath: aside, toPath: folder.path)
        let again = try RunningServer(dataDirectory: folder.path)
        #expect(try again.send("DELETE", "/models/m").status == 204)
        while try alone.send("GET", sample).status != 404 {}
    }

    /// Whoever writes the followed folder may be mistaken, or mean harm: the other models are served all the same.
    @Test func whatCannotBeTakenOverKeepsNothingElseFromIt() throws {
        let (folder, copies) = (TemporaryFolder(), TemporaryFolder())
        let writer = try RunningServer(dataDirectory: folder.path)
        let models = ["a", "link", "linked", "long", "longer", "pipe", "text", "told", "z"]
        for model in models {
            let job = try writer.json("POST", "/train?model=\(model)&steps=0&wait=60")
            #expect(job["status"] as? String == "succeeded")
        }
        #expect(writer.terminate() == 0)
        func weights(_ model: String) -> String { "\(folder.path)/models/\(model)/1.safetensors" }
        func published(_ model: String) -> String { "\(folder.path)/published/\(model).json" }
        func tell(_ model: String, bytes: Int, sha256: String) throws {
            let object = try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: published(model))))
            var publication = try #require(object as? [String: Any])
            var versions = try #require(publication["versions"] as? [[String: Any]])
            (versions[0]["bytes"], versions[0]["sha256"]) = (bytes, sha256)
            publication["versions"] = versions
            try JSONSerialization.data(withJSONObject: publication).write(to: URL(fileURLWithPath: published(model)))
        }
        func lengthen(_ path: String, to size: UInt64) throws {
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.truncate(atOffset: size)
            try handle.close()
        }
        let files = FileManager.default
        // Links, one to the very file that is told of.
        let aside = "\(folder.path)/aside"
        try files.moveItem(atPath: weights("link"), toPath: aside)
        try files.createSymbolicLink(atPath: weights("link"), withDestinationPath: aside)
        try files.moveItem(atPath: "\(folder.path)/models/linked", toPath: "\(folder.path)/linked")
        try files.createSymbolicLink(
            atPath: "\(folder.path)/models/linked", withDestinationPath: "\(folder.path)/linked")
        // Files of nothing, of a size that no memory has.
        try lengthen(weights("long"), to: 4 << 40)
        try tell("long", bytes: 4 << 40, sha256: "")
        try lengthen(published("longer"), to: 20 << 30)
        // A pipe, whose other end nobody opens.
        try files.removeItem(atPath: weights("pipe"))
        let isMade = unsafe mkfifo(weights("pipe"), 0o600) == 0
        try #require(isMade)
        // What is no model, although it is what is told of.
        try Data("no model".utf8).write(to: URL(fileURLWithPath: weights("text")))
        try tell("text", bytes: 8, sha256: "f62c7d17e241fe5c5c0c64d2e32ab6e3bd10547a9c02977cc126acc0fe6e6554")
        try files.removeItem(atPath: published("told"))
        try files.createSymbolicLink(atPath: published("told"), withDestinationPath: published("a"))

        let reader = try RunningServer(dataDirectory: copies.path, arguments: ["--follow", folder.path])
        for model in models {
            let isSound = ["a", "z"].contains(model)
            #expect(try reader.send("GET", "/sample?model=\(model)").status == (isSound ? 200 : 404), "\(model)")
        }
        #expect(reader.terminate() == 0)
    }

    @Test func aFolderWithModelsOfItsOwnFollowsNobody() throws {
        let (folder, other) = (TemporaryFolder(), TemporaryFolder())
        let server = try RunningServer(dataDirectory: folder.path)
        #expect(try server.json("POST", "/train?steps=0&wait=60")["status"] as? String == "succeeded")
        #expect(server.terminate() == 0)
        let refused = try CommandLine([
            "serve", "--listen", "127.0.0.1:0", "--data-dir", folder.path, "--follow", other.path,
        ])
        #expect(refused.status == 78 && refused.errors.contains("of its own"))
        let same = try CommandLine([
            "serve", "--listen", "127.0.0.1:0", "--data-dir", folder.path, "--follow", "\(folder.path)/",
        ])
        #expect(same.status == 78)
    }

    @Test func aCopyThatFollowsNobodyAnyMoreGoesOnFromThere() throws {
        let (folder, copies) = (TemporaryFolder(), TemporaryFolder())
        let writer = try RunningServer(dataDirectory: folder.path)
        #expect(try writer.json("POST", "/train?steps=0&wait=60")["status"] as? String == "succeeded")
        let reader = try RunningServer(dataDirectory: copies.path, arguments: ["--follow", folder.path])
        #expect(try reader.json("GET", "/sample")["version"] as? Int == 1)
        #expect(reader.terminate() == 0)
        let promoted = try RunningServer(dataDirectory: copies.path)
        #expect(try promoted.json("POST", "/train?steps=0&wait=60")["version"] as? Int == 2)
    }
}
