// With TLSContext, the only files of this target that call OpenSSL.
import COpenSSL

/// TLS on one connection. Not `Sendable`: it belongs to the socket's owner.
@safe final class TLSSession {
    let session: OpaquePointer
    /// Whether the last read may have left bytes, in OpenSSL or in the socket.
    private(set) var mayHaveMore = true

    /// Bytes that OpenSSL reads ahead; a shorter read has emptied the socket.
    private static let readAhead: UInt64 = 16_384

    @unsafe init?(_ context: OpaquePointer, _ descriptor: Int32) {
        guard let session = unsafe SSL_new(context) else { return nil }
        unsafe self.session = session
        guard unsafe SSL_set_fd(session, descriptor) == 1 else { return nil }
    }

    deinit { unsafe SSL_free(session) }

    func handshake() -> Socket.Outcome {
        ERR_clear_error()
        return outcome(unsafe SSL_do_handshake(session))
    }

    /// Why the server's certificate is not trusted; `nil` where it is.
    var distrust: String? {
        let result = unsafe SSL_get_verify_result(session)
        guard result != X509_V_OK else { return nil }
        return unsafe String(cString: X509_verify_cert_error_string(result))
    }

    func read(into buffer: inout [UInt8], from start: Int) -> Socket.Outcome {
        ERR_clear_error()
        // A partial record leaves less room to read ahead.
        let hasPart = unsafe SSL_has_pending(session) == 1
        let before = unsafe BIO_number_read(SSL_get_rbio(session))
        let result = unsafe buffer.withUnsafeMutableBytes {
            unsafe SSL_read(session, $0.baseAddress?.advanced(by: start), Int32($0.count - start))
        }
        let received = unsafe BIO_number_read(SSL_get_rbio(session)) - before
        mayHaveMore = unsafe hasPart || SSL_has_pending(session) == 1 || received >= Self.readAhead
        return outcome(result)
    }

    func write(_ bytes: [UInt8], from start: Int) -> Socket.Outcome {
        ERR_clear_error()
        return outcome(
            unsafe bytes.withUnsafeBytes {
                unsafe SSL_write(session, $0.baseAddress?.advanced(by: start), Int32(min($0.count - start, 1 << 30)))
            })
    }

    /// Sends close_notify.
    func finish() {
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
    }

    private func outcome(_ result: Int32) -> Socket.Outcome {
        guard result <= 0 else { return .bytes(Int(result)) }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: return .failed(0)
        }
    }
}
