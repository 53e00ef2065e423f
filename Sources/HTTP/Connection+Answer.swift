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
        var bytesIn = 0
        /// Whether the answer leaves a body behind that nobody will read.
        var leavesBody = false

        init(_ head: Head, id: String, started: ContinuousClock.Instant) {
            (method, minorVersion, keepsAlive) = (head.method, head.minorVersion, head.keepsAlive)
            (self.id, self.started) = (id, started)
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

    /// Sees to a request whose head is read.
    func begin(_ head: Head, on loop: isolated EventLoop) {
        let started = ContinuousClock.now
        let id = server.requestID(head.fields)
        guard let request = Request(head, body: Body(), id: id, remoteAddress: remoteAddress) else {
            let exchange = Exchange(head, id: id, started: started)
            return refuse(.malformed("the target is not percent-encoded properly"), exchange, on: loop)
        }
        guard head.framing == .none else {
            return receive(head, request, Exchange(head, id: id, started: started), on: loop)
        }
        handle(request, Exchange(head, id: id, started: started), on: loop)
    }

    /// Begins to read a body, or answers at once where nothing that it says could change the answer.
    private func receive(
        _ head: Head, _ request: Request, _ exchange: consuming Exchange, on loop: isolated EventLoop
    ) {
        exchange.route = server.router.pattern(of: request)
        if let response = refusal(of: request, isBodyHeldBack: head.expectsContinue) {
            exchange.leavesBody = true
            keepAlive.enter(.handler, now: loop.now)
            return answer(response, exchange, on: loop)
        }
        if head.expectsContinue, loop.input.isEmpty { output += ResponseEncoder.goOn }
        state = .body(request, exchange, BodyReader(head, limits: server.limits, room: server.bodyRoom))
        keepAlive.enter(.body, now: loop.now)
    }

    /// The answer that no body could change. A client that waits to be asked for its body gets any such at once, lest it be
    /// asked for what nobody will read (RFC 9110 §10.1.1); what others send is read, and their connections go on.
    private func refusal(of request: Request, isBodyHeldBack: Bool) -> Response? {
        guard isBodyHeldBack else { return server.router.refusal(of: request) }
        let router = isOverload || server.isBusy ? server.overloaded : server.router
        return router.refusal(of: request) ?? router.fallback(of: request)
    }

    /// Answers a request that is complete.
    func handle(_ request: Request, _ exchange: consuming Exchange, on loop: isolated EventLoop) {
        keepAlive.enter(.handler, now: loop.now)
        let (reply, route) = (isOverload || server.isBusy ? server.overloaded : server.router).handle(request)
        exchange.route = route
        switch consume reply {
        case .now(let response):
            guard response.isNegotiable else { return answer(response, exchange, on: loop) }
            answer(later: { response }, request, exchange, on: loop)
        case .later(let work): answer(later: work, request, exchange, on: loop)
        }
    }

    /// What is known of the request that is being read.
    var exchange: Exchange? {
        if case .body(_, let exchange, _) = state { return exchange }
        guard let head = parser.refusedHead else { return nil }
        let id = server.requestID(head.fields)
        var exchange = Exchange(head, id: id, started: .now)
        exchange.route = Request(head, body: Body(), id: id, remoteAddress: remoteAddress)
            .flatMap(server.router.pattern)
        return exchange
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
            // The client did not wait for the answer, which was made all the same.
            guard !self.isClosed else { return self.record(response.status, exchange, bytesOut: 0) }
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
            && !exchange.leavesBody && !response.closesConnection
        loop.encoder.encode(
            response, framing: framing, requestID: exchange.id, keepsAlive: persists,
            minorVersion: exchange.minorVersion, to: &output)
        if !persists { closesAfterOutput = true }
        switch response.body {
        case .stream(let stream) where !isHead && !hasNoBody:
            state = .streaming
            streaming = Streaming(body: stream, framing: framing, status: response.status, exchange: exchange)
            if stream.endsWithClient, isEnding { close(on: loop) }
        case .bytes(let bytes) where !isHead && !hasNoBody:
            output += bytes
            finish(response.status, exchange, bytesOut: bytes.count)
        case .bytes, .stream: finish(response.status, exchange, bytesOut: 0)
        }
    }

    private func finish(_ status: HTTPResponse.Status, _ exchange: Exchange, bytesOut: Int) {
        task = nil
        state = .reading
        record(status, exchange, bytesOut: bytesOut)
    }

    private func record(_ status: HTTPResponse.Status, _ exchange: Exchange, bytesOut: Int) {
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

    /// Answers a request that the server refuses by itself.
    ///
    /// - Parameter exchange: `nil` where nothing is known of the request.
    func refuse(_ refusal: Refusal, _ exchange: Exchange?, on loop: isolated EventLoop) {
        let id = exchange?.id ?? server.freshID()
        let response = server.refuse(refusal, id)
        guard case .bytes(let body) = response.body else { return close(on: loop) }
        loop.encoder.encode(
            response, framing: .length(body.count), requestID: id, keepsAlive: false, minorVersion: 1, to: &output)
        // RFC 9110 §9.3.2: whatever the answer to HEAD, it ends with its head.
        let bytes = exchange?.method == .head ? [] : body
        output += bytes
        closesAfterOutput = true
        // What is pipelined behind a refused request is never looked at.
        loop.input.clear()
        rest = []
        state = .lingering
        if let exchange { return record(response.status, exchange, bytesOut: bytes.count) }
        server.log?(AccessRecord(refusal: response.status, bytesOut: bytes.count, id: id, remoteAddress: remoteAddress))
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
            linger(on: loop)
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

    /// Says that nothing more comes, and closes once the client has said so, too.
    private func linger(on loop: isolated EventLoop) {
        state = .lingering
        loop.input.clear()
        rest = []
        keepAlive.enter(.linger, now: loop.now)
        transport.finishWriting()
        if inputEnded { close(on: loop) } else if isReadable { yield(on: loop) }
    }

    func close(on loop: isolated EventLoop) {
        guard !isClosed else { return }
        state = .closed
        task?.cancel()
        task = nil
        if let streaming { record(streaming.status, streaming.exchange, bytesOut: streaming.sent) }
        streaming = nil
        loop.input.clear()
        rest = []
        output.removeAll(keepingCapacity: true)
        outputStart = 0
        loop.remove(self)
        server.connectionClosed(remoteAddress)
    }
}
