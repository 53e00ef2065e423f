import Foundation
import HTTP
import TestSupport
import Testing

/// What there is to watch.
@Suite(.serialized) struct OperationsTests {
    @Test func measuresAreThereAndGoUp() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let job = try server.json("POST", "/train?steps=50&seed=1&wait=60")
        // A training may end before its last step.
        let steps = try #require((job["progress"] as? [String: Any])?["step"] as? Int)
        #expect(try server.send("GET", "/sample?n=30").status == 200)
        #expect(try server.send("POST", "/score", "[1,2,3]").status == 200)
        let answer = try server.send("GET", "/metrics")
        #expect(answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").map(String.init)
        for line in [
            "gand_train_steps_total{model=\"default\"} \(steps)", "gand_samples_generated_total{model=\"default\"} 30",
            "gand_rows_scored_total{model=\"default\"} 3", "gand_jobs{status=\"succeeded\"} 1",
            "gand_jobs_total{result=\"succeeded\"} 1", "gand_job_queue_length 0", "gand_event_streams 0",
            "gand_http_requests_total{method=\"GET\",route=\"/sample\",status=\"200\"} 1",
            "gand_http_request_duration_seconds_count{method=\"POST\",route=\"/score\"} 1",
            "# TYPE gand_job_duration_seconds histogram", "gand_build_info{version=\"0.1.0\"} 1",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        // Every line is a comment, or a name with labels and a number; no name is told of twice.
        let pattern = /[a-z_]+(\{([a-z]+="[^"]*",?)+\})? (-?[0-9.e+-]+|NaN|\+Inf)/
        for line in lines where !line.hasPrefix("#") { #expect(line.wholeMatch(of: pattern) != nil, "\(line)") }
        let types = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types).count == types.count)
        #expect(try server.send("DELETE", "/models/default").status == 204)
        let after = String(decoding: try server.send("GET", "/metrics").body, as: UTF8.self)
        #expect(!after.contains("model=\"default\""))
        #expect(try server.json("GET", "/health")["status"] as? String == "ready")
        #expect((try server.json("GET", "/openapi.json")["paths"] as? [String: Any])?["/train"] != nil)
        #expect((try server.json("GET", "/")["routes"] as? [String: String])?["POST /train"] != nil)
    }
}
