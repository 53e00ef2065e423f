import Formats
import GAN
import Models

extension OpenAPI {
    /// A parameter that operations have in common.
    struct Parameter: Sendable {
        var name: String
        var json: String
    }

    private static func query(_ name: String, _ schema: String, _ meaning: String, named key: String? = nil)
        -> Parameter
    {
        Parameter(
            name: key ?? name,
            json: #"{"name":"\#(name)","in":"query","schema":\#(schema),"description":"\#(meaning)"}"#)
    }

    private static func path(_ name: String, _ schema: String, _ meaning: String, _ example: String) -> Parameter {
        Parameter(
            name: name,
            json:
                #"{"name":"\#(name)","in":"path","required":true,"schema":\#(schema),"description":"\#(meaning)","example":"\#(example)"}"#
        )
    }

    private static func field(_ name: String, _ schema: String, _ meaning: String) -> Parameter {
        Parameter(
            name: name, json: #"{"name":"\#(name)","in":"header","schema":\#(schema),"description":"\#(meaning)"}"#)
    }

    static func integer(_ range: ClosedRange<Int>, standard: Int? = nil) -> String {
        let bounds = #""minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)"#
        return #"{"type":"integer",\#(bounds)\#(standard.map { #","default":\#($0)"# } ?? "")}"#
    }

    static func number(_ range: ClosedRange<Double>) -> String {
        let (minimum, maximum) = (String(range.lowerBound, decimals: nil), String(range.upperBound, decimals: nil))
        return #"{"type":"number","minimum":\#(minimum),"maximum":\#(maximum)}"#
    }

    private static func choice(_ names: [String]) -> String { #"{"type":"string",\#(oneOf(names).dropFirst())"# }

    /// The schema of one of several names.
    static func oneOf(_ names: [String]) -> String {
        #"{"enum":[\#(names.map { "\"\($0)\"" }.joined(separator: ","))]}"#
    }

    /// The schema of the name of a format that holds something.
    static func format(of content: Format.Content) -> String { oneOf(Format.writing(content).map(\.name)) }

    static let nameSchema = #"{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"}"#
    static let referencePattern = "^[a-z0-9][a-z0-9._-]{0,63}(@[1-9][0-9]{0,8})?$"
    private static let referenceSchema = #"{"type":"string","pattern":"\#(referencePattern)","default":"default"}"#
    private static let boolean = #"{"type":"boolean","default":false}"#

    static let parameters: [Parameter] = [
        path("id", #"{"type":"string","minLength":1}"#, "A job's id, or latest.", "latest"),
        path("name", nameSchema, "A model's name.", "default"),
        query("model", referenceSchema, "A model, or model@version.", named: "reference"),
        query("model", nameSchema, "A model's name.", named: "model"),
        query("n", integer(Bounds.samples, standard: 1), "Rows."),
        query("seed", integer(Bounds.seed), "What chance begins with; drawn where it is not given."),
        query(
            "orient", choice(SampleRoute.Orientation.allCases.map(\.rawValue)),
            "How a row stands in JSON; as trained where it is not given."),
        query("scores", boolean, "Whether each row is scored, too."),
        query("balance", #"{"type":"string"}"#, "A column whose values take turns; none where it is empty."),
        query(
            "sampling", choice(Sampling.Method.allCases.map(\.rawValue)),
            "What the discriminator has to say: nothing, which rows are given, or where they are moved."),
        query("detail", boolean, "Whether logits, percentiles and what makes rows impossible are told, too."),
        query("wait", integer(Bounds.wait, standard: 0), "Seconds to wait; not at all while too many others do."),
        query("format", choice(Format.writing(.rows).map(\.name)), "How rows are written, before Accept."),
        query(
            "format", choice(Format.writing(.scores).map(\.name)), "How scores are written, before Accept.",
            named: "scoreFormat"),
        query(
            "format", choice(Format.writing(.events).map(\.name)), "How events are written, before Accept.",
            named: "eventFormat"),
        query("steps", integer(Bounds.steps), "Steps of training; 0 makes an untrained model."),
        query("epochs", integer(Bounds.epochs), "Rounds through the data, in place of steps."),
        query("batch_size", integer(Bounds.batchSize), "Rows a step."),
        query(
            "max_seconds", number(Bounds.seconds),
            "The job ends by then, its evaluation included; a warning tells what there was too little time for."),
        query("keep_data", boolean, "Whether the data are kept as long as the job is remembered."),
        query("dry_run", boolean, "Whether only to tell what would be done."),
        query("resume", boolean, "Whether to begin with the weights of the version that serves."),
        query("family", choice(Families.all.map(\.name)), "What kind of model; the data decide."),
        query("types", #"{"type":"string"}"#, "What columns are: zip:category,id:identifier."),
        query(
            "constraints", #"{"type":"string"}"#,
            "What all rows keep: start<=end,combination:city:country,unique:id; none leaves out what the data tell."),
        query("columns", #"{"type":"string"}"#, "Names of the columns, with commas between."),
        query("tags", #"{"type":"string"}"#, "Tags of the job and its version: team:blue,stage:trial."),
        query("status", choice(Job.Status.allCases.map(\.rawValue)), "Only jobs of this status."),
        query("limit", integer(Bounds.jobs, standard: Bounds.standardJobs), "The size of a page."),
        query("after", #"{"type":"string"}"#, "What the page before told as next."),
        query(
            "limit", integer(Bounds.events),
            "The size of a page, \(Bounds.standardEvents) where it is not given; the events of a stream at most, all where it is not given.",
            named: "eventLimit"),
        query("after", integer(Bounds.event, standard: 0), "The event to go on behind.", named: "eventAfter"),
        query("version", integer(Bounds.version), "A version's number; the one that serves where it is not given."),
        field("Idempotency-Key", #"{"type":"string","pattern":"^[!-~]{1,255}$"}"#, "Makes a retry the same job."),
        field("Prefer", #"{"type":"string"}"#, "wait=30 waits for the job to end."),
        field("Last-Event-ID", #"{"type":"string"}"#, "The event to go on behind."),
        field(
            "If-Match", #"{"type":"string","pattern":"^(\\*|(W/)?\"[^\",]*\"( *, *(W/)?\"[^\",]*\")*)$"}"#,
            "The ETag that the model must have, as it was given, or * for any model."),
        field("If-None-Match", #"{"type":"string"}"#, "An ETag that the client has, or * for no model."),
        field("Range", #"{"type":"string"}"#, "bytes=0-99: a part of the file."),
    ]
}
