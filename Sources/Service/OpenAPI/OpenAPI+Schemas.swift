import Formats
import GAN
import Models

extension OpenAPI {
    /// A schema that operations have in common.
    struct Schema: Sendable {
        var name: String
        var json: String
    }

    private static let time = #"{"type":"string","format":"date-time"}"#
    private static let count = #"{"type":"integer","minimum":0}"#
    private static let numbers = #"{"type":"object","additionalProperties":{"type":["number","null"]}}"#
    private static let texts = #"{"type":"array","items":{"type":"string"}}"#
    private static let tags =
        #"{"type":"object","maxProperties":32,"propertyNames":{"minLength":1,"maxLength":256},"additionalProperties":{"type":"string","maxLength":256}}"#
    private static let digest = #"{"type":"string","pattern":"^[0-9a-f]{64}$"}"#
    private static let status = oneOf(Job.Status.allCases.map(\.rawValue))
    private static let stage = oneOf(Job.Stage.allCases.map(\.rawValue))
    private static let anything = #"{"type":"object"}"#
    private static let figure: String = {
        let number = #"{"type":["number","null"]}"#
        return object(
            ["value", "floor", "ceiling"], [("value", number), ("floor", number), ("ceiling", number)], isOpen: true)
    }()

    private static func object(_ required: [String], _ properties: [(String, String)], isOpen: Bool = false) -> String {
        let names = required.map { "\"\($0)\"" }.joined(separator: ",")
        let members = properties.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",")
        return
            #"{"type":"object","required":[\#(names)],"properties":{\#(members)}\#(isOpen ? "" : #","additionalProperties":false"#)}"#
    }

    /// One page of many, and what to ask for behind it.
    private static func page(of schema: String, next: String) -> String {
        object(
            ["data", "next"],
            [
                ("data", #"{"type":"array","items":\#(reference(schema))}"#),
                ("next", #"{"type":["\#(next)","null"]}"#),
            ])
    }

    /// Plain values, of which null is as none.
    private static func optional(_ properties: [(String, String)]) -> [(String, String)] {
        properties.map { ($0.0, #"{"anyOf":[\#($0.1),{"type":"null"}]}"#) }
    }

    private static let progress = object(
        ["fraction", "step", "steps", "epoch", "epochs"],
        [
            ("fraction", #"{"type":"number","minimum":0}"#), ("step", count), ("steps", count), ("epoch", count),
            ("epochs", count), ("steps_per_second", #"{"type":["number","null"]}"#),
            ("eta_seconds", #"{"type":"number"}"#),
        ])

    private static let job: [(String, String)] = [
        ("id", #"{"type":"string","format":"uuid"}"#), ("status", status), ("stage", stage),
        ("model", #"{"type":"string"}"#), ("version", count), ("created_at", time), ("started_at", time),
        ("finished_at", time), ("progress", progress), ("metrics", numbers), ("rows", count), ("columns", count),
        ("data_sha256", digest), ("seed", count), ("options", anything), ("constraints", texts),
        ("warnings", texts),
        ("error", object(["code", "detail"], [("code", #"{"type":"string"}"#), ("detail", #"{"type":"string"}"#)])),
        ("restarts", count), ("resumed_from", #"{"type":"string"}"#), ("tags", tags), ("links", anything),
    ]

    private static let version = object(
        ["version", "created_at", "source", "step", "seed", "sha256", "size_bytes", "data_sha256", "metrics"],
        [
            ("version", count), ("created_at", time), ("source", #"{"enum":["training","import"]}"#),
            ("job", #"{"type":"string"}"#), ("step", count), ("seed", count), ("sha256", digest),
            ("size_bytes", count), ("data_sha256", digest), ("metrics", numbers),
        ])

    private static let column = object(
        ["name", "type", "has_missing"],
        [
            ("name", #"{"type":"string"}"#),
            ("type", oneOf(GAN.Schema.Kind.allCases.map(\.rawValue))),
            ("has_missing", #"{"type":"boolean"}"#), ("derived_from", #"{"type":"string"}"#),
        ])

    static let schemas: [Schema] = [
        Schema(
            name: "Rows",
            json:
                ##"{"description":"Rows: numbers, arrays of as many numbers each, or records; two at least to train on.","examples":[[9.8,10.4,10.1],[[1.0,2.1],[0.9,2.0]],[{"age":31,"city":"Oslo"},{"age":null,"city":"Rome"}]],"anyOf":[{"type":"array","minItems":1,"items":{"type":"number"}},{"type":"array","minItems":1,"items":{"type":"array","minItems":1,"items":{"type":["number","string","boolean","null"]}}},{"type":"array","minItems":1,"items":{"type":"object","minProperties":1,"additionalProperties":{"type":["number","string","boolean","null"]}}}]}"##
        ),
        Schema(
            name: "Distribution",
            json:
                ##"{"description":"A distribution to draw the data from.","examples":[{"normal":{"mean":10,"stddev":1,"count":1000}},{"uniform":{"low":0,"high":1}},{"mixture":{"components":[{"mean":-5},{"mean":5,"weight":2}]}}],"type":"object","minProperties":1,"maxProperties":1,"additionalProperties":false,"properties":{"normal":{"type":"object","additionalProperties":false,"properties":{"mean":{"type":"number"},"stddev":{"type":"number","exclusiveMinimum":0},"count":{"type":"integer","minimum":1}}},"uniform":{"type":"object","additionalProperties":false,"properties":{"low":{"type":"number"},"high":{"type":"number"},"count":{"type":"integer","minimum":1}}},"mixture":{"type":"object","additionalProperties":false,"required":["components"],"properties":{"components":{"type":"array","minItems":1,"maxItems":1000,"items":{"type":"object","additionalProperties":false,"properties":{"mean":{"type":"number"},"stddev":{"type":"number","exclusiveMinimum":0},"weight":{"type":"number","exclusiveMinimum":0}}}},"count":{"type":"integer","minimum":1}}}}}"##
        ),
        Schema(
            name: "Training",
            json: object(
                [],
                [
                    ("data", #"{"anyOf":[\#(reference("Rows")),\#(reference("Distribution"))]}"#),
                    (
                        "columns",
                        #"{"type":"array","minItems":1,"uniqueItems":true,"items":{"type":"string","minLength":1}}"#
                    ),
                    ("options", #"{"type":"object","description":"The family's own knobs, and family."}"#),
                    ("tags", tags),
                    ("constraints", #"{"anyOf":[\#(texts),{"type":"null"}],"examples":[["start<=end","unique:id"]]}"#),
                ]
                    + optional([
                        ("model", nameSchema),
                        ("steps", integer(Bounds.steps)),
                        ("epochs", integer(Bounds.epochs)),
                        ("batch_size", integer(Bounds.batchSize)),
                        ("seed", integer(Bounds.seed)),
                        ("max_seconds", number(Bounds.seconds)),
                        ("keep_data", #"{"type":"boolean"}"#), ("resume", #"{"type":"boolean"}"#),
                        ("dry_run", #"{"type":"boolean"}"#),
                        ("wait", integer(Bounds.wait)),
                        ("format", format(of: .events)),
                        ("family", oneOf(Families.all.map(\.name))),
                        ("types", #"{"type":"string"}"#),
                    ]) + [
                        ("n", "{}"), ("version", "{}"), ("step", "{}"), ("scores", "{}"), ("sampling", "{}"),
                        ("acceptance_rate", "{}"),
                    ])),
        Schema(
            name: "Plan",
            json: object(
                ["model", "rows", "columns", "seed", "options", "estimated_memory_bytes", "warnings"],
                [
                    ("model", #"{"type":"string"}"#), ("rows", count), ("columns", texts), ("seed", count),
                    ("options", anything), ("constraints", texts), ("estimated_memory_bytes", count),
                    ("warnings", texts),
                ])),
        Schema(name: "Job", json: object(["id", "status", "stage", "model", "version", "progress", "links"], job)),
        Schema(
            name: "JobOrPlan", json: #"{"anyOf":[\#(reference("Job")),\#(reference("Plan"))]}"#),
        Schema(
            name: "Jobs",
            json: page(of: "Job", next: "string")),
        Schema(
            name: "Event",
            json: object(
                ["event", "type", "at", "id"],
                [
                    ("event", #"{"type":"integer","minimum":1}"#),
                    ("type", #"{"enum":["status","progress","snapshot","warning","done"]}"#), ("at", time),
                    ("step", count), ("snapshot", #"{"enum":["serving","kept","published"]}"#),
                    ("detail", #"{"type":"string"}"#),
                ] + job)),
        Schema(
            name: "Events",
            json: page(of: "Event", next: "integer")),
        Schema(
            name: "Question",
            json: object(
                [],
                optional([
                    ("n", integer(Bounds.samples)),
                    ("model", #"{"type":"string","pattern":"\#(referencePattern)"}"#),
                    ("seed", integer(Bounds.seed)),
                    ("format", format(of: .rows)), ("orient", oneOf(SampleRoute.Orientation.allCases.map(\.rawValue))),
                    ("scores", #"{"type":"boolean"}"#), ("balance", #"{"type":"string"}"#),
                    ("sampling", oneOf(Sampling.Method.allCases.map(\.rawValue))),
                    ("wait", integer(Bounds.wait)),
                ]) + [
                    (
                        "where",
                        #"{"type":"object","description":"What rows have to be, by column: a value, null for a gap, or a range.","additionalProperties":{"anyOf":[{"type":["number","string","boolean","null"]},{"type":"object","minProperties":1,"additionalProperties":false,"properties":{"min":{"type":["number","string"]},"max":{"type":["number","string"]}}}]}}"#
                    )
                ])),
        Schema(
            name: "Sample",
            json: object(
                ["model", "version", "step", "seed", "n", "columns", "data"],
                [
                    ("model", #"{"type":"string"}"#), ("version", count), ("step", count), ("seed", count),
                    ("n", count), ("sampling", oneOf(Sampling.Method.allCases.filter { $0 != .plain }.map(\.rawValue))),
                    ("acceptance_rate", #"{"type":"number","minimum":0,"maximum":1}"#),
                    ("columns", texts), ("data", #"{"type":"array"}"#),
                    ("scores", #"{"type":"array","items":{"type":"number","minimum":0,"maximum":1}}"#),
                ])),
        Schema(
            name: "Scoring",
            json: #"{"anyOf":[\#(reference("Rows")),"#
                + object(
                    ["data"],
                    [
                        ("data", reference("Rows"))
                    ]
                        + optional([
                            ("model", #"{"type":"string","pattern":"\#(referencePattern)"}"#),
                            ("detail", #"{"type":"boolean"}"#),
                            ("format", format(of: .scores)),
                        ]) + [
                            ("n", "{}"), ("version", "{}"), ("step", "{}"),
                            ("seed", "{}"), ("columns", "{}"), ("scores", "{}"), ("sampling", "{}"),
                            ("acceptance_rate", "{}"),
                        ]) + "]}"),
        Schema(
            name: "Scores",
            json: object(
                ["model", "version", "step", "n", "scores", "mean"],
                [
                    ("model", #"{"type":"string"}"#), ("version", count), ("step", count), ("n", count),
                    ("scores", #"{"type":"array","items":{"type":"number","minimum":0,"maximum":1}}"#),
                    ("mean", #"{"type":["number","null"]}"#),
                    ("logits", #"{"type":"array","items":{"type":["number","null"]}}"#),
                    ("percentiles", #"{"type":"array","items":{"type":"number","minimum":0,"maximum":1}}"#),
                    ("misfits", #"{"type":"array","items":{"type":["string","null"]}}"#),
                ])),
        Schema(
            name: "Model",
            json: object(
                ["name", "current_version", "training", "tags", "versions", "links"],
                [
                    ("name", #"{"type":"string"}"#), ("current_version", #"{"type":["integer","null"]}"#),
                    ("training", #"{"type":"boolean"}"#), ("tags", tags),
                    ("versions", #"{"type":"array","items":\#(version)}"#),
                    ("damaged_versions", #"{"type":"array","items":{"type":"integer"}}"#),
                    ("schema", #"{"type":"array","items":\#(column)}"#), ("options", anything), ("constraints", texts),
                    ("links", anything),
                ])),
        Schema(
            name: "Report",
            json: object(
                [
                    "model", "version", "rows", "quality", "shapes", "trends", "validity", "detection",
                    "closest_record",
                    "nearer_to_training", "membership", "copies", "privacy",
                ],
                [
                    ("model", #"{"type":"string"}"#), ("version", #"{"type":"integer"}"#), ("rows", anything),
                    ("quality", figure), ("shapes", figure), ("trends", figure), ("validity", figure),
                    ("usefulness", figure), ("detection", figure), ("closest_record", figure), ("copies", figure),
                    ("nearer_to_training", #"{"type":"number"}"#), ("membership", #"{"type":"number"}"#),
                    ("privacy", #"{"type":"string"}"#),
                ])),
        Schema(
            name: "Models",
            json: object(["data"], [("data", #"{"type":"array","items":\#(reference("Model"))}"#)])),
        Schema(
            name: "Change",
            json: object(
                [],
                optional([("current_version", integer(Bounds.version))]) + [
                    ("tags", tags)
                ])),
        Schema(name: "Status", json: object(["status"], [("status", #"{"type":"string"}"#)], isOpen: true)),
        Schema(
            name: "Index",
            json: object(
                ["name", "version", "routes"],
                [("name", #"{"type":"string"}"#), ("version", #"{"type":"string"}"#), ("routes", anything)])),
        Schema(
            name: "Problem",
            json: object(
                ["type", "title", "status", "detail", "code", "request_id"],
                [
                    ("type", #"{"type":"string"}"#), ("title", #"{"type":"string"}"#),
                    ("status", #"{"type":"integer"}"#),
                    ("detail", #"{"type":"string"}"#), ("code", #"{"type":"string","pattern":"^[a-z_]+$"}"#),
                    ("hint", #"{"type":"string"}"#), ("request_id", #"{"type":"string"}"#),
                    (
                        "errors",
                        #"{"type":"array","items":{"type":"object","required":["pointer","detail"],"properties":{"pointer":{"type":"string"},"detail":{"type":"string"}}}}"#
                    ),
                ])),
    ]
}
