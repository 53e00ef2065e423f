/// A client that was accepted and belongs to nobody yet.
struct Arrival: Sendable {
    var descriptor: Int32
    /// Its numeric address; empty for a Unix-domain socket.
    var host: String
}
