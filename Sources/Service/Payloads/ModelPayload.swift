import Formats
import Models

extension Model {
    /// Writes the model as the API shows it.
    func write(to writer: inout JSONWriter, isTraining: Bool) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("current_version", currentVersion)
            writer.key("training")
            writer.value(isTraining)
            writer.key("versions")
            writer.array { writer in
                for version in versions { version.write(to: &writer) }
            }
            writer.key("links")
            writer.object { writer in
                writer.member("self", "/models/\(name)")
                writer.member("sample", "/sample?model=\(name)")
            }
        }
    }
}

extension Version {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("version", number)
            writer.member("created_at", createdAt.internetText)
            writer.member("job", jobID)
            writer.member("step", step)
            writer.member("seed", Int(seed))
            writer.member("sha256", sha256)
            writer.member("size_bytes", bytes)
            writer.member("data_sha256", dataSHA256)
            writer.key("metrics")
            writer.object { writer in
                for (name, value) in metrics.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
            }
        }
    }
}
