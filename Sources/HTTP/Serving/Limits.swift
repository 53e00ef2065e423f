/// Every limit that the server keeps, with its default.
package struct Limits: Sendable {
    /// Bytes of a request's head, request line and fields together.
    package var headBytes = 16 * 1024
    package var fieldCount = 100
    package var targetBytes = 8 * 1024
    /// Bytes of a body, and of what a compressed one expands to.
    package var bodyBytes = 256 * 1024 * 1024
    /// Bytes of a body that are kept in memory; a longer one goes to a file in `spoolFolder`.
    package var bodyBytesInMemory = 8 * 1024 * 1024
    package var spoolFolder = "/tmp"
    /// Bytes of all bodies in memory, beyond which short ones go to files, too; and of those in files together.
    package var bodyBytesInMemoryTogether = 128 * 1024 * 1024
    package var spooledBytes = 2 * 1024 * 1024 * 1024
    /// Bytes that bodies leave free on the disk.
    package var freeDiskBytes = 0
    /// Bytes that a compressed body may expand to, and how many times its length it may where that is more.
    package var expandedBytes = 16 * 1024 * 1024
    package var expansion = 100
    /// Bytes of the fields behind a chunked body, of one line that announces a chunk, and of all chunk extensions.
    package var trailerBytes = 8 * 1024
    package var chunkLineBytes = 256
    package var chunkExtensionBytes = 8 * 1024
    package var connections = 16_384
    package var connectionsPerAddress = 1024
    /// Connections beyond `connections` that are let in to hear of the overload, or to ask for the probes.
    package var overloadConnections = 256
    /// Requests whose answers are being made, by handlers that take their time.
    package var requestsInFlight = 1024
    /// Requests that wait, in all and from one address: fewer than connections, so that some are left for others.
    package var waiting = 8192
    package var waitingPerAddress = 1000
    /// Pipelined requests that are answered before other connections get their turn.
    package var requestsPerTurn = 64
    /// Reads of one connection before others get their turn.
    package var readsPerTurn = 4
    /// From the first byte of a head to its end, and for a TLS handshake.
    package var headTimeout: Duration = .seconds(10)
    /// In which `progressBytes` of a body must come, or of an answer must go out.
    package var progressTimeout: Duration = .seconds(30)
    package var progressBytes = 4096
    package var idleTimeout: Duration = .seconds(75)
    /// How long an idle connection may still bring a request that was on its way when the server began to shut down.
    package var drainTimeout: Duration = .milliseconds(500)
    /// How long a refused client is listened to, so that it reads the refusal before a reset.
    package var lingerTimeout: Duration = .seconds(2)
    /// How often deadlines are looked at, and so how late they may be.
    package var tick: Duration = .milliseconds(500)

    package init() {}
}
