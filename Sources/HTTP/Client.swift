/// One request whose answer is wanted whole: for health checks and tests.
package enum Client {
    package struct Answer: Sendable, Equatable {
        package var status: Int
        /// Names in lower case.
        package var fields: [String: String]
        package var body: [UInt8]
    }

    /// Why there is no answer.
    package enum Failure: Error, Equatable {
        case unreachable(String)
        case malformedAnswer
        case truncated
    }

    /// Sends a request to whoever answers at the address.
    ///
    /// - Parameter timeout: seconds that any one read or write may take.
    package static func send(
        _ method: String, _ target: String, to address: SocketAddress, fields: [(String, String)] = [],
        body: [UInt8] = [], timeout: Int = 30, isEncrypted: Bool = false
    ) throws(Failure) -> Answer {
        do {
            var exchange = try Exchange(
                method, target, to: Origin(address, isEncrypted: isEncrypted), fields: fields,
                content: Exchange.Content(body), timeout: timeout, trust: .anyone)
            let (status, fields) = (exchange.status, exchange.fields)
            return Answer(status: status, fields: fields, body: try exchange.rest())
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .malformedAnswer
        }
    }
}
