import ArgumentParser
import Client
import Foundation

/// The exit codes of the process, by sysexits(3).
enum Exit {
    static let failure: Int32 = 1
    static let usage: Int32 = 64
    static let data: Int32 = 65
    static let unavailable: Int32 = 69
    static let inputOutput: Int32 = 74
    static let tryAgain: Int32 = 75
    static let permission: Int32 = 77
    static let configuration: Int32 = 78

    /// Prints the reason to standard error.
    static func failing(_ code: Int32, _ message: String) -> ExitCode {
        Terminal.say("gand: \(message)")
        return ExitCode(code)
    }

    /// The exit code of a fault.
    static func code(_ fault: Fault) -> Int32 {
        switch fault {
        case .unreachable: unavailable
        case .broken, .file: inputOutput
        case .configuration: configuration
        case .usage: usage
        case .job: failure
        case .refused(let refusal):
            switch refusal.status {
            case 400, 406, 411, 413, 414, 415, 422: data
            case 401, 403: permission
            case 408, 429, 503, 504: tryAgain
            default: failure
            }
        }
    }

    /// Runs a verb's body, and ends the process with the code and message of its fault.
    static func reporting(_ body: () throws(Fault) -> Void) throws {
        do throws(Fault) {
            try body()
        } catch {
            throw failing(code(error), error.description)
        }
    }
}
