import Client
import HTTP
import Testing

struct RemoteTests {
    @Test func originsAreRead() {
        #expect(Origin("http://h:81")?.address == .network(host: "h", port: 81))
        #expect(Origin("h:81")?.isEncrypted == false)
        #expect(Origin("https://h")?.address == .network(host: "h", port: 443))
        #expect(Origin("https://[::1]/gand/")?.prefix == "/gand")
        #expect(Origin("http://[::1]:9")?.address == .network(host: "::1", port: 9))
        #expect(Origin("unix:/run/gand")?.address == .unix(path: "/run/gand"))
        for wrong in ["", "ftp://h", "http://", "http://user@h", "http://h:99999", "http://h/a?b", "unix:run"] {
            #expect(Origin(wrong) == nil, "\(wrong)")
        }
    }

    @Test func theServerAndTheKeyComeFromTheEnvironment() throws {
        #expect(try Remote(environment: [:]).url == Remote.standardURL)
        #expect(try Remote(environment: ["GAND_URL": "http://h:1"]).url == "http://h:1")
        #expect(try Remote(url: "http://i:1", environment: ["GAND_URL": "http://h:1"]).url == "http://i:1")
        for wrong in [
            ["GAND_URL": "::"], ["GAND_API_KEY": ""], ["GAND_API_KEY": "a b"], ["GAND_API_KEY_FILE": "/none"],
        ] {
            #expect(throws: Fault.self) { try Remote(environment: wrong) }
        }
    }

    @Test func otherCharactersAreEscaped() {
        #expect(Remote.escaped("a b&c=ü/1,x:y") == "a%20b%26c%3D%C3%BC%2F1,x:y")
    }
}
