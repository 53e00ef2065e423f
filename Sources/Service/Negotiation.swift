import Formats
import HTTP
import HTTPTypes

extension Request {
    /// What an answer is to be written as: `format=` first, then Accept (RFC 9110 §12.5.1), by quality and then in the
    /// order given; else the first format.
    func format(of content: Format.Content, _ parameters: Parameters) throws -> Format {
        let formats = Format.writing(content)
        if let name = try parameters.choice("format", among: formats.map(\.name)) {
            return formats.first { $0.name == name } ?? formats[0]
        }
        guard let accept = fields[.accept] else { return formats[0] }
        for range in AcceptedRange.all(in: accept).filter({ $0.quality > 0 }).sorted(by: { $0.quality > $1.quality }) {
            if let format = formats.first(where: { range.takes($0.mediaType) }) { return format }
        }
        throw Problem(
            406, "not_acceptable", "there is no such representation",
            hint: "there are \(formats.map(\.mediaType).joined(separator: ", "))")
    }
}
