import Foundation
import HTTP
import TestSupport
import Testing

/// Records through the built binary: from a CSV file to synthetic ones.
@Suite struct RecordsTests {
    private static let csv =
        "id,city,age,member,joined\n"
        + (0..<300).map { row in
            let city = ["Paris", "Rome", "\"Oslo, N\""][row % 3]
            return "\(row + 1),\(city),\(row % 10 == 0 ? "" : String(20 + row * 7 % 50)),"
                + "\(row % 3 == 0 ? "yes" : "no"),2024-0\(1 + row % 9)-1\(row % 10)"
        }.joined(separator: "\n") + "\n"

    private static let options = "steps=60&batch_size=64&latent_dim=8&seed=4"

    @Test func recordsGoInAndComeOut() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let plan = try server.json("POST", "/train?dry_run=true&\(Self.options)", Self.csv)
        #expect((plan["options"] as? [String: Any])?["family"] as? String == "records")
        let warnings = try #require(plan["warnings"] as? [String])
        #expect(warnings.contains { $0.contains("member follows from city") })
        #expect(warnings.contains { $0.contains("id is an identifier") })
        let job = try server.json("POST", "/train?wait=60&\(Self.options)", Self.csv)
        #expect(job["status"] as? String == "succeeded")
        #expect((job["metrics"] as? [String: Double])?["shapes"].map { $0 > 0.5 } == true)

        let text = String(decoding: try server.send("GET", "/sample?n=200&seed=1&format=csv").body, as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.first == "id,city,age,member,joined" && lines.count == 201)
        #expect(lines[1].hasPrefix("301,"))
        let records = try #require(
            try server.json("GET", "/sample?n=200&seed=1")["data"] as? [[String: Any]])
        for record in records {
            #expect(["Paris", "Rome", "Oslo, N"].contains(record["city"] as? String))
            #expect((record["city"] as? String == "Paris") == (record["member"] as? String == "yes"))
            #expect(record["age"] is NSNull || 20...69 ~= (record["age"] as? Int ?? 0))
            #expect((record["joined"] as? String)?.hasPrefix("2024-0") == true)
        }
        let ndjson = try server.send("GET", "/sample?n=3&seed=1&format=ndjson").body.split(separator: 0x0A)
        #expect(ndjson.count == 3)
        #expect(try JSONSerialization.jsonObject(with: Data(ndjson[2])) as? NSDictionary == records[2] as NSDictionary)
        #expect(try server.send("GET", "/sample?n=3&format=npy").status == 406)
        try conditionsAreMet(server)
        try columnsAreBalanced(server)
        try theReportIsTold(server)
        // What was made is scored, and what cannot be is not real.
        #expect(try server.json("POST", "/score?detail=true", text)["n"] as? Int == 200)
        let scores = try server.json(
            "POST", "/score", #"[{"id":1,"city":"Mars","age":30,"member":"no","joined":"2024-01-10"}]"#)
        #expect(scores["scores"] as? [Double] == [0])
        let late = try server.json(
            "POST", "/score", #"[{"id":1,"city":"Rome","age":30,"member":"no","joined":"soon"}]"#)
        #expect(late["code"] as? String == "schema_mismatch")
    }

    private func conditionsAreMet(_ server: RunningServer) throws {
        let condition = #"{"city":"Rome","age":{"min":30,"max":50},"joined":{"min":"2024-02-01","max":"2024-08-31"}}"#
        let answer = try server.json("POST", "/sample?n=300&seed=2", #"{"where":\#(condition)}"#)
        let records = try #require(answer["data"] as? [[String: Any]])
        #expect(records.count == 300)
        for record in records {
            #expect(record["city"] as? String == "Rome" && record["member"] as? String == "no")
            #expect(30...50 ~= (record["age"] as? Int ?? 0))
            #expect(("2024-02-01"..."2024-08-31").contains(record["joined"] as? String ?? ""))
        }
        let few = try server.json("POST", "/sample?n=7&seed=2", #"{"where":\#(condition)}"#)
        #expect((few["data"] as? NSArray) == (records.prefix(7).map { $0 } as NSArray))
        let missing = try server.json("POST", "/sample?n=5", #"{"where":{"age":null}}"#)
        #expect((missing["data"] as? [[String: Any]])?.allSatisfy { $0["age"] is NSNull } == true)
        for (wrong, pointer) in [
            (#"{"city":"Mars"}"#, "/where/city"), (#"{"age":500}"#, "/where/age"), (#"{"age":"old"}"#, "/where/age"),
            (#"{"age":{"min":80,"max":90}}"#, "/where/age"), (#"{"age":{"min":9,"max":1}}"#, "/where/age"),
            (#"{"id":3}"#, "/where/id"), (#"{"town":"Rome"}"#, "/where/town"), (#"{"city":null}"#, "/where/city"),
            (#"{"joined":"soon"}"#, "/where/joined"), ("[1]", "/where"),
            (#"{"city":"Rome","member":"yes"}"#, "/where"),
        ] {
            let problem = try server.json("POST", "/sample?n=5000", #"{"where":\#(wrong)}"#)
            #expect(problem["code"] as? String == "invalid_parameter", "\(wrong)")
            #expect((problem["errors"] as? [[String: Any]])?.first?["pointer"] as? String == pointer, "\(wrong)")
        }
    }

    /// The cities take turns, whatever else is asked, and a longer sample begins with a shorter one.
    private func columnsAreBalanced(_ server: RunningServer) throws {
        func cities(_ target: String, _ body: String = "") throws -> [String] {
            let answer = try server.json("POST", target, body)
            return try #require(answer["data"] as? [[String: Any]]).compactMap { $0["city"] as? String }
        }
        let many = try cities("/sample?n=900&seed=2&balance=city")
        let counts = Dictionary(grouping: many) { $0 }.mapValues(\.count)
        #expect(counts.count > 1 && Set(counts.values).count == 1)
        #expect(try cities("/sample?n=7&seed=2&balance=city") == Array(many.prefix(7)))
        let old = try cities("/sample?n=90&seed=2&balance=city", #"{"where":{"age":{"min":40,"max":70}}}"#)
        #expect(Set(Dictionary(grouping: old) { $0 }.values.map(\.count)).count == 1)
        for wrong in ["age", "town", "id"] {
            let problem = try server.json("GET", "/sample?balance=\(wrong)")
            #expect(problem["code"] as? String == "invalid_parameter", "\(wrong)")
        }
    }

    private func theReportIsTold(_ server: RunningServer) throws {
        let report = try server.json("GET", "/models/default/report")
        #expect((report["rows"] as? [String: Int])?["training"] == 270)
        #expect(((report["quality"] as? [String: Any])?["ceiling"] as? Double).map { $0 > 0.8 } == true)
        let columns = try #require((report["shapes"] as? [String: Any])?["columns"] as? [[String: Any]])
        #expect(columns.map { $0["column"] as? String } == ["city", "age", "member", "joined"])
        #expect(columns.allSatisfy { $0["histogram"] is [String: Any] })
        #expect((report["privacy"] as? String)?.contains("not differential privacy") == true)
        let page = try OneShot.send(
            "GET", "/models/default@1/report", to: server.address, fields: [("Accept", "text/html")], timeout: 60)
        let html = String(decoding: page.body, as: UTF8.self)
        #expect(page.status == 200 && page.fields["content-security-policy"]?.contains("default-src 'none'") == true)
        #expect(html.contains("<h3>city</h3>") && html.contains("</html>") && !html.contains("<script"))
        // What nobody has judged has none, and it goes with the file.
        #expect(try server.send("POST", "/train?model=raw&steps=0&wait=60", "[1,2,3]").status == 200)
        #expect(try server.json("GET", "/models/raw/report")["code"] as? String == "report_not_found")
        let file = try server.send("GET", "/models/default/weights").body
        let brought = try OneShot.send("PUT", "/models/copy/weights", to: server.address, body: file, timeout: 60)
        #expect(brought.status == 201)
        let copy = try server.json("GET", "/models/copy/report")
        #expect(copy["quality"] as? NSDictionary == report["quality"] as? NSDictionary)
    }

    @Test func numbersComeAsArraysOfNumpy() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (60, 2), }\n"
        let npy = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        let body = npy + (0..<120).map { UInt8($0 * 37 % 101) }
        let job = try OneShot.send(
            "POST", "/train?wait=60&\(Self.options)&family=dense", to: server.address,
            fields: [("Content-Type", "application/x-npy")], body: body, timeout: 120)
        #expect(job.status == 200)
        let sample = try server.send("GET", "/sample?n=50&format=npy")
        #expect(sample.fields["content-type"] == "application/x-npy")
        #expect(sample.body.starts(with: [0x93] + Array("NUMPY".utf8)))
        #expect(sample.body.count == 128 + 50 * 2 * 8)
        // No rows are a table all the same.
        #expect(try server.send("GET", "/sample?n=0&format=npy").body.count == 128)
        #expect(try server.send("GET", "/sample?n=0&format=csv").body == Array("x1,x2\n".utf8))
        let again = try OneShot.send("POST", "/score", to: server.address, body: sample.body, timeout: 60)
        #expect(again.status == 200)
        let lines = try OneShot.send(
            "POST", "/train?model=lines&dry_run=true", to: server.address,
            fields: [("Content-Type", "application/x-ndjson")], body: Array("[1,2]\n[3,4]\n".utf8))
        #expect(lines.status == 200)
        // By its bytes alone, too.
        let objects = try server.json("POST", "/train?model=lines&dry_run=true", "{\"a\":1}\n{\"a\":2}\n")
        #expect(objects["rows"] as? Int == 2)
    }

    @Test func whatColumnsAreCanBeSaid() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let zips = "zip,n\n" + (0..<60).map { "0\($0 % 5),\($0)" }.joined(separator: "\n")
        #expect(
            try server.json("POST", "/train?wait=60&\(Self.options)&types=zip:category,n:number", zips)["status"]
                as? String
                == "succeeded")
        let sample = String(decoding: try server.send("GET", "/sample?n=20&format=csv").body, as: UTF8.self)
        #expect(sample.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("0") })
        #expect(try server.send("POST", "/score", "zip,n\n01,5\n").status == 200)
        for (types, pointer) in [("zip:word", "/types"), ("zip", "/types"), ("nobody:category", "/types")] {
            let problem = try server.json("POST", "/train?types=\(types)&model=x", zips)
            #expect(problem["code"] as? String == "invalid_parameter")
            #expect((problem["errors"] as? [[String: Any]])?.first?["pointer"] as? String == pointer)
        }
    }
}
