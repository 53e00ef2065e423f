/// One request and its whole answer: for health checks and tests.
package enum OneShot {
    package struct Answer: Sendable, Equatable {
        package var status: Int
        /// Names in lower case.
        package var fields: [String: String]
        package var body: [UInt8]
    }

    /// Sends a request to the server at an address, without checking its certificate.
    ///
    /// - Parameter timeout: seconds for any one read or write.
    package static func send(
        _ method: String, _ target: String, to address: SocketAddress, fields: [(String, String)] = [],
        body: [UInt8] = [], timeout: Int = 30, isEncrypted: Bool = false
    ) throws(Exchange.Failure) -> Answer {
        do {
            var exchange = try Exchange(
                method, target, to: Origin(address, isEncrypted: isEncrypted), fields: fields,
                content: Exchange.Content(body), timeout: timeout, trust: .anyone)
            let (status, fields) = (exchange.status, exchange.fields)
            return Answer(status: status, fields: fields, body: try exchange.rest())
        } catch let failure as Exchange.Failure {
            throw failure
        } catch {
            throw .malformedAnswer
        }
    }
}
