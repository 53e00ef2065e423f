/// Every limit that the server keeps, with its default.
package struct Limits: Sendable {
    /// Bytes of a request's head, request line and fields together.
    package var headBytes = 16 * 1024
    package var fieldCount = 100
    package var targetBytes = 8 * 1024
    package var bodyBytes = 256 * 1024 * 1024
    /// Bytes of the fields behind a chunked body, and of one line that announces a chunk.
    package var trailerBytes = 8 * 1024
    package var chunkLineBytes = 256
    package var connections = 16_384
    /// Bytes of pipelined requests that are read while an earlier one is answered.
    package var pipelinedBytes = 256 * 1024
    /// From the first byte of a head to its end.
    package var headTimeout: Duration = .seconds(10)
    /// Between two pieces of a body, or of an answer that the client reads.
    package var progressTimeout: Duration = .seconds(30)
    package var idleTimeout: Duration = .seconds(75)
    /// How long a refused client is listened to, so that it reads the refusal before a reset.
    package var lingerTimeout: Duration = .seconds(2)
    /// How often deadlines are looked at, and so how late they may be.
    package var tick: Duration = .milliseconds(500)

    package init() {}
}
