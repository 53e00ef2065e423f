import Dispatch
import NeuralNetwork

/// Threads of Dispatch's pool, which sleep when there is nothing to do.
package struct DispatchWorkers: Workers {
    package let count: Int

    package init(count: Int) { self.count = count }

    package func run(_ iterations: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 1, iterations > 1 else { return SingleWorker().run(iterations, body) }
        let workers = min(count, iterations)
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in stride(from: worker, to: iterations, by: workers) { body(index) }
        }
    }
}
