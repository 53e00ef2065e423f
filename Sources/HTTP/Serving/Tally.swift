/// How many there are, in all and of each host: state without I/O. A Unix-domain socket's clients have no host, and count in
/// all only.
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
