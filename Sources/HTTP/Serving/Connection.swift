import HTTPTypes

/// One client: read, parse, handle, write, and again. It lives on its loop and is touched nowhere else.
///
/// This file reads; `Connection+Answer.swift` answers.
final class Connection {
    enum State {
        /// TLS is not agreed upon yet.
        case handshake
        case reading
        /// The head is read, its body is not.
        indirect case body(Request, Answering, BodyReader)
        case handling
        case streaming
        /// Nothing more will be answered; what the client still sends is thrown away.
        case lingering
        case closed
    }

    /// Where the loop keeps this connection.
    let slot: Int
    let context: ServerContext
    let transport: Transport
    let remoteAddress: String
    /// Whether there were too many clients when this one came: it gets one answer.
    let isOverload: Bool
    var state: State
    var keepAlive: KeepAlive
    var parser: RequestParser

    /// What was read and not used when the last turn ended.
    var rest: [UInt8] = []
    var output: [UInt8] = []
    var outputStart = 0
    /// Whether the output's memory is the loop's.
    private var hasLoopOutput = false
    /// Whether the socket may have something; cleared by a read that shows it empty.
    private(set) var isReadable = true
    /// The poller has told that the client will send nothing more; there may still be something to read.
    private(set) var isEnding = false
    /// All that the client sent is read.
    private(set) var inputEnded = false
    private var hasYielded = false
    private var requestsLeft = 0
    var closesAfterOutput = false
    var task: Task<Void, Never>?
    var streaming: Streaming?
    var lastOutput: ContinuousClock.Instant

    /// Answers that wait to go out, beyond which no further request is read.
    private static let outputLimit = 256 * 1024

    init(_ client: Arrival, slot: Int, context: ServerContext, isOverload: Bool, now: ContinuousClock.Instant) {
        self.slot = slot
        self.context = context
        self.isOverload = isOverload
        transport = Transport(Socket(owning: client.descriptor), tls: context.tls(for: client.host))
        remoteAddress = client.host
        state = transport.isEncrypted ? .handshake : .reading
        keepAlive = KeepAlive(
            limits: context.limits, waitingFor: transport.isEncrypted ? .head : .idle, now: now)
        parser = RequestParser(limits: context.limits)
        lastOutput = now
    }

    private var isLingering: Bool { if case .lingering = state { true } else { false } }
    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Something has changed about the socket.
    func handle(_ event: Poller.Event, on loop: isolated EventLoop) {
        // Where this end has said its last, the end of the other one is no failure: what came before it is read, lest the
        // kernel reset the client and drop what it is still to get (RFC 9112 §9.6).
        guard !event.isBroken || isLingering else { return close(on: loop) }
        if event.isReadable { isReadable = true }
        if event.hasEnded {
            isEnding = true
            if streaming?.body.endsWithClient == true { return close(on: loop) }
            stopWaiting()
        }
        advance(on: loop)
    }

    /// Answers what is complete, reads what there is, and sends the answers in as few writes as can be.
    func advance(on loop: isolated EventLoop) {
        guard !isClosed else { return }
        borrowBuffers(of: loop)
        hasYielded = false
        requestsLeft = context.limits.requestsPerTurn
        var readsLeft = context.limits.readsPerTurn
        while true {
            process(on: loop)
            guard wantsInput, isReadable else { break }
            guard readsLeft > 0 else {
                yield(on: loop)
                break
            }
            readsLeft -= 1
            fill(from: loop)
        }
        // What is buffered behind a full output has no event of its own to come for it.
        let isHeldBack = output.count >= Self.outputLimit
        flush(on: loop)
        if isHeldBack, output.isEmpty { yield(on: loop) }
        returnBuffers(to: loop)
    }

    private func borrowBuffers(of loop: isolated EventLoop) {
        loop.input.restore(rest)
        rest = []
        guard output.isEmpty else { return }
        swap(&output, &loop.output)
        hasLoopOutput = true
    }

    private func returnBuffers(to loop: isolated EventLoop) {
        rest = loop.input.takeRest()
        guard output.isEmpty else { return hasLoopOutput = false }
        if hasLoopOutput { swap(&output, &loop.output) } else { output = [] }
        hasLoopOutput = false
    }

    /// Lets others have their turn before this connection goes on.
    func yield(on loop: isolated EventLoop) {
        guard !hasYielded else { return }
        hasYielded = true
        loop.yield(self)
    }

    private var wantsInput: Bool {
        guard !inputEnded, !hasYielded else { return false }
        return switch state {
        case .reading: !closesAfterOutput && output.count < Self.outputLimit
        case .handshake, .body, .lingering: true
        case .handling, .streaming, .closed: false
        }
    }

    private func fill(from loop: isolated EventLoop) {
        if case .handshake = state { return }
        if isLingering { loop.input.clear() }
        let (outcome, mayHaveMore) = loop.input.fill(from: transport)
        switch outcome {
        case .bytes:
            // Where the client has ended, the end comes next.
            if !mayHaveMore, !isEnding { isReadable = false }
            if isLingering { loop.input.clear() }
        case .wouldBlock: isReadable = false
        case .ended: inputEnded = true
        case .failed: close(on: loop)
        }
    }

    private func process(on loop: isolated EventLoop) {
        do throws(Refusal) {
            while try step(on: loop) {}
        } catch {
            refuse(error, answering, on: loop)
        }
    }

    /// Takes one step with what has been read.
    ///
    /// - Returns: whether another one may be possible at once.
    private func step(on loop: isolated EventLoop) throws(Refusal) -> Bool {
        switch state {
        case .handshake: return advanceHandshake(on: loop)
        case .reading:
            guard !closesAfterOutput, output.count < Self.outputLimit else { return false }
            guard !loop.input.isEmpty else {
                // The client has said all; what it is still owed has been handed over.
                if inputEnded { closesAfterOutput = true }
                return false
            }
            guard requestsLeft > 0 else {
                yield(on: loop)
                return false
            }
            keepAlive.enter(.head, now: loop.now)
            guard let (head, count) = try parser.parse(loop.input.unused) else {
                if inputEnded { closesAfterOutput = true }
                return false
            }
            parser.reset()
            loop.input.skip(count)
            requestsLeft -= 1
            begin(head, on: loop)
            return true
        case .body(var request, var answering, let reader):
            let before = loop.input.count
            let progress = try reader.read(from: &loop.input)
            keepAlive.progress(before - loop.input.count, of: .body, now: loop.now)
            switch progress {
            case .complete:
                request.body = try reader.body()
                answering.bytesIn = request.body.count
                // What the client took to send it is not the answer's time.
                answering.started = .now
                handle(request, answering, on: loop)
                return true
            case .needsTurn: yield(on: loop)
            case .needsInput: if inputEnded { close(on: loop) }
            }
            return false
        case .lingering:
            if inputEnded, output.isEmpty { close(on: loop) }
            return false
        case .handling, .streaming, .closed: return false
        }
    }

    private func advanceHandshake(on loop: isolated EventLoop) -> Bool {
        switch transport.handshake() {
        case .bytes:
            state = .reading
            keepAlive.enter(.idle, now: loop.now)
            return true
        case .wouldBlock:
            isReadable = false
            return false
        case .ended, .failed:
            close(on: loop)
            return false
        }
    }

    /// Looks at the deadlines.
    func check(on loop: isolated EventLoop) {
        switch keepAlive.verdict(now: loop.now) {
        case .wait: beat(on: loop)
        case .close: end(on: loop)
        case .refuse:
            if case .handshake = state { return close(on: loop) }
            refuse(.timeout, answering, on: loop)
            flush(on: loop)
        }
    }

    /// Shows that a stream lives while it has nothing to say.
    private func beat(on loop: isolated EventLoop) {
        guard let streaming, output.isEmpty, let heartbeat = streaming.body.heartbeat,
            loop.now - lastOutput >= heartbeat.interval
        else { return }
        append(heartbeat.bytes, streaming.framing, on: loop)
        flush(on: loop)
    }

    /// Closes what is idle, once nothing can be on its way any more, and everything if `cut`.
    func drain(cut: Bool, on loop: isolated EventLoop) {
        if cut { return end(on: loop) }
        if keepAlive.wait == .idle { keepAlive.enter(.draining, now: loop.now) }
    }

    /// Closes what is not waited for any longer; a client that is owed nothing is told so (RFC 8446 §6.1).
    private func end(on loop: isolated EventLoop) {
        if case .reading = state, output.isEmpty { transport.finishWriting() }
        close(on: loop)
    }
}
