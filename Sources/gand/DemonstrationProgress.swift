import Foundation
import HTTP
import Models
import Service

/// Trains the demonstration and shows its progress: a bar on a terminal, otherwise only the log.
struct DemonstrationProgress {
    let service: GANService
    let address: SocketAddress

    func show() async throws {
        guard var job = try await service.trainDemonstration() else { return }
        let isTerminal = isatty(STDERR_FILENO) == 1
        while !job.status.isTerminal {
            if isTerminal { write("\r" + bar(job)) }
            try await Task.sleep(for: .milliseconds(100))
            job = try await service.job(job.id)
        }
        guard isTerminal else { return }
        write("\r" + bar(job) + "\n")
        write("The demonstration has learned N(10, 1). Try: curl '\(address)/sample?n=5'\n")
    }

    private func bar(_ job: Job) -> String {
        let width = 30
        let fraction =
            job.status == .succeeded ? 1 : Double(job.progress.step) / Double(max(1, job.progress.steps))
        let full = Int(fraction * Double(width))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        return "training the demonstration \(bar) \(Int(fraction * 100)) % step \(job.progress.step) "
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
