import ArgumentParser
import Client
import Foundation

/// Ways for the process to end, as sysexits(3) and the API name them.
enum Exit {
    static let failure: Int32 = 1
    static let usage: Int32 = 64
    static let data: Int32 = 65
    static let unavailable: Int32 = 69
    static let inputOutput: Int32 = 74
    static let tryAgain: Int32 = 75
    static let permission: Int32 = 77
    static let configuration: Int32 = 78

    /// Says why on standard error.
    static func failing(_ code: Int32, _ message: String) -> ExitCode {
        Terminal.say("gand: \(message)")
        return ExitCode(code)
    }

    /// What a fault means to a script.
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

    /// Does what asks a server, and ends the process as its fault says.
    static func reporting(_ body: () throws(Fault) -> Void) throws {
        do throws(Fault) {
            try body()
        } catch {
            throw failing(code(error), error.description)
        }
    }
}
