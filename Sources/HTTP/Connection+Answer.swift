import HTTPTypes

extension Connection {
    /// What of a request its answer depends on.
    struct Exchange {
        var method: HTTPRequest.Method
        var minorVersion: Int
        /// Whether the client would go on.
        var keepsAlive: Bool
        var id: String
        var route: String?
        var started: ContinuousClock.Instant
        var bytesIn: Int
        /// Whether the answer leaves a body behind that nobody will read.
        var leavesBody: Bool

        init(
            _ head: Head, id: String, route: String?, started: ContinuousClock.Instant, bytesIn: Int,
            leavesBody: Bool = false
        ) {
            (method, minorVersion, keepsAlive) = (head.method, head.minorVersion, head.keepsAlive)
            (self.id, self.route, self.started, self.bytesIn) = (id, route, started, bytesIn)
            self.leavesBody = leavesBody
        }
    }

    /// A stream that is being sent.
    struct Streaming {
        let body: BodyStream
        let framing: ResponseEncoder.Framing
        let status: HTTPResponse.Status
        let exchange: Exchange
        var sent = 0
        /// Whether a piece is being made.
        var isAsking = false
    }

    func handle(_ head: Head, body: Body, on loop: isolated EventLoop) throws(Refusal) {
        let started = ContinuousClock.now
        let id = server.requestID(head.fields)
        guard let request = Request(head, body: body, id: id, remoteAddress: remoteAddress) else {
            throw .malformed("the target is not percent-encoded properly")
        }
        keepAlive.enter(.handler, now: loop.now)
        let (reply, route) = (isOverload || server.isBusy ? server.overloaded : server.router).handle(request)
        let exchange = Exchange(head, id: id, route: route, started: started, bytesIn: body.count)
        switch reply {
        case .now(let response) where !response.isCompressible: answer(response, exchange, on: loop)
        case .now(let response): answer(later: { response }, request, exchange, on: loop)
        case .later(let work): answer(later: work, request, exchange, on: loop)
        }
    }

    /// Answers a request before its body is read where nothing that the body says could change the answer.
    ///
    /// - Returns: whether it is answered.
    func answersEarly(_ head: Head, on loop: isolated EventLoop) throws(Refusal) -> Bool {
        let started = ContinuousClock.now
        let id = server.requestID(head.fields)
        guard let request = Request(head, body: Body(), id: id, remoteAddress: remoteAddress) else {
            throw .malformed("the target is not percent-encoded properly")
        }
        guard let response = server.router.refusal(of: request) else { return false }
        keepAlive.enter(.handler, now: loop.now)
        let route = server.router.pattern(of: request)
        answer(
            response, Exchange(head, id: id, route: route, started: started, bytesIn: 0, leavesBody: true), on: loop)
        return true
    }

    private func answer(
        later work: @escaping @Sendable () async -> Response, _ request: Request, _ exchange: Exchange,
        on loop: isolated EventLoop
    ) {
        state = .handling
        server.begin()
        task = Task {
            let response = await work().compressed(for: request, by: loop.compressor)
            server.end()
            guard !self.isClosed else { return }
            self.answer(response, exchange, on: loop)
            self.advance(on: loop)
        }
        if isEnding { stopWaiting() }
    }

    /// Asks for the answer as it would be now: the client may be gone, and who waits in its place keeps its room.
    func stopWaiting() {
        if case .handling = state { task?.cancel() }
    }

    private func answer(_ response: Response, _ exchange: Exchange, on loop: isolated EventLoop) {
        let isHead = exchange.method == .head
        let hasNoBody = response.status.code == 204 || response.status.code == 304
        let framing: ResponseEncoder.Framing
        switch response.body {
        case _ where hasNoBody: framing = .none
        case .bytes(let bytes): framing = .length(bytes.count)
        case .stream: framing = exchange.minorVersion == 0 ? .close : .chunked
        }
        let hasMore = !inputEnded || !loop.input.isEmpty || !rest.isEmpty
        let persists =
            exchange.keepsAlive && hasMore && framing != .close && !isOverload && !server.isDraining
            && !exchange.leavesBody
        loop.encoder.encode(
            response, framing: framing, requestID: exchange.id, keepsAlive: persists,
            minorVersion: exchange.minorVersion, to: &output)
        if !persists { closesAfterOutput = true }
        switch response.body {
        case .stream(let stream) where !isHead && !hasNoBody:
            guard !(stream.endsWithClient && isEnding) else { return close(on: loop) }
            state = .streaming
            streaming = Streaming(body: stream, framing: framing, status: response.status, exchange: exchange)
        case .bytes(let bytes) where !isHead && !hasNoBody:
            output += bytes
            finish(response.status, exchange, bytesOut: bytes.count)
        case .bytes, .stream: finish(response.status, exchange, bytesOut: 0)
        }
    }

    private func finish(_ status: HTTPResponse.Status, _ exchange: Exchange, bytesOut: Int) {
        task = nil
        state = .reading
        guard let log = server.log else { return }
        log(
            AccessRecord(
                method: exchange.method.rawValue, route: exchange.route, status: status.code,
                duration: .now - exchange.started, bytesIn: exchange.bytesIn, bytesOut: bytesOut, id: exchange.id,
                remoteAddress: remoteAddress))
    }

    /// Asks a stream for its next piece, once the last one has gone out.
    private func ask(on loop: isolated EventLoop) {
        guard let body = streaming?.body, streaming?.isAsking == false else { return }
        streaming?.isAsking = true
        task = Task {
            do {
                let piece = try await body.next()
                self.send(piece, on: loop)
            } catch {
                // The end of the body never comes, and that is what tells the client.
                self.close(on: loop)
            }
        }
    }

    private func send(_ piece: [UInt8]?, on loop: isolated EventLoop) {
        guard !isClosed, let streaming else { return }
        guard let piece else {
            if streaming.framing == .chunked { output += ResponseEncoder.lastChunk }
            self.streaming = nil
            finish(streaming.status, streaming.exchange, bytesOut: streaming.sent)
            return advance(on: loop)
        }
        self.streaming?.isAsking = false
        self.streaming?.sent += piece.count
        append(piece, streaming.framing, on: loop)
        flush(on: loop)
    }

    func append(_ piece: [UInt8], _ framing: ResponseEncoder.Framing, on loop: isolated EventLoop) {
        lastOutput = .now
        // A chunk without bytes would be the last.
        guard !piece.isEmpty else { return }
        if framing == .chunked { ResponseEncoder.encodeChunk(piece, to: &output) } else { output += piece }
    }

    func refuse(_ refusal: Refusal, on loop: isolated EventLoop) {
        let id = server.freshID()
        let response = server.refuse(refusal, id)
        guard case .bytes(let bytes) = response.body else { return close(on: loop) }
        loop.encoder.encode(
            response, framing: .length(bytes.count), requestID: id, keepsAlive: false, minorVersion: 1, to: &output)
        output += bytes
        closesAfterOutput = true
        // What is pipelined behind a refused request is never looked at.
        loop.input.clear()
        rest = []
        state = .lingering
        server.log?(
            AccessRecord(
                method: "", route: nil, status: response.status.code, duration: .zero, bytesIn: 0,
                bytesOut: bytes.count, id: id, remoteAddress: remoteAddress))
    }

    func flush(on loop: isolated EventLoop) {
        while outputStart < output.count {
            switch transport.write(output, from: outputStart) {
            case .bytes(let count):
                outputStart += count
                keepAlive.progress(count, of: .writing, now: loop.now)
            case .wouldBlock: return keepAlive.enter(.writing, now: loop.now)
            case .ended, .failed: return close(on: loop)
            }
        }
        guard !isClosed else { return }
        output.removeAll(keepingCapacity: true)
        outputStart = 0
        keepAlive.finishWriting()
        switch state {
        case .reading where closesAfterOutput:
            // A client that is still sending gets to read its answer before a reset (RFC 9112 §9.6).
            if inputEnded { close(on: loop) } else { linger(on: loop) }
        case .reading where loop.input.isEmpty && rest.isEmpty:
            keepAlive.enter(server.isDraining ? .draining : .idle, now: loop.now)
        case .reading: keepAlive.enter(.head, now: loop.now)
        case .lingering where keepAlive.wait != .linger: linger(on: loop)
        case .body: keepAlive.enter(.body, now: loop.now)
        case .handling: keepAlive.enter(.handler, now: loop.now)
        case .streaming:
            keepAlive.enter(.handler, now: loop.now)
            ask(on: loop)
        case .handshake, .lingering, .closed: break
        }
    }

    private func linger(on loop: isolated EventLoop) {
        state = .lingering
        loop.input.clear()
        rest = []
        keepAlive.enter(.linger, now: loop.now)
        transport.finishWriting()
        if inputEnded { close(on: loop) }
    }

    func close(on loop: isolated EventLoop) {
        guard !isClosed else { return }
        state = .closed
        task?.cancel()
        task = nil
        streaming = nil
        loop.input.clear()
        rest = []
        output.removeAll(keepingCapacity: true)
        outputStart = 0
        loop.remove(self)
        server.connectionClosed(remoteAddress)
    }
}
