/// Counts clients and admits them or turns them away: state without I/O.
package struct Admission: Sendable {
    package enum Verdict: Sendable, Equatable {
        case welcome
        /// Admitted to reach the probes, and to be told of the overload.
        case overload
        case turnedAway
    }

    private let limits: Limits
    private var clients = Tally()
    package var count: Int { clients.count }

    package init(limits: Limits) { self.limits = limits }

    /// Counts a client unless it is turned away.
    package mutating func admit(_ host: String) -> Verdict {
        let ofHost = clients[host]
        guard count < limits.connections + limits.overloadConnections,
            ofHost < limits.connectionsPerAddress + limits.overloadConnections
        else { return .turnedAway }
        clients.add(host)
        return count <= limits.connections && ofHost < limits.connectionsPerAddress ? .welcome : .overload
    }

    package mutating func leave(_ host: String) { clients.remove(host) }
}
