import Dispatch
import HTTPTypes

/// One client: read, parse, handle, write, and again.
actor Connection {
    private enum State {
        case reading
        /// The head is read, its body is not.
        case body(Head, BodyDecoder)
        case handling
        case streaming
        /// Nothing more will be answered; what the client still sends is thrown away.
        case lingering
        case closed
    }

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.unownedExecutor }

    private let socket: Socket
    private let server: Server
    private let remoteAddress: String
    private var state = State.reading
    private var keepAlive: KeepAlive
    private var parser: RequestParser

    /// What was read and not yet used, from `inputStart`.
    private var input: [UInt8] = []
    private var inputStart = 0
    private var inputEnded = false
    private var output: [UInt8] = []
    private var outputStart = 0

    private var readSource: (any DispatchSourceRead)?
    private var readIsSuspended = false
    private var writeSource: (any DispatchSourceWrite)?
    private var closesAfterOutput = false
    private var task: Task<Void, Never>?
    /// Resumed when the output has gone out, or the connection is closed.
    private var flushed: CheckedContinuation<Void, Never>?

    init(_ socket: consuming Socket, remoteAddress: String, loop: EventLoop, server: Server) {
        self.socket = socket
        self.remoteAddress = remoteAddress
        self.loop = loop
        self.server = server
        keepAlive = KeepAlive(limits: server.limits, now: .now)
        parser = RequestParser(limits: server.limits)
    }

    func start() {
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: loop.executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.readable() } }
        // The descriptor stays open until Dispatch has let go of it.
        source.setCancelHandler { withExtendedLifetime(self) {} }
        readSource = source
        source.resume()
        readable()
    }

    private func readable() {
        while !inputEnded, !isClosed, !readIsSuspended {
            if case .lingering = state { input = [] }
            if inputStart == input.count {
                input = []
                inputStart = 0
            }
            // A body is read in larger pieces than a head, which is all that most requests are.
            let room = if case .body = state { 64 * 1024 } else { 8 * 1024 }
            let outcome = socket.read(appendingTo: &input, atMost: room)
            switch outcome {
            case .bytes(let count):
                process()
                // A short read has emptied the socket.
                if count < room { return }
            case .wouldBlock: return
            case .ended:
                inputEnded = true
                suspendReading()
                process()
            case .failed: close()
            }
        }
    }

    /// Answers every request that is complete, in order, and sends the answers in as few writes as can be.
    private func process() {
        while true {
            do throws(Refusal) {
                guard try step() else { break }
            } catch {
                refuse(error)
                break
            }
        }
        if inputStart > 0, inputStart < input.count, case .reading = state {
            input.removeSubrange(..<inputStart)
            inputStart = 0
        }
        flush()
        if isBusy, input.count - inputStart > server.limits.pipelinedBytes { suspendReading() }
        if inputEnded, case .reading = state {
            // The client has said all; what it is still owed has been handed over.
            closesAfterOutput = true
            flush()
        }
    }

    private var isBusy: Bool {
        switch state {
        case .handling, .streaming: true
        default: false
        }
    }

    /// Takes one step with what has been read.
    ///
    /// - Returns: whether another one may be possible at once.
    private func step() throws(Refusal) -> Bool {
        switch state {
        case .reading:
            guard inputStart < input.count, !closesAfterOutput else {
                if !closesAfterOutput, output.isEmpty { keepAlive.enter(.idle, now: .now) }
                return false
            }
            // Pipelined answers go out before they pile up.
            guard output.count < 1 << 18 else { return false }
            keepAlive.enter(.head, now: .now)
            if inputStart > 0, !parser.isFresh {
                input.removeSubrange(..<inputStart)
                inputStart = 0
            }
            guard let (head, end) = try parser.parse(input.span.extracting(inputStart..<input.count)) else {
                if inputEnded { closesAfterOutput = true }
                return false
            }
            parser.reset()
            inputStart += end
            let decoder = BodyDecoder(head.framing, limits: server.limits)
            if decoder.isComplete {
                handle(head, body: [])
            } else {
                if head.expectsContinue, inputStart == input.count { output += ResponseEncoder.goOn }
                state = .body(head, decoder)
                keepAlive.enter(.body, now: .now)
            }
            return true
        case .body(let head, var decoder):
            // The decoder is taken out, so that its body is not copied.
            state = .handling
            let used: Int
            do throws(Refusal) { used = try decoder.decode(input[inputStart...]) } catch {
                state = .reading
                throw error
            }
            inputStart += used
            guard decoder.isComplete else {
                state = .body(head, decoder)
                if used > 0 { keepAlive.enter(.body, now: .now) }
                if inputEnded { close() }
                return false
            }
            handle(head, body: decoder.body)
            return true
        case .handling, .streaming, .lingering, .closed: return false
        }
    }

    private func handle(_ head: Head, body: [UInt8]) {
        let id = server.requestID(head.fields)
        let started = ContinuousClock.now
        guard let segments = percentDecodedSegments(head.path), let query = decodedQuery(head.query) else {
            return refuse(.malformed("the target is not percent-encoded properly"))
        }
        let request = Request(
            method: head.method, rawPath: head.path, segments: segments, query: query, fields: head.fields,
            body: body, id: id, remoteAddress: remoteAddress)
        let exchange = Exchange(head: head, id: id, started: started, bytesIn: body.count)
        keepAlive.enter(.handler, now: started)
        switch server.handler(request) {
        case .now(let response): answer(response, exchange)
        case .later(let work):
            state = .handling
            task = Task {
                let response = await work()
                self.answer(response, exchange)
                self.process()
            }
        }
    }

    /// What of a request its answer depends on.
    private struct Exchange: Sendable {
        var head: Head
        var id: String
        var started: ContinuousClock.Instant
        var bytesIn: Int
    }

    private func answer(_ response: Response, _ exchange: Exchange) {
        guard !isClosed else { return }
        let keepsAlive = exchange.head.keepsAlive && !server.isDraining && !inputEnded
        let isHead = exchange.head.method == .head
        let hasNoBody = response.status.code == 204 || response.status.code == 304
        let framing: ResponseEncoder.Framing
        switch response.body {
        case .bytes(let bytes): framing = hasNoBody ? .none : .length(bytes.count)
        case .stream: framing = exchange.head.minorVersion == 0 ? .close : .chunked
        }
        let persists = keepsAlive && framing != .close
        output += loop.assumeIsolated {
            $0.head(
                of: response, framing: framing, requestID: exchange.id, keepsAlive: persists,
                minorVersion: exchange.head.minorVersion)
        }
        if !persists { closesAfterOutput = true }
        switch response.body {
        case .bytes(let bytes):
            if !isHead, !hasNoBody { output += bytes }
            finish(response.status, exchange, bytesOut: bytes.count)
        case .stream(let stream):
            guard !isHead else { return finish(response.status, exchange, bytesOut: 0) }
            state = .streaming
            task = Task { await self.pump(stream, framing, response.status, exchange) }
        }
    }

    private func finish(_ status: HTTPResponse.Status, _ exchange: Exchange, bytesOut: Int) {
        task = nil
        state = .reading
        server.log?(
            AccessRecord(
                method: exchange.head.method.rawValue, path: exchange.head.path, status: status.code,
                duration: .now - exchange.started, bytesIn: exchange.bytesIn, bytesOut: bytesOut, id: exchange.id,
                remoteAddress: remoteAddress))
    }

    /// Sends a stream, a piece at a time, each when the last has gone out.
    private func pump(
        _ stream: BodyStream, _ framing: ResponseEncoder.Framing, _ status: HTTPResponse.Status, _ exchange: Exchange
    ) async {
        var sent = 0
        do {
            while let piece = try await stream.next() {
                guard !isClosed else { return }
                guard !piece.isEmpty else { continue }
                sent += piece.count
                if framing == .chunked { ResponseEncoder.encodeChunk(piece, to: &output) } else { output += piece }
                await drainOutput()
                guard !isClosed else { return }
            }
        } catch {
            // The end of the body never comes, and that is what tells the client.
            return close()
        }
        if framing == .chunked { output += ResponseEncoder.lastChunk }
        finish(status, exchange, bytesOut: sent)
        process()
    }

    private func drainOutput() async {
        flush()
        guard !isClosed, outputStart < output.count else { return }
        await withCheckedContinuation { flushed = $0 }
    }

    private func refuse(_ refusal: Refusal) {
        let response = server.refuse(refusal, server.freshID())
        guard case .bytes(let bytes) = response.body else { return close() }
        output += loop.assumeIsolated {
            $0.head(
                of: response, framing: .length(bytes.count), requestID: "", keepsAlive: false, minorVersion: 1)
        }
        output += bytes
        closesAfterOutput = true
        state = .lingering
        flush()
    }

    private func flush() {
        while outputStart < output.count, !isClosed {
            switch socket.write(output, from: outputStart) {
            case .bytes(let count):
                outputStart += count
                if keepAlive.wait == .writing { keepAlive.enter(.writing, now: .now) }
            case .wouldBlock:
                keepAlive.enter(.writing, now: .now)
                return awaitWritable()
            case .ended, .failed: return close()
            }
        }
        guard !isClosed else { return }
        output.removeAll(keepingCapacity: output.capacity <= 64 * 1024)
        outputStart = 0
        flushed?.resume()
        flushed = nil
        if case .reading = state {
            // What was promised before the server began to shut down ends with the answer.
            if closesAfterOutput || server.isDraining && inputStart == input.count {
                // A client that is still sending gets to read its answer before a reset (RFC 9112 §9.6).
                if inputEnded { close() } else { linger() }
            } else {
                resumeReading()
                keepAlive.enter(inputStart < input.count ? .head : .idle, now: .now)
            }
        } else if case .lingering = state, keepAlive.wait != .linger {
            linger()
        }
    }

    private func linger() {
        state = .lingering
        input = []
        inputStart = 0
        keepAlive.enter(.linger, now: .now)
        socket.shutdownWriting()
        resumeReading()
        if inputEnded { close() }
    }

    private func awaitWritable() {
        guard writeSource == nil else { return }
        let source = DispatchSource.makeWriteSource(fileDescriptor: socket.descriptor, queue: loop.executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.writable() } }
        source.setCancelHandler { withExtendedLifetime(self) {} }
        writeSource = source
        source.resume()
    }

    private func writable() {
        writeSource?.cancel()
        writeSource = nil
        flush()
        if case .reading = state { process() }
    }

    private func suspendReading() {
        guard !readIsSuspended, let readSource else { return }
        readIsSuspended = true
        readSource.suspend()
    }

    private func resumeReading() {
        guard readIsSuspended, !inputEnded, let readSource else { return }
        readIsSuspended = false
        readSource.resume()
    }

    private var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Looks at the deadlines.
    func check(_ now: ContinuousClock.Instant) {
        switch keepAlive.verdict(now: now) {
        case .wait: break
        case .close: close()
        case .refuse: refuse(.timeout)
        }
    }

    func drain(cut: Bool) {
        guard !cut else { return close() }
        if case .reading = state, inputStart == input.count, output.isEmpty { close() }
    }

    private func close() {
        guard !isClosed else { return }
        state = .closed
        task?.cancel()
        task = nil
        input = []
        output = []
        outputStart = 0
        flushed?.resume()
        flushed = nil
        if readIsSuspended { readSource?.resume() }
        readSource?.cancel()
        readSource = nil
        writeSource?.cancel()
        writeSource = nil
        loop.assumeIsolated { $0.remove(self) }
        server.connectionClosed()
    }
}
