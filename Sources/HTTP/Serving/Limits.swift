/// Every limit of the server, with its default.
package struct Limits: Sendable {
    /// Bytes of a request's head, request line and fields together.
    package var headBytes = 16 * 1024
    package var fieldCount = 100
    package var targetBytes = 8 * 1024
    /// Bytes of a body, after decompression.
    package var bodyBytes = 256 * 1024 * 1024
    /// Bytes of a body in memory; a longer one goes to a file in `spoolFolder`.
    package var bodyBytesInMemory = 8 * 1024 * 1024
    package var spoolFolder = "/tmp"
    /// Bytes of all bodies in memory, beyond which short ones go to files, too; and of all bodies in files.
    package var bodyBytesInMemoryTogether = 128 * 1024 * 1024
    package var spooledBytes = 2 * 1024 * 1024 * 1024
    /// Bytes of the disk that bodies leave free.
    package var freeDiskBytes = 0
    /// A compressed body expands to at most `expandedBytes` or `expansion` times its length, the larger of the two.
    package var expandedBytes = 16 * 1024 * 1024
    package var expansion = 100
    /// Bytes of the trailers of a chunked body, of the line before a chunk, and of all chunk extensions.
    package var trailerBytes = 8 * 1024
    package var chunkLineBytes = 256
    package var chunkExtensionBytes = 8 * 1024
    package var connections = 16_384
    package var connectionsPerAddress = 2048
    /// Connections beyond `connections` that are admitted to be told of the overload, or to reach the probes.
    package var overloadConnections = 256
    /// Requests in handlers that take time.
    package var requestsInFlight = 1024
    /// Waiting requests, in total and from one address: fewer than connections, so that some are left for other
    /// requests.
    package var waiting = 8192
    package var waitingPerAddress = 1000
    /// Pipelined requests answered before other connections get their turn.
    package var requestsPerTurn = 64
    /// Reads of one connection before others get their turn.
    package var readsPerTurn = 4
    /// From the first byte of a head to its end, and for a TLS handshake.
    package var headTimeout: Duration = .seconds(10)
    /// The time for `progressBytes` of a body to arrive, or of an answer to be read.
    package var progressTimeout: Duration = .seconds(30)
    package var progressBytes = 4096
    package var idleTimeout: Duration = .seconds(75)
    /// The time left to idle connections for requests that were on their way when the server began to shut down.
    package var drainTimeout: Duration = .milliseconds(500)
    /// The time for which a refused client's input is discarded, so that it reads the refusal before a reset.
    package var lingerTimeout: Duration = .seconds(2)
    /// The interval of checking deadlines: they may be late by this much.
    package var tick: Duration = .milliseconds(500)

    package init() {}
}
