import Client
import Formats
import Testing

struct ProgressLineTests {
    private func job(_ text: String) throws -> RemoteJob {
        RemoteJob(try JSONDocument(Array(text.utf8)).root)
    }

    @Test func theLineShowsHowFarAJobIs() throws {
        let job = try job(
            """
            {"status":"running","stage":"training","model":"m","version":2,
             "progress":{"fraction":0.55,"steps_per_second":812.4,"eta_seconds":61}}
            """)
        #expect(ProgressLine(width: 50).text(job) == "m@2 ████▉░░░░ 55 %  812.4 steps/s  1 min 1 s left")
        #expect(ProgressLine(width: 20).text(job) == "m@2  55 %  812.4 st")
    }

    @Test func anEventNeedNotTellAll() throws {
        var job = try job(#"{"id":"a","status":"running","model":"m","version":1,"progress":{"fraction":0.5}}"#)
        job.merge(try JSONDocument(Array(#"{"status":"failed","error":{"code":"x","detail":"why"}}"#.utf8)).root)
        #expect(job.id == "a" && job.fraction == 0.5 && job.isOver && job.error == "why")
    }

    @Test func figuresAreShort() {
        #expect(
            [0, 0.98765, 1234.56, -3, 1e20, 0.1 + 0.2].map(Figures.text) == [
                "0", "0.9877", "1235", "-3", "1.000e+20", "0.3",
            ])
        #expect(Figures.duration(3725) == "1 h 2 min")
        #expect(Figures.bytes(1536) == "1.5 KiB")
    }
}
