// With TLSSession, the only files of this target that call OpenSSL.
import COpenSSL

/// A certificate, its key, and the settings of TLS: versions 1.2 and 1.3, HTTP/1.1 alone.
///
/// One context serves many sessions; a reload makes a new context for later ones.
@safe package final class TLSContext: Sendable {
    // OpenSSL counts references with atomics, and a context never changes once it is made.
    nonisolated(unsafe) private let context: OpaquePointer

    /// - Parameters:
    ///   - certificate: a PEM file: the server's certificate, then its chain up to a root.
    ///   - privateKey: a PEM file.
    ///   - clientAuthorities: a PEM file of roots; clients must then show a certificate signed by one of them.
    package init(certificate: String, privateKey: String, clientAuthorities: String? = nil) throws(TLSError) {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw TLSError(description: "OpenSSL cannot be set up")
        }
        unsafe self.context = context
        unsafe gand_ssl_configure(context)
        // TLS 1.2 with forward secrecy and authenticated encryption only, as RFC 9325 section 4.2 recommends.
        let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
        guard unsafe SSL_CTX_set_cipher_list(context, ciphers) == 1 else { throw Self.failure("no cipher is left") }
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else {
            throw Self.failure("the certificate \(certificate) cannot be used")
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(context, privateKey, SSL_FILETYPE_PEM) == 1 else {
            throw Self.failure("the private key \(privateKey) cannot be used")
        }
        guard unsafe SSL_CTX_check_private_key(context) == 1 else {
            throw Self.failure("the private key \(privateKey) does not belong to the certificate \(certificate)")
        }
        if let clientAuthorities {
            guard unsafe SSL_CTX_load_verify_file(context, clientAuthorities) == 1 else {
                throw Self.failure("the client authorities \(clientAuthorities) cannot be used")
            }
            unsafe SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(clientAuthorities))
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        let name = Array("gand".utf8)
        unsafe SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
        unsafe SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
    }

    /// For a health check of this machine's own server: the certificate is not checked.
    init(unverifiedClient: Void) throws(TLSError) {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSError(description: "OpenSSL cannot be set up")
        }
        unsafe self.context = context
    }

    /// For a client that trusts the system's roots, or those in the file SSL_CERT_FILE.
    init(verifyingClient: Void) throws(TLSError) {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSError(description: "OpenSSL cannot be set up")
        }
        unsafe self.context = context
        unsafe gand_ssl_configure(context)
        guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else {
            throw Self.failure("the system's authorities cannot be read")
        }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// The server's end of a connection.
    func session(on descriptor: Int32) -> TLSSession? {
        guard let session = unsafe TLSSession(context, descriptor) else { return nil }
        unsafe SSL_set_accept_state(session.session)
        return session
    }

    /// The client's end of a connection that blocks.
    ///
    /// - Parameter host: the name or numeric address that the certificate must be for.
    func clientSession(on descriptor: Int32, host: String? = nil) -> TLSSession? {
        guard let session = unsafe TLSSession(context, descriptor) else { return nil }
        unsafe SSL_set_connect_state(session.session)
        if let host {
            let parameters = unsafe SSL_get0_param(session.session)
            if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 {
                guard unsafe SSL_set1_host(session.session, host) == 1,
                    unsafe gand_ssl_set_server_name(session.session, host) == 1
                else { return nil }
            }
        }
        return session
    }

    /// An error: the given meaning, then OpenSSL's reason.
    private static func failure(_ meaning: String) -> TLSError {
        var reason = ""
        while case let code = ERR_get_error(), code != 0 {
            if reason.isEmpty, let text = unsafe ERR_reason_error_string(code) { reason = unsafe String(cString: text) }
        }
        return TLSError(description: reason.isEmpty ? meaning : "\(meaning): \(reason)")
    }
}

/// RFC 7301: the only protocol is HTTP/1.1; a client that offers only others is turned away.
private func selectProtocol(
    _: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenLength: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    let offers = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredLength))
    var index = 0
    while index < offers.count {
        let length = unsafe Int(offers[index])
        guard index + 1 + length <= offers.count else { break }
        if unsafe offers[(index + 1)..<(index + 1 + length)].elementsEqual("http/1.1".utf8) {
            unsafe chosen?.pointee = offers.baseAddress?.advanced(by: index + 1)
            unsafe chosenLength?.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
        }
        index += 1 + length
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
