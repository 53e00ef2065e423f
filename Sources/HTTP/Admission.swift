/// Counts clients and decides who is let in: state without I/O.
package struct Admission: Sendable {
    package enum Verdict: Sendable, Equatable {
        case welcome
        /// Let in to ask for the probes, and to be told of the overload.
        case overload
        case turnedAway
    }

    private let limits: Limits
    package private(set) var count = 0
    private var byHost: [String: Int] = [:]

    package init(limits: Limits) { self.limits = limits }

    /// Counts a client unless it is turned away. A Unix-domain socket's clients have no host and no limit of their own.
    package mutating func admit(_ host: String) -> Verdict {
        let ofHost = byHost[host, default: 0]
        guard count < limits.connections + limits.overloadConnections,
            ofHost < limits.connectionsPerAddress + limits.overloadConnections
        else { return .turnedAway }
        count += 1
        if !host.isEmpty { byHost[host] = ofHost + 1 }
        return count <= limits.connections && ofHost < limits.connectionsPerAddress ? .welcome : .overload
    }

    package mutating func leave(_ host: String) {
        count -= 1
        guard let left = byHost[host] else { return }
        byHost[host] = left == 1 ? nil : left - 1
    }
}
