import Foundation
import HTTP
import HTTPTypes
import Logging
import Service
import TestSupport
import Testing

/// The route table alone says who may ask what: keys and followers go by it.
@Suite struct AccessTests {
    private static let (admin, reader) = ("0123456789abcdef-admin", "0123456789abcdef-read")

    /// A server whose routes answer nothing, behind the guards of keys, or of a server that follows another one.
    private func server(
        _ routes: [Router.Entry], isFollower: Bool = false
    ) throws -> (server: Server, address: SocketAddress) {
        let keys = KeyRing(try Keys("admin:\(Self.admin),read:\(Self.reader)"))
        let refusal = Router.Guard(isFollower ? ReadOnly.refusal : keys.refusal)
        var router = Router(guards: [refusal]) { _, allowed in
            Response(status: allowed.isEmpty ? .notFound : .methodNotAllowed)
        }
        for route in routes { router.on(route) { _ in .now(Response(status: .noContent)) } }
        let server = try Server(
            threads: 1, router: router, overloaded: router, refuse: { _, _ in Response(status: .badRequest) })
        return (server, try server.listen(on: .network(host: "127.0.0.1", port: 0)))
    }

    private func status(
        _ method: String, _ path: String, at address: SocketAddress, key: String? = nil
    ) throws -> Int {
        let fields = key.map { [("Authorization", "Bearer \($0)")] } ?? []
        return try OneShot.send(method, path, to: address, fields: fields, body: [], timeout: 60).status
    }

    @Test func aPostThatOnlyReadsTakesOneWord() async throws {
        let routes = [Router.Entry(.post, "/enhance", access: .read), Router.Entry(.post, "/forget")]
        let (server, address) = try server(routes)
        let (follower, followerAddress) = try self.server(routes, isFollower: true)
        for prefix in ["", "/v1"] {
            #expect(try status("POST", "\(prefix)/enhance", at: address) == 401)
            #expect(try status("POST", "\(prefix)/enhance", at: address, key: Self.reader) == 204)
            #expect(try status("POST", "\(prefix)/enhance", at: followerAddress) == 204)
            // What nothing is said of changes.
            #expect(try status("POST", "\(prefix)/forget", at: address, key: Self.reader) == 403)
            #expect(try status("POST", "\(prefix)/forget", at: address, key: Self.admin) == 204)
            #expect(try status("POST", "\(prefix)/forget", at: followerAddress) == 403)
        }
        await server.shutDown(within: .zero)
        await follower.shutDown(within: .zero)
    }

    @Test func everyRouteKeepsItsAccess() async throws {
        let folder = TemporaryFolder()
        let settings = try await Settings.load(flags: [.dataDir: folder.path], environment: [:])
        let routes = try GANService(
            settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).routes
        #expect(routes.filter(\.access.isPublic).map(\.pattern).sorted() == ["/", "/health", "/livez", "/readyz"])
        let (server, address) = try server(routes)
        let (follower, followerAddress) = try self.server(routes, isFollower: true)
        for route in routes {
            let path = route.pattern.replacing("{id}", with: "a").replacing("{name}", with: "a")
            let method = route.method.rawValue
            let name = Comment(rawValue: "\(method) \(path)")
            #expect(try status(method, path, at: address) == (route.access.isPublic ? 204 : 401), name)
            #expect(try status(method, path, at: address, key: Self.reader) == (route.access.changes ? 403 : 204), name)
            #expect(try status(method, path, at: address, key: Self.admin) == 204, name)
            #expect(try status(method, path, at: followerAddress) == (route.access.changes ? 403 : 204), name)
            // A method that the path does not take needs a key where the others do, and counts as a change.
            let taken = routes.filter { $0.pattern == route.pattern }.map(\.method.rawValue)
            let other = try #require(["PUT", "PATCH", "DELETE"].first { !taken.contains($0) })
            #expect(try status(other, path, at: address) == (route.access.isPublic ? 405 : 401), name)
            #expect(try status(other, path, at: address, key: Self.reader) == (route.access.isPublic ? 405 : 403), name)
            #expect(try status(other, path, at: followerAddress) == 403, name)
        }
        await server.shutDown(within: .zero)
        await follower.shutDown(within: .zero)
    }
}
