import ArgumentParser
import Client
import Formats
import HTTP

/// `gand models`: the trained models.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Lists, shows, rolls back, tags, deletes, exports and imports models.",
        subcommands: [
            List.self, Show.self, RollBack.self, Tag.self, Delete.self, Export.self, Import.self,
        ], defaultSubcommand: List.self)

    /// The verb's model, and perhaps one of its versions.
    struct Reference: ExpressibleByArgument {
        let name: String
        let version: Int?

        init?(argument: String) {
            let parts = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            name = String(parts[0])
            version = parts.count == 2 ? Int(parts[1]) : nil
            guard !name.isEmpty, parts.count == 1 || version != nil else { return nil }
        }

        var path: String { "/models/\(Remote.escaped(name))" }
        var query: [(String, String)] { version.map { [("version", String($0))] } ?? [] }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the models.")

        @OptionGroup var server: ServerOptions

        @Flag(help: "The server's answer instead of a table.")
        var json = false

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                let answer = try server.remote().json("GET", "/models")
                guard !json else { return try Printer.write(json: answer) }
                var table = TextTable(["model", "serves", "versions", "size", "created", "quality", "tags"])
                for model in answer["data"]?.list ?? [] {
                    let versions = model["versions"]?.list ?? []
                    let current = model["current_version"]?.integer(as: Int.self)
                    let serving = versions.first { $0["version"]?.integer() == current }
                    table.append([
                        model["name"]?.string ?? "",
                        current.map { "@\($0)" } ?? (model["training"]?.bool == true ? "training" : ""),
                        String(versions.count),
                        serving?["size_bytes"]?.integer().map(Figures.bytes) ?? "",
                        Times.text(serving?["created_at"]?.string ?? ""),
                        serving?["metrics"]?["quality"]?.double.map(Figures.text) ?? "",
                        Tag.text(model["tags"]),
                    ])
                }
                try Printer.write(table.text)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints a model and its versions as JSON.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The model.")
        var model: Reference

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                try Printer.write(json: server.remote().json("GET", model.path))
            }
        }
    }

    struct RollBack: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Serves another version: the one before, or model@version.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The model, or model@version.")
        var model: Reference

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                let remote = try server.remote()
                let version = if let given = model.version { given } else { try before(remote) }
                var writer = JSONWriter()
                writer.object { $0.member("current_version", version) }
                try Patch.send(writer, to: model, remote)
                Terminal.say("\(model.name)@\(version) serves")
            }
        }

        /// The newest version older than the serving one.
        private func before(_ remote: Remote) throws(Fault) -> Int {
            let answer = try remote.json("GET", model.path)
            let current = answer["current_version"]?.integer(as: Int.self) ?? 0
            let versions = answer["versions"]?.elements.compactMap { $0["version"]?.integer(as: Int.self) } ?? []
            guard let version = versions.filter({ $0 < current }).max() else {
                throw .usage("\(model.name) has no version before the serving one")
            }
            return version
        }
    }

    struct Tag: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Sets tags; an empty value removes the tag.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The model.")
        var model: Reference

        @Argument(help: "Tags as name=value, such as team=blue.")
        var tags: [Pair]

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                let remote = try server.remote()
                var all = TextMap()
                let answer = try remote.json("GET", model.path)
                if let tags = answer["tags"] {
                    for (name, value) in tags.members { all[name] = value.string }
                }
                for tag in tags { all[ByteText(tag.name)] = tag.value.isEmpty ? nil : tag.value }
                var writer = JSONWriter()
                writer.object { writer in
                    writer.key("tags")
                    writer.object { writer in
                        for (name, text) in all.pairs {
                            writer.key(name)
                            writer.value(text)
                        }
                    }
                }
                try Patch.send(writer, to: model, remote)
            }
        }

        static func text(_ tags: JSONElement?) -> String {
            tags?.members.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: " ") ?? ""
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a model, or one version of it.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The model, or model@version.")
        var model: Reference

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                _ = try server.remote().open("DELETE", model.path, query: model.query)
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a model as one safetensors file, for Python or `gand models import`.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The model, or model@version.")
        var model: Reference

        @Option(
            name: .shortAndLong, help: "The file to write; default: NAME.safetensors; - is standard output.",
            completion: .file())
        var output: String?

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                let remote = try server.remote()
                var exchange = try remote.open("GET", "\(model.path)/weights", query: model.query)
                let path = output ?? "\(model.name).safetensors"
                let file = try Output(path)
                try remote.copy(&exchange, to: file)
                try file.finish()
                if output == nil { Terminal.say("written to \(path)") }
            }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Imports an exported file as a new version of a model.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The model.")
        var model: Reference

        @Argument(help: "The safetensors file; - is standard input.", completion: .file())
        var file: String

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                let upload = try Upload(file)
                let fields =
                    upload.fields.filter { $0.0 != "Content-Type" } + [
                        ("Content-Type", "application/x-safetensors")
                    ]
                _ = try server.remote().open(
                    "PUT", "\(model.path)/weights", fields: fields, content: upload.content)
            }
        }
    }

    /// A PATCH of a model.
    enum Patch {
        static func send(_ body: JSONWriter, to model: Reference, _ remote: Remote) throws(Fault) {
            _ = try remote.open(
                "PATCH", model.path, fields: [("Content-Type", "application/json")],
                content: Exchange.Content(body.bytes))
        }
    }
}
