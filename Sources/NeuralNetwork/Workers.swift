/// The threads for the shards of a batch.
package protocol Workers: Sendable {
    /// The largest number of bodies that run at once.
    var count: Int { get }
    /// Runs the body for each of 0..<iterations, in any order, and returns when all are done.
    func run(_ iterations: Int, _ body: @Sendable (Int) -> Void)
}

/// The calling thread alone.
package struct SingleWorker: Workers {
    package init() {}

    package var count: Int { 1 }

    package func run(_ iterations: Int, _ body: @Sendable (Int) -> Void) {
        for index in 0..<iterations { body(index) }
    }
}
