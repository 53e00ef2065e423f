import HTTPTypes

/// One client's connection: read, parse, handle, write, repeat. It belongs to its loop, and no other thread touches it.
///
/// This file reads requests; `Connection+Answer.swift` answers them.
final class Connection {
    enum State {
        /// The TLS handshake is not finished.
        case handshake
        case reading
        /// The head is read, the body is not.
        indirect case body(Request, Answering, BodyReader)
        case handling
        case streaming
        /// No further request is answered; input is discarded.
        case lingering
        case closed
    }

    /// The index of this connection in its loop.
    let slot: Int
    let context: ServerContext
    let transport: Transport
    let remoteAddress: String
    /// Whether there were too many clients when this one arrived: it gets one answer.
    let isOverload: Bool
    var state: State
    var keepAlive: KeepAlive
    var parser: RequestParser

    /// Input left over from the last turn.
    var rest: [UInt8] = []
    var output: [UInt8] = []
    var outputStart = 0
    /// Whether `output` is the loop's buffer.
    private var hasLoopOutput = false
    /// Whether the socket may have input; cleared by a read that empties it.
    private(set) var isReadable = true
    /// Whether the poller has reported the end of the client's input; some of it may still be unread.
    private(set) var isEnding = false
    /// Whether the client's input is read to its end.
    private(set) var inputEnded = false
    private var hasYielded = false
    private var requestsLeft = 0
    var closesAfterOutput = false
    var task: Task<Void, Never>?
    var streaming: Streaming?
    var lastOutput: ContinuousClock.Instant

    /// Bytes of unsent answers beyond which no further request is read.
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

    /// Handles a change of the socket.
    func handle(_ event: Poller.Event, on loop: isolated EventLoop) {
        // While lingering, the client's close is no failure: its input is still read, or else the kernel resets the
        // connection and drops the answer that is on its way (RFC 9112 §9.6).
        guard !event.isBroken || isLingering else { return close(on: loop) }
        if event.isReadable { isReadable = true }
        if event.hasEnded {
            isEnding = true
            if streaming?.body.endsWithClient == true { return close(on: loop) }
            stopWaiting()
        }
        advance(on: loop)
    }

    /// Reads the input, answers every complete request, and sends the answers in the fewest writes.
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
        // No event announces input that is already buffered behind a full output.
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

    /// Lets other connections have their turn before this one continues.
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
            // After the client's end was reported, the end follows the bytes.
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

    /// Takes one step with the input.
    ///
    /// - Returns: whether another step may be possible at once.
    private func step(on loop: isolated EventLoop) throws(Refusal) -> Bool {
        switch state {
        case .handshake: return advanceHandshake(on: loop)
        case .reading:
            guard !closesAfterOutput, output.count < Self.outputLimit else { return false }
            guard !loop.input.isEmpty else {
                // The client sends no more, and every request is answered.
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
                // The time to receive the body does not count.
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

    /// Acts on a deadline that has passed.
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

    /// Sends a heartbeat on a stream that is silent.
    private func beat(on loop: isolated EventLoop) {
        guard let streaming, output.isEmpty, let heartbeat = streaming.body.heartbeat,
            loop.now - lastOutput >= heartbeat.interval
        else { return }
        append(heartbeat.bytes, streaming.framing, on: loop)
        flush(on: loop)
    }

    /// Closes an idle connection once no request can be on its way any more; any connection if `cut`.
    func drain(cut: Bool, on loop: isolated EventLoop) {
        if cut { return end(on: loop) }
        if keepAlive.wait == .idle { keepAlive.enter(.draining, now: loop.now) }
    }

    /// Closes the connection; where no answer is owed, TLS ends with close_notify (RFC 8446 §6.1).
    private func end(on loop: isolated EventLoop) {
        if case .reading = state, output.isEmpty { transport.finishWriting() }
        close(on: loop)
    }
}
