import Foundation
import HTTP
import TestSupport
import Testing

/// Rules that rows keep, through the built binary: told or inferred, echoed, kept, and carried by a model's file.
@Suite struct ConstraintsTests {
    private static let csv =
        "order,sent,country,ordered,city\n"
        + (0..<400).map { row in
            let (country, city) = [("France", "Paris"), ("France", "Lyon"), ("Italy", "Rome")][row * 7 % 3]
            let (first, last) = (1 + row * 5 % 20, 1 + row * 5 % 20 + row % 8)
            let day = { (number: Int) in "2024-03-\(number < 10 ? "0" : "")\(number)" }
            return "A-\(row * row),\(row % 9 == 0 ? "" : day(last)),\(country),\(day(first)),\(city)"
        }.joined(separator: "\n") + "\n"

    private static let options =
        "steps=40&batch_size=64&latent_dim=8&generator_layers=32&discriminator_layers=32&seed=4"
    private static let rules = ["combination:country:city", "ordered<=sent", "unique:order"]

    @Test func rulesGoInAndRowsKeepThem() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let plan = try server.json("POST", "/train?dry_run=true", Self.csv)
        #expect((plan["constraints"] as? [String])?.sorted() == Self.rules)
        #expect((plan["warnings"] as? [String])?.contains { $0.hasPrefix("ordered<=sent holds in all rows") } == true)
        let query = "none,ordered<=sent,combination:country:city,unique:order"
        let job = try server.json("POST", "/train?wait=60&\(Self.options)&constraints=\(query)", Self.csv)
        #expect(job["status"] as? String == "succeeded")
        #expect((job["constraints"] as? [String])?.sorted() == Self.rules)
        #expect((try server.json("GET", "/models/default")["constraints"] as? [String])?.sorted() == Self.rules)
        let file = try server.send("GET", "/models/default/weights").body
        let brought = try OneShot.send("PUT", "/models/copy/weights", to: server.address, body: file, timeout: 60)
        #expect(brought.status == 201)
        let answers = try ["default", "copy"].map {
            try server.send("GET", "/sample?model=\($0)&n=20000&seed=1&format=csv").body
        }
        #expect(answers[0] == answers[1])
        let lines = String(decoding: answers[0], as: UTF8.self).split(separator: "\n")
        let rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.count == 20_000 && Set(rows.map { $0[0] }).count == 20_000)
        #expect(rows.allSatisfy { $0[0].hasPrefix("A-") && ($0[1].isEmpty || $0[3] <= $0[1]) })
        #expect(Set(rows.map { "\($0[2]) \($0[4])" }) == ["France Paris", "France Lyon", "Italy Rome"])
        try whatBreaksThemIsNotReal(server)
        try theyHoldWhateverIsAsked(server)
    }

    private func whatBreaksThemIsNotReal(_ server: RunningServer) throws {
        let rows = """
            order,sent,country,ordered,city
            A-1,2024-03-02,Italy,2024-03-09,Rome
            A-2,2024-03-09,Italy,2024-03-02,Paris
            A-3,2024-03-09,Italy,2024-03-02,Rome

            """
        let answer = try server.json("POST", "/score?detail=true", rows)
        let scores = try #require(answer["scores"] as? [Double])
        #expect(scores[0] == 0 && scores[1] == 0 && scores[2] > 0)
        // What is asked for in that order is in the model's.
        #expect((answer["misfits"] as? [Any])?.map { $0 as? String } == ["sent", "country", nil])
        let table = String(
            decoding: try server.send("POST", "/score?detail=true&format=csv", rows).body, as: UTF8.self)
        #expect(table.hasPrefix("order,sent,country,ordered,city,score,logit,percentile,misfit\n"))
        let reasons = table.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).last
        }
        #expect(reasons == ["sent", "country", ""])
    }

    private func theyHoldWhateverIsAsked(_ server: RunningServer) throws {
        let condition = #"{"where":{"sent":{"min":"2024-03-10","max":"2024-03-12"},"country":"France"}}"#
        let answer = try server.json("POST", "/sample?n=50&seed=2", condition)
        let rows = try #require(answer["data"] as? [[String: Any]])
        #expect(rows.count == 50)
        for row in rows {
            let (ordered, sent) = (row["ordered"] as? String ?? "", row["sent"] as? String ?? "")
            #expect(("2024-03-10"..."2024-03-12").contains(sent) && ordered <= sent)
            #expect(row["country"] as? String == "France" && row["city"] as? String != "Rome")
        }
        let turns = try server.json("GET", "/sample?n=30&seed=2&balance=city")["data"] as? [[String: Any]] ?? []
        #expect(Set(Dictionary(grouping: turns) { $0["city"] as? String }.values.map(\.count)) == [10])
        for wrong in [#"{"country":"Italy","city":"Paris"}"#, #"{"city":"Oslo"}"#] {
            let problem = try server.json("POST", "/sample", #"{"where":\#(wrong)}"#)
            #expect(problem["code"] as? String == "invalid_parameter")
        }
    }

    @Test func rulesMayStandInABody() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let data = "[" + (0..<60).map { "{\"low\":\($0 % 9),\"high\":\($0 % 9 + $0 % 4)}" }.joined(separator: ",") + "]"
        let plan = try server.json(
            "POST", "/train?dry_run=true", #"{"data":\#(data),"constraints":["low <= high"]}"#)
        #expect(plan["constraints"] as? [String] == ["low<=high"])
        #expect((plan["options"] as? [String: Any])?["family"] as? String == "records")
        for (rules, pointer) in [
            (#"["low < high"]"#, "row:1/column:high"), (#"["low"]"#, "/constraints/0"),
            (#""low<=high""#, "/constraints"),
            (#"["none","low<=top"]"#, "/constraints/1"), (#"["low<=high","high<=low"]"#, "row:2/column:low"),
            (#"["unique:low"]"#, "row:10/column:low"), (#"["combination:low:high"]"#, "/constraints"),
        ] {
            let problem = try server.json("POST", "/train", #"{"data":\#(data),"constraints":\#(rules)}"#)
            #expect(problem["status"] as? Int == 422, "\(rules)")
            #expect((problem["errors"] as? [[String: Any]])?.first?["pointer"] as? String == pointer, "\(rules)")
        }
    }
}
