/// A count, in total and for each host: state without I/O. Clients of a Unix-domain socket have no host, and count in
/// the total alone.
struct Tally: Sendable {
    private(set) var count = 0
    private var byHost: [String: Int] = [:]

    subscript(host: String) -> Int { byHost[host, default: 0] }

    mutating func add(_ host: String) {
        count += 1
        if !host.isEmpty { byHost[host, default: 0] += 1 }
    }

    mutating func remove(_ host: String) {
        count -= 1
        guard let left = byHost[host] else { return }
        byHost[host] = left == 1 ? nil : left - 1
    }
}
