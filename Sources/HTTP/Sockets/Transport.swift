/// A connection's socket, with or without TLS.
struct Transport: ~Copyable {
    let socket: Socket
    private let session: TLSSession?

    init(_ socket: consuming Socket, tls context: TLSContext?) {
        session = context?.session(on: socket.descriptor)
        self.socket = socket
    }

    /// The client's end, over TLS that trusts any certificate.
    init(client socket: consuming Socket) throws(TLSError) {
        session = try TLSContext(unverifiedClient: ()).clientSession(on: socket.descriptor)
        self.socket = socket
    }

    /// The client's end, over TLS that trusts a certificate of this host alone.
    init(client socket: consuming Socket, of host: String) throws(TLSError) {
        let session = try TLSContext(verifyingClient: ()).clientSession(on: socket.descriptor, host: host)
        guard let session, case .bytes = session.handshake() else {
            throw TLSError(description: session?.distrust ?? "the TLS handshake failed")
        }
        self.session = session
        self.socket = socket
    }

    var isEncrypted: Bool { session != nil }

    /// Continues the handshake; `.bytes` when it is done.
    func handshake() -> Socket.Outcome { session?.handshake() ?? .bytes(0) }

    /// Reads into the buffer's places from `start` on.
    ///
    /// - Returns: the outcome, and whether the socket may have more.
    func read(into buffer: inout [UInt8], from start: Int) -> (outcome: Socket.Outcome, mayHaveMore: Bool) {
        if let session { return (session.read(into: &buffer, from: start), session.mayHaveMore) }
        let outcome = socket.read(into: &buffer, from: start)
        // A short read has emptied the socket.
        if case .bytes(let count) = outcome { return (outcome, count == buffer.count - start) }
        return (outcome, false)
    }

    /// Writes the bytes that there is room for.
    func write(_ bytes: [UInt8], from start: Int) -> Socket.Outcome {
        session?.write(bytes, from: start) ?? socket.write(bytes, from: start)
    }

    /// Ends the output: close_notify over TLS, then the socket's.
    func finishWriting() {
        session?.finish()
        socket.shutdownWriting()
    }
}
