import HTTP

/// The requests that parser and body decoder read from bytes in pieces; `make fuzz` compares them, too.
struct Reading: Equatable {
    private(set) var requests = 0
    private(set) var refusals: [Int] = []
    private(set) var bodies: [[UInt8]] = []

    init(of pieces: [ArraySlice<UInt8>]) {
        let limits = Limits()
        var input: [UInt8] = []
        var parser = RequestParser(limits: limits)
        var reading: (head: Head, decoder: BodyDecoder, body: [UInt8])?
        do throws(Refusal) {
            for piece in pieces {
                input += piece
                while true {
                    if reading == nil {
                        guard let (head, count) = try parser.parse(input[...]) else { break }
                        input.removeFirst(count)
                        parser.reset()
                        reading = (head, BodyDecoder(head.framing, limits: limits), [])
                    }
                    while reading?.decoder.isComplete == false, !input.isEmpty {
                        let (used, content) = try reading!.decoder.next(input[...])
                        reading!.body += content
                        input.removeFirst(used)
                    }
                    guard let (head, decoder, body) = reading, decoder.isComplete else { break }
                    guard head.hasDecodableTarget else { throw .malformed("the target") }
                    requests += 1
                    bodies.append(body)
                    reading = nil
                }
            }
        } catch {
            refusals.append(error.status)
        }
    }
}
