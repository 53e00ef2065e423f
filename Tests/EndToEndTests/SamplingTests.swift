import Foundation
import HTTP
import TestSupport
import Testing

/// Samples that the discriminator has a say in, over a socket.
@Suite(.serialized) struct SamplingTests {
    @Test func theMethodIsToldAndRowsStayTheSame() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let trained = try server.json("POST", "/train?steps=60&seed=1&wait=60")
        #expect(trained["status"] as? String == "succeeded")
        func data(_ answer: [String: Any]) -> [Double] { answer["data"] as? [Double] ?? [] }
        func text(_ target: String) throws -> OneShot.Answer {
            try OneShot.send("GET", target, to: server.address, timeout: 60)
        }

        let few = try server.json("GET", "/sample?n=40&seed=7&sampling=drs")
        #expect(few["sampling"] as? String == "drs")
        let rate = try #require(few["acceptance_rate"] as? Double)
        #expect(rate > 0.05 && rate < 1)
        let many = try server.json("POST", "/sample?n=40000", #"{"seed":7,"sampling":"drs"}"#)
        #expect(many["acceptance_rate"] as? Double == rate && data(many).count == 40_000)
        #expect(Array(data(many).prefix(40)) == data(few))

        let plain = try server.json("GET", "/sample?n=40&seed=7")
        #expect(plain["sampling"] == nil && plain["acceptance_rate"] == nil && data(plain) != data(few))
        #expect(data(try server.json("GET", "/sample?n=40&seed=7&sampling=plain")) == data(plain))
        let moved = try server.json("GET", "/sample?n=40&seed=7&sampling=refine")
        #expect(moved["sampling"] as? String == "refine" && moved["acceptance_rate"] == nil)
        #expect(data(moved) != data(plain))

        let csv = try text("/sample?n=40&seed=7&sampling=drs&format=csv")
        #expect(csv.fields["gand-sampling"] == "drs" && csv.fields["gand-acceptance-rate"] == String(rate))
        let tagged = try text("/sample?n=4&seed=7&model=default@1&sampling=drs").fields["etag"]
        #expect(try text("/sample?n=4&seed=7&model=default@1").fields["etag"] != tagged && tagged != nil)

        // An answer goes in as it came out.
        let verbatim = try text("/sample?n=40&seed=7&sampling=drs").body
        let scores = try server.json("POST", "/score", String(decoding: verbatim, as: UTF8.self))
        #expect((scores["scores"] as? [Double])?.count == 40)

        #expect(try server.json("GET", "/sample?sampling=best")["code"] as? String == "invalid_parameter")
        _ = try server.json("POST", "/train?family=uniform&model=flat&wait=60")
        let refused = try server.json("GET", "/sample?model=flat&sampling=drs")
        #expect(refused["status"] as? Int == 422 && refused["code"] as? String == "invalid_parameter")
    }
}
