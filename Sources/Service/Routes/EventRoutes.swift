import Formats
import Foundation
import HTTP
import HTTPTypes
import Models

/// `GET /jobs/{id}/events`: what happened to a job, as a page, or as it happens.
struct EventRoutes: Sendable {
    let jobs: Jobs
    let store: Store
    let waiting: WaitingRoom

    func get(_ request: Request) async throws -> Response {
        let parameters = try Parameters(query: request.query, body: nil, scalars: ["after", "limit", "format"])
        let format = try request.format(of: .events, parameters)
        let limit = try parameters.integer("limit", in: Bounds.events)
        // A browser that comes back asks for the same address, and says in the field where it stands.
        let after = max(try parameters.integer("after", in: Bounds.event) ?? 0, Self.lastEvent(request))
        let job = try await jobs.find(request.parameters["id"] ?? "")
        guard format != .json else { return try page(of: job, after: after, limit: limit ?? Bounds.standardEvents) }
        // A browser comes back to every stream that ends, unless it is told that there is nothing more.
        if job.status.isTerminal, try store.events(ofJob: job.id, after: after, limit: 1).isEmpty {
            return Response(status: .noContent, fields: [.cacheControl: "no-store"])
        }
        return stream(of: job, after: after, limit: limit, as: format, in: try place(for: request))
    }

    /// A place for a stream to wait in.
    func place(for request: Request) throws -> WaitingRoom.Place {
        guard let place = waiting.enter(request) else {
            throw Problem(
                503, "overloaded", "too many requests wait for events already",
                hint: "a page of events, without Accept and format, is answered at once", retryAfter: 5,
                closesConnection: true)
        }
        return place
    }

    /// All events of a job from one on, or so many of them, until it is over; a client that goes away changes nothing.
    func stream(
        of job: Job, after: Int = 0, limit: Int? = nil, as format: Format, in place: WaitingRoom.Place
    ) -> Response {
        let follower = Follower(of: job.id, after: after, limit: limit ?? .max, in: store)
        guard format == .sse else {
            var stream = BodyStream { [place] in
                defer { withExtendedLifetime(place) {} }
                guard let event = try await follower.next() else { return nil }
                return text(of: event) + [UInt8(ascii: "\n")]
            }
            stream.endsWithClient = true
            return Response(
                status: .ok,
                fields: [
                    .contentType: Format.ndjson.contentType, .cacheControl: "no-store", .accelBuffering: "no",
                ], body: .stream(stream))
        }
        return EventStream.response { [place] in
            defer { withExtendedLifetime(place) {} }
            guard let event = try await follower.next() else { return nil }
            return EventStream.Event(
                id: String(event.number), name: event.type, data: String(decoding: text(of: event), as: UTF8.self))
        }
    }

    private func page(of job: Job, after: Int, limit: Int) throws -> Response {
        let events = try store.events(ofJob: job.id, after: after, limit: limit + 1)
        return jsonResponse { writer in
            writer.key("data")
            writer.array { writer in
                for event in events.prefix(limit) { write(event, to: &writer) }
            }
            writer.key("next")
            if events.count > limit { writer.value(events[limit - 1].number) } else { writer.null() }
        }
    }

    private func text(of event: Event) -> [UInt8] {
        var writer = JSONWriter()
        write(event, to: &writer)
        return writer.bytes
    }

    private func write(_ event: Event, to writer: inout JSONWriter) {
        event.write(to: &writer, job: event.content == .done ? try? store.job(event.job) : nil)
    }

    /// Where a client left off, which it repeats as it was told; what no event is called is before all of them.
    private static func lastEvent(_ request: Request) -> Int {
        max(0, request.fields[.lastEventID].flatMap(Int.init) ?? 0)
    }
}
