/// An accepted client without a connection yet.
struct Arrival: Sendable {
    var descriptor: Int32
    /// Its numeric address; empty for a Unix-domain socket.
    var host: String
}
