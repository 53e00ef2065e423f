import HTTPTypes

extension Connection {
    /// A request that is being answered: all that its answer and its log line need.
    struct Answering {
        var method: HTTPRequest.Method
        var minorVersion: Int
        /// Whether the client wants to keep the connection.
        var keepsAlive: Bool
        var id: String
        var route: String?
        var started: ContinuousClock.Instant
        var bytesIn = 0
        /// Whether the answer leaves the request's body unread.
        var leavesBody = false

        init(_ head: Head, id: String, started: ContinuousClock.Instant) {
            (method, minorVersion, keepsAlive) = (head.method, head.minorVersion, head.keepsAlive)
            (self.id, self.started) = (id, started)
        }
    }

    /// A streamed answer that is being sent.
    struct Streaming {
        let body: BodyStream
        let framing: ResponseEncoder.Framing
        let status: HTTPResponse.Status
        let answering: Answering
        var sent = 0
        /// Whether the next piece is being made.
        var isAsking = false
    }

    /// Begins a request whose head is read.
    func begin(_ head: Head, on loop: isolated EventLoop) {
        let started = ContinuousClock.now
        let id = context.ids.id(of: head.fields)
        guard let request = Request(head, body: Body(), id: id, remoteAddress: remoteAddress) else {
            let answering = Answering(head, id: id, started: started)
            return refuse(.malformed("the target is not percent-encoded properly"), answering, on: loop)
        }
        guard head.framing == .none else {
            return receive(head, request, Answering(head, id: id, started: started), on: loop)
        }
        handle(request, Answering(head, id: id, started: started), on: loop)
    }

    /// Begins to read a body, or answers at once where no body could change the answer.
    private func receive(
        _ head: Head, _ request: Request, _ answering: consuming Answering, on loop: isolated EventLoop
    ) {
        answering.route = context.router.pattern(of: request)
        if let response = refusal(of: request, isBodyHeldBack: head.expectsContinue) {
            answering.leavesBody = true
            keepAlive.enter(.handler, now: loop.now)
            return answer(response, answering, on: loop)
        }
        if head.expectsContinue, loop.input.isEmpty { output += ResponseEncoder.goOn }
        state = .body(request, answering, BodyReader(head, limits: context.limits, room: context.bodyRoom))
        keepAlive.enter(.body, now: loop.now)
    }

    /// The answer that no body could change. A client that waits for 100 Continue gets any such answer at once, instead
    /// of a request for a body that is not read (RFC 9110 §10.1.1); other clients' bodies are read, and their
    /// connections are kept.
    private func refusal(of request: Request, isBodyHeldBack: Bool) -> Response? {
        guard isBodyHeldBack else { return context.router.refusal(of: request) }
        let router = isOverload || context.isBusy ? context.overloaded : context.router
        return router.refusal(of: request) ?? router.fallback(of: request)
    }

    /// Answers a complete request.
    func handle(_ request: Request, _ answering: consuming Answering, on loop: isolated EventLoop) {
        keepAlive.enter(.handler, now: loop.now)
        let (reply, route) = (isOverload || context.isBusy ? context.overloaded : context.router).handle(request)
        answering.route = route
        switch consume reply {
        case .now(let response):
            guard response.isNegotiable else { return answer(response, answering, on: loop) }
            answer(later: { response }, request, answering, on: loop)
        case .later(let work): answer(later: work, request, answering, on: loop)
        }
    }

    /// The request that is being read or was refused, where its head is known.
    var answering: Answering? {
        if case .body(_, let answering, _) = state { return answering }
        guard let head = parser.refusedHead else { return nil }
        let id = context.ids.id(of: head.fields)
        var answering = Answering(head, id: id, started: .now)
        answering.route = Request(head, body: Body(), id: id, remoteAddress: remoteAddress)
            .flatMap(context.router.pattern)
        return answering
    }

    private func answer(
        later work: @escaping @Sendable () async -> Response, _ request: Request, _ answering: Answering,
        on loop: isolated EventLoop
    ) {
        state = .handling
        context.begin()
        task = Task {
            let response = await work().compressed(for: request, by: loop.compressor)
            context.end()
            // The client left before the answer was made.
            guard !self.isClosed else { return self.record(response.status, answering, bytesOut: 0) }
            self.answer(response, answering, on: loop)
            self.advance(on: loop)
        }
        if isEnding { stopWaiting() }
    }

    /// Cancels the handler's wait, so that it answers now: the client may be gone, and its place in the waiting room is
    /// needed.
    func stopWaiting() {
        if case .handling = state { task?.cancel() }
    }

    private func answer(_ response: Response, _ answering: Answering, on loop: isolated EventLoop) {
        let isHead = answering.method == .head
        let hasNoBody = response.status.code == 204 || response.status.code == 304
        let framing: ResponseEncoder.Framing
        switch response.body {
        case _ where hasNoBody: framing = .none
        case .bytes(let bytes): framing = .length(bytes.count)
        case .stream: framing = answering.minorVersion == 0 ? .close : .chunked
        }
        let hasMore = !inputEnded || !loop.input.isEmpty || !rest.isEmpty
        let persists =
            answering.keepsAlive && hasMore && framing != .close && !isOverload && !context.isDraining
            && !answering.leavesBody && !response.closesConnection
        loop.encoder.encode(
            response, framing: framing, requestID: answering.id, keepsAlive: persists,
            minorVersion: answering.minorVersion, to: &output)
        if !persists { closesAfterOutput = true }
        switch response.body {
        case .stream(let stream) where !isHead && !hasNoBody:
            state = .streaming
            streaming = Streaming(body: stream, framing: framing, status: response.status, answering: answering)
            if stream.endsWithClient, isEnding { close(on: loop) }
        case .bytes(let bytes) where !isHead && !hasNoBody:
            output += bytes
            finish(response.status, answering, bytesOut: bytes.count)
        case .bytes, .stream: finish(response.status, answering, bytesOut: 0)
        }
    }

    private func finish(_ status: HTTPResponse.Status, _ answering: Answering, bytesOut: Int) {
        task = nil
        state = .reading
        record(status, answering, bytesOut: bytesOut)
    }

    private func record(_ status: HTTPResponse.Status, _ answering: Answering, bytesOut: Int) {
        guard let log = context.log else { return }
        log(
            AccessRecord(
                method: answering.method.rawValue, route: answering.route, status: status.code,
                duration: .now - answering.started, bytesIn: answering.bytesIn, bytesOut: bytesOut, id: answering.id,
                remoteAddress: remoteAddress))
    }

    /// Asks a stream for its next piece, once the last one is sent.
    private func ask(on loop: isolated EventLoop) {
        guard let body = streaming?.body, streaming?.isAsking == false else { return }
        streaming?.isAsking = true
        task = Task {
            do {
                let piece = try await body.next()
                self.send(piece, on: loop)
            } catch {
                // Closing before the end of the body tells the client that it is cut short.
                self.close(on: loop)
            }
        }
    }

    private func send(_ piece: [UInt8]?, on loop: isolated EventLoop) {
        guard !isClosed, let streaming else { return }
        guard let piece else {
            if streaming.framing == .chunked { output += ResponseEncoder.lastChunk }
            self.streaming = nil
            finish(streaming.status, streaming.answering, bytesOut: streaming.sent)
            return advance(on: loop)
        }
        self.streaming?.isAsking = false
        self.streaming?.sent += piece.count
        append(piece, streaming.framing, on: loop)
        flush(on: loop)
    }

    func append(_ piece: [UInt8], _ framing: ResponseEncoder.Framing, on loop: isolated EventLoop) {
        lastOutput = .now
        // An empty chunk would end the body.
        guard !piece.isEmpty else { return }
        if framing == .chunked { ResponseEncoder.encodeChunk(piece, to: &output) } else { output += piece }
    }

    /// Answers a request that the server itself refuses.
    ///
    /// - Parameter answering: `nil` where the request could not be read.
    func refuse(_ refusal: Refusal, _ answering: Answering?, on loop: isolated EventLoop) {
        let id = answering?.id ?? context.ids.fresh()
        let response = context.refuse(refusal, id)
        guard case .bytes(let body) = response.body else { return close(on: loop) }
        loop.encoder.encode(
            response, framing: .length(body.count), requestID: id, keepsAlive: false, minorVersion: 1, to: &output)
        // RFC 9110 §9.3.2: every answer to HEAD ends with its head.
        let bytes = answering?.method == .head ? [] : body
        output += bytes
        closesAfterOutput = true
        // Requests pipelined behind a refused one are discarded.
        loop.input.clear()
        rest = []
        state = .lingering
        if let answering { return record(response.status, answering, bytesOut: bytes.count) }
        context.log?(
            AccessRecord(refusal: response.status, bytesOut: bytes.count, id: id, remoteAddress: remoteAddress))
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
            // A client that is still sending can read its answer before a reset (RFC 9112 §9.6).
            linger(on: loop)
        case .reading where loop.input.isEmpty && rest.isEmpty:
            keepAlive.enter(context.isDraining ? .draining : .idle, now: loop.now)
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

    /// Shuts down writing, and closes once the client has closed, too.
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
        if let streaming { record(streaming.status, streaming.answering, bytesOut: streaming.sent) }
        streaming = nil
        loop.input.clear()
        rest = []
        output.removeAll(keepingCapacity: true)
        outputStart = 0
        loop.remove(self)
        context.clients.leave(remoteAddress)
    }
}
