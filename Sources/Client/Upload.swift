import Formats
import Foundation
package import HTTP

/// A file or standard input as a request's body, with its type.
package struct Upload {
    package let content: Exchange.Content
    /// Content-Type and Content-Encoding by the file's name; without them the server looks at the first bytes.
    package let fields: [(String, String)]

    /// The first bytes of gzip (RFC 1952 §2.3.1), for standard input, which has no name.
    private static let gzipMark: [UInt8] = [0x1F, 0x8B]
    private static let pieceBytes = 256 * 1024

    /// - Parameter path: `-` is standard input.
    package init(_ path: String) throws(Fault) {
        guard path != "-" else {
            let input = FileHandle.standardInput
            var first = try Self.piece(of: input, "standard input")
            fields = first?.starts(with: Self.gzipMark) == true ? [("Content-Encoding", "gzip")] : []
            content = Exchange.Content {
                defer { first = nil }
                return try first ?? Self.piece(of: input, "standard input")
            }
            return
        }
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else {
            throw .file("\(path) does not exist")
        }
        let type = attributes[.type] as? FileAttributeType
        guard type != .typeDirectory, let file = FileHandle(forReadingAtPath: path) else {
            throw .file(type == .typeDirectory ? "\(path) is a folder" : "\(path) cannot be read")
        }
        // A named pipe has no length.
        let isRegular = type == .typeRegular
        let length = isRegular ? (attributes[.size] as? NSNumber)?.intValue : nil
        content = Exchange.Content(length: length) { try Self.piece(of: file, path) }
        var name = URL(fileURLWithPath: path).lastPathComponent.lowercased()
        var fields: [(String, String)] = []
        if name.hasSuffix(".gz") {
            fields.append(("Content-Encoding", "gzip"))
            name.removeLast(3)
        }
        if let format = Format(suffix: name.split(separator: ".").last ?? "") {
            fields.append(("Content-Type", format.mediaType))
        }
        self.fields = fields
    }

    private static func piece(of file: FileHandle, _ name: String) throws(Fault) -> [UInt8]? {
        do {
            guard let data = try file.read(upToCount: pieceBytes), !data.isEmpty else { return nil }
            return [UInt8](data)
        } catch {
            throw .file("\(name) cannot be read")
        }
    }
}
