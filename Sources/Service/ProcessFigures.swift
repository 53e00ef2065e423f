import Foundation

/// What the kernel tells of this process.
struct ProcessFigures {
    let cpuSeconds: Double
    let residentBytes: Int
    let openDescriptors: Int

    static let startTime = Date.now.timeIntervalSince1970

    /// Notes that the process begins.
    static func note() { _ = startTime }

    init() {
        var usage = rusage()
        _ = unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
            .dropFirst().first.flatMap { Int($0) }
        residentBytes = (pages ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        openDescriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}
