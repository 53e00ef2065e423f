import Formats
import GAN

extension Report {
    /// What the figures do not say, in the answer itself: nobody should have to look it up.
    static let privacyNote =
        "Distances and membership tests can find that rows were learned by heart; they cannot show that none were. "
        + "This is not differential privacy."

    /// Writes the report's members as the API shows them.
    func write(to writer: inout JSONWriter, model: String, version: Int) {
        writer.member("model", model)
        writer.member("version", version)
        writer.key("rows")
        writer.object { writer in
            writer.member("training", trainingRows)
            writer.member("held_out", heldOutRows)
            writer.member("synthetic", syntheticRows)
        }
        writer.key("quality")
        writer.object { quality.write(to: &$0) }
        writer.key("shapes")
        writer.object { writer in
            shapesScore.write(to: &writer)
            writer.key("columns")
            writer.array { writer in
                for shape in shapes { shape.write(to: &writer) }
            }
        }
        writer.key("trends")
        writer.object { writer in
            trendsScore.write(to: &writer)
            writer.key("pairs")
            writer.array { writer in
                for trend in trends {
                    writer.object { writer in
                        writer.member("first", trend.first)
                        writer.member("second", trend.second)
                        trend.score.write(to: &writer)
                    }
                }
            }
        }
        writer.key("validity")
        writer.object { validity.write(to: &$0) }
        if let usefulness {
            writer.key("usefulness")
            writer.object { writer in
                writer.member("target", usefulness.target)
                usefulness.score.write(to: &writer)
            }
        }
        writer.key("detection")
        writer.object { detection.write(to: &$0) }
        writer.key("closest_record")
        writer.object { closestRecord.write(to: &$0) }
        writer.member("nearer_to_training", nearerToTraining, decimals: 6)
        writer.member("membership", membership, decimals: 6)
        writer.key("copies")
        writer.object { copies.write(to: &$0) }
        writer.member("privacy", Self.privacyNote)
    }
}

extension Report.Figure {
    /// Writes its members.
    fileprivate func write(to writer: inout JSONWriter) {
        for (name, value) in [("value", value), ("floor", floor), ("ceiling", ceiling)] {
            writer.key(name)
            if let value { writer.value(value) } else { writer.null() }
        }
    }
}

extension Report.Shape {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("column", column)
            score.write(to: &writer)
            guard let histogram else { return }
            writer.key("histogram")
            writer.object { writer in
                writer.member("labels", histogram.labels)
                for (name, shares) in [("real", histogram.real), ("synthetic", histogram.synthetic)] {
                    writer.key(name)
                    writer.array { writer in
                        for share in shares { writer.value(share, decimals: 6) }
                    }
                }
            }
        }
    }
}
