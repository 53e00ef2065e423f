import HTTP
import Testing

/// Deadlines and admission, which are state without I/O.
struct KeepAliveTests {
    private let start = ContinuousClock.now
    private let limits = Limits()

    @Test(
        arguments: [
            (.idle, 75, .close), (.head, 10, .refuse), (.body, 30, .refuse), (.writing, 30, .close),
            (.linger, 2, .close),
        ] as [(KeepAlive.Wait, Int, KeepAlive.Verdict)])
    func aWaitEndsAtItsDeadline(_ wait: KeepAlive.Wait, _ seconds: Int, _ verdict: KeepAlive.Verdict) {
        let keepAlive = KeepAlive(limits: limits, waitingFor: wait, now: start)
        #expect(keepAlive.verdict(now: start + .seconds(seconds) - .milliseconds(1)) == .wait)
        #expect(keepAlive.verdict(now: start + .seconds(seconds)) == verdict)
    }

    @Test func aHandlerHasNoDeadline() {
        let keepAlive = KeepAlive(limits: limits, waitingFor: .handler, now: start)
        #expect(keepAlive.verdict(now: start + .seconds(1_000_000)) == .wait)
    }

    @Test func furtherBytesOfAHeadDoNotSetItsClockBack() {
        var keepAlive = KeepAlive(limits: limits, waitingFor: .idle, now: start)
        for second in 0..<10 { keepAlive.enter(.head, now: start + .seconds(second)) }
        #expect(keepAlive.verdict(now: start + .seconds(10)) == .refuse)
    }

    @Test func aBodyThatDripsIsNotProgress() {
        var keepAlive = KeepAlive(limits: limits, waitingFor: .body, now: start)
        for second in 0..<30 { keepAlive.progress(100, of: .body, now: start + .seconds(second)) }
        #expect(keepAlive.verdict(now: start + .seconds(30)) == .refuse)
        keepAlive.progress(limits.progressBytes, of: .body, now: start + .seconds(29))
        #expect(keepAlive.verdict(now: start + .seconds(30)) == .wait)
    }

    @Test func inputDoesNotExtendTheDeadlineToRead() {
        var keepAlive = KeepAlive(limits: limits, waitingFor: .handler, now: start)
        keepAlive.enter(.writing, now: start)
        for second in 0..<30 {
            for wait in [KeepAlive.Wait.head, .body, .handler, .writing] {
                keepAlive.enter(wait, now: start + .seconds(second))
            }
            keepAlive.progress(limits.progressBytes, of: .body, now: start + .seconds(second))
        }
        #expect(keepAlive.verdict(now: start + .seconds(30)) == .close)
        keepAlive.progress(limits.progressBytes, of: .writing, now: start + .seconds(29))
        #expect(keepAlive.verdict(now: start + .seconds(30)) == .wait)
        // Once it has read, its next request has the usual deadline.
        keepAlive.finishWriting()
        keepAlive.enter(.body, now: start + .seconds(31))
        #expect(keepAlive.verdict(now: start + .seconds(60)) == .wait)
        #expect(keepAlive.verdict(now: start + .seconds(61)) == .refuse)
    }

    @Test func clientsAreCountedInAllAndByAddress() {
        var limits = limits
        limits.connections = 4
        limits.overloadConnections = 1
        limits.connectionsPerAddress = 2
        var admission = Admission(limits: limits)
        #expect(admission.admit("a") == .welcome)
        #expect(admission.admit("a") == .welcome)
        #expect(admission.admit("a") == .overload)
        #expect(admission.admit("a") == .turnedAway)
        #expect(admission.admit("b") == .welcome)
        #expect(admission.admit("b") == .overload)
        #expect(admission.admit("c") == .turnedAway)
        #expect(admission.count == 5)
        for host in ["a", "a", "a", "b", "b"] { admission.leave(host) }
        #expect(admission.count == 0)
        // Clients of a Unix-domain socket have no address to count by.
        for _ in 0..<3 { #expect(admission.admit("") == .welcome) }
    }
}
