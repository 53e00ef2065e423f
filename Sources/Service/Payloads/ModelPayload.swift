import Formats
import GAN
import Models

extension Model {
    /// Writes the model as the API shows it.
    ///
    /// - Parameter served: what serves, to tell what it knows.
    func write(to writer: inout JSONWriter, isTraining: Bool, served: Served? = nil) {
        writer.object { writer in
            writer.member("name", name)
            writer.key("current_version")
            if let currentVersion { writer.value(currentVersion) } else { writer.null() }
            writer.member("training", isTraining)
            TagsPayload.write(tags, to: &writer)
            writer.key("versions")
            writer.array { writer in
                for version in versions { version.write(to: &writer) }
            }
            if !damaged.isEmpty {
                writer.key("damaged_versions")
                writer.array { writer in
                    for number in damaged { writer.value(number) }
                }
            }
            // What is unfinished is told by its job: it changes without a new revision.
            if let served, served.isPublished { served.writeSchema(to: &writer) }
            writer.key("links")
            writer.object { writer in
                writer.member("self", "/models/\(name)")
                writer.member("sample", "/sample?model=\(name)")
                writer.member("weights", "/models/\(name)/weights")
                writer.member("report", "/models/\(name)/report")
                writer.member("jobs", "/jobs?model=\(name)")
            }
        }
    }
}

extension Served {
    /// Writes what the columns are and what they were learned with.
    fileprivate func writeSchema(to writer: inout JSONWriter) {
        writer.key("schema")
        writer.array { writer in
            for column in snapshot.manifest.encoder.descriptions {
                writer.object { writer in
                    writer.member("name", column.name)
                    writer.member("type", column.type)
                    writer.member("has_missing", column.hasMissing)
                    writer.member("derived_from", column.derivedFrom)
                }
            }
        }
        writer.key("options")
        writer.object { snapshot.manifest.specification.write(to: &$0) }
        snapshot.manifest.specification.writeConstraints(to: &writer)
    }
}

extension Version {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("version", number)
            writer.member("created_at", createdAt.internetText)
            writer.member("source", jobID == nil ? "import" : "training")
            writer.member("job", jobID)
            writer.member("step", step)
            writer.member("seed", Int(seed))
            writer.member("sha256", sha256)
            writer.member("size_bytes", bytes)
            writer.member("data_sha256", dataSHA256)
            writer.member("metrics", metrics)
        }
    }
}
