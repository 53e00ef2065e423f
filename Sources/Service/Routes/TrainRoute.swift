import Formats
import GAN
import HTTP
import HTTPTypes
import Models

/// `POST /train`: data in, a job out.
struct TrainRoute: Sendable {
    let jobs: Jobs
    let jobRoutes: JobRoutes
    let catalog: Catalog
    let queues: WorkQueues
    let events: EventRoutes
    let settings: Settings
    let budget: ParsingBudget

    private static let scalars = [
        "model", "steps", "epochs", "batch_size", "seed", "max_seconds", "keep_data", "dry_run", "wait", "family",
        "types", "resume", "format",
    ]

    /// What a request asks for, checked in full.
    private struct Plan: Sendable {
        var submission: Jobs.Submission
        /// The memory that reading the data and learning from them takes at the most.
        var estimatedMemory: Int
        var isDryRun: Bool
        var wait: Int
        var format: Format
    }

    func handle(_ request: Request) async throws -> Response {
        let share = ParsingBudget.Share(of: budget, for: request.remoteAddress)
        // Even of few rows much may have to be found out.
        let plan = try await queues.run(.long, for: request.remoteAddress) { isAbandoned in
            try self.plan(
                request,
                ReadingLimits(
                    columns: settings.maximumColumns, rows: settings.maximumRows,
                    cure: "the setting max_rows raises the limit", share: share, isAbandoned: isAbandoned))
        }
        // The data have been read, and the request stays as long as somebody waits for the job.
        request.body.release(0..<request.body.count)
        guard !plan.isDryRun else { return dryRun(plan) }
        // A stream that there is no place for is refused before its job is accepted.
        let place = plan.format == .json ? nil : try events.place(for: request)
        let accepted = try await jobs.submit(plan.submission)
        var response: Response
        if let place {
            response = events.stream(of: accepted.job, as: plan.format, in: place)
            response.fields[.location] = "/jobs/\(accepted.job.id)"
        } else {
            response = try await jobRoutes.awaited(
                accepted.job, wait: plan.wait, request, JobRoutes.accepted(_:isAwaited:))
        }
        if accepted.isReplayed { response.fields[.idempotencyReplayed] = "true" }
        return response
    }

    /// What the request is known by when it is sent once more, where it has a name.
    private func key(_ request: Request) throws -> IdempotencyKey? {
        guard let text = request.fields[.idempotencyKey] else { return nil }
        guard 1...255 ~= text.utf8.count, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw Problem(
                422, "invalid_parameter", "must have 1 to 255 visible ASCII characters",
                pointer: "header:Idempotency-Key")
        }
        // How long to wait is asked of this answer, not of the job.
        let query = request.query.filter { $0.name != "wait" }.map { "\($0.name)=\($0.value)" }.sorted()
        let parts = query + [request.fields[.contentType] ?? "", request.body.withSpan { Digest.sha256($0) }]
        return IdempotencyKey(text, digest: Digest.sha256(Array(parts.joined(separator: "\n").utf8)))
    }

    /// Names and values that the job is to have.
    private func tags(_ parameters: Parameters) throws -> TextMap {
        if let list = try parameters.list("tags") { return try TagsPayload.read(list, at: "query:tags") }
        return try parameters.members["tags"].map { try TagsPayload.read($0, at: "/tags") } ?? [:]
    }

    private func plan(_ request: Request, _ limits: ReadingLimits) throws -> Plan {
        let body = try RequestBody(request, limits: limits)
        // An array alone is the data alone.
        let envelope = body.envelope
        if case .json(let text, _) = body, ![.array, .object].contains(text.document.root.kind) {
            throw Problem(422, "invalid_data", "the body must be an object or an array", pointer: "")
        }
        // What two families call the same is of one kind.
        let knobs = Dictionary(
            Families.all.flatMap { $0.options(columns: 1) }.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first })
        let isSample = envelope?["data"] != nil
        let parameters = try Parameters(
            query: request.query, body: envelope, scalars: Self.scalars + knobs.keys.sorted(),
            structured: ["data", "options"], lists: ["columns", "tags", "constraints"],
            // A /sample answer is taken verbatim.
            ignored: isSample ? ["n", "version", "step", "scores", "sampling", "acceptance_rate"] : [])
        let reference = try ModelReference(parameters.text("model"))
        guard reference.version == nil else {
            throw Problem(
                422, "invalid_parameter", "a training makes a version; it cannot be told which", pointer: "/model")
        }
        let seed =
            try parameters.integer("seed", in: Bounds.seed).map(UInt64.init)
            ?? .random(in: 0...Specification.maximumSeed)
        let types = try types(parameters)
        let reading = request.reading(
            limits, texts: Set(types.pairs.filter { ["category", "timestamp"].contains($0.text) }.map(\.name)))
        let table = try renamed(body.table(parameters, reading) ?? drawn(parameters, seed: seed), parameters)
        guard table.rowCount <= settings.maximumRows, table.columns.count <= settings.maximumColumns else {
            throw Problem(
                422, "invalid_data",
                "more than \(settings.maximumRows) rows or \(settings.maximumColumns) columns", pointer: "/data")
        }

        var wanted = Specification.Request(seed: seed)
        wanted.steps = try parameters.integer("steps", in: Bounds.steps)
        wanted.epochs = try parameters.integer("epochs", in: Bounds.epochs)
        wanted.batchSize = try parameters.integer("batch_size", in: Bounds.batchSize)
        wanted.family = try parameters.text("family")
        wanted.types = types
        wanted.constraints = try constraints(parameters)
        wanted.options = try options(parameters, knobs: Array(knobs.values), family: &wanted.family)
        let material = try Material(wanted, for: table)
        let isDryRun = try parameters.bool("dry_run") ?? false
        let estimatedMemory = max(MemoryEstimate(material).bytes, table.byteCount + request.body.count)
        if !isDryRun { try checkMemory(estimatedMemory) }
        let training = Training(
            specification: material.specification,
            maximumSeconds: try parameters.number("max_seconds", in: Bounds.seconds),
            keepsData: try parameters.bool("keep_data") ?? false,
            startVersion: try parameters.bool("resume") ?? false
                ? start(material, model: reference.name) : nil)
        return Plan(
            submission: Jobs.Submission(
                model: reference.name, training: training, material: material,
                tags: try tags(parameters), key: try key(request)),
            estimatedMemory: estimatedMemory, isDryRun: isDryRun, wait: try request.wait(parameters),
            format: try request.format(of: .events, parameters))
    }

    private func checkMemory(_ estimate: Int) throws {
        guard estimate > settings.maximumTrainingBytes else { return }
        throw Problem(
            422, "memory_estimate_exceeded",
            "the training would take about \(estimate) bytes of memory, of \(settings.maximumTrainingBytes)",
            hint: "fewer rows, smaller layers or batches or a lower max_categories take less; the setting "
                + "max_training_bytes raises the limit",
            pointer: "/data")
    }

    /// The version that a training goes on from.
    private func start(_ material: Material, model: String) throws -> Int {
        guard let served = try? catalog.served(model), served.isPublished else {
            throw Problem(422, "invalid_parameter", "there is no version of \(model) to resume", pointer: "/resume")
        }
        guard material.canStart(from: served.snapshot) else {
            throw Problem(
                422, "schema_mismatch", "\(model)@\(served.version) has other columns or networks", pointer: "/resume")
        }
        return served.version
    }

    /// Data drawn from the distribution that is asked for, or from that of the demonstration.
    private func drawn(_ parameters: Parameters, seed: UInt64) throws -> Table {
        guard let data = parameters.members["data"] else {
            return Distribution.demonstration.table(count: Distribution.demonstrationCount, seed: seed)
        }
        let (distribution, count) = try DistributionPayload.read(data, maximumCount: settings.maximumRows)
        return distribution.table(count: count, seed: seed)
    }

    /// What columns are, where the request says so: `zip:category,id:identifier`.
    private func types(_ parameters: Parameters) throws -> TextMap {
        var types: TextMap = [:]
        for pair in try parameters.list("types") ?? [] where !pair.isEmpty {
            guard let colon = pair.utf8.lastIndex(of: UInt8(ascii: ":")),
                Schema.typeNames.contains(String(pair[pair.utf8.index(after: colon)...]))
            else {
                throw Problem(
                    422, "invalid_parameter",
                    "must be column:type, several with commas between, of the types "
                        + Schema.typeNames.joined(separator: ", "), pointer: "/types")
            }
            types[ByteText(pair[..<colon])] = String(pair[pair.utf8.index(after: colon)...])
        }
        return types
    }

    /// What rows are to keep: `start<=end,unique:id`, or an array of such texts.
    private func constraints(_ parameters: Parameters) throws -> [String] {
        if let list = try parameters.list("constraints") { return list.filter { !$0.isEmpty }.map(String.init) }
        guard let element = parameters.members["constraints"], element.kind != .null else { return [] }
        let texts = element.kind == .array ? element.elements.map(\.string) : [nil]
        guard !texts.contains(nil) else {
            throw Problem(422, "invalid_parameter", "must be an array of texts", pointer: "/constraints")
        }
        return texts.compactMap(\.self)
    }

    private func renamed(_ table: Table, _ parameters: Parameters) throws -> Table {
        let element = parameters.members["columns"]
        let given =
            try parameters.list("columns").map { $0.map(ByteText.init) }
            ?? element?.elements.map { ByteText($0.string ?? "") }
        guard let names = given else { return table }
        guard element?.kind ?? .array == .array, Set(names).count == names.count, !names.contains("") else {
            throw Problem(422, "invalid_parameter", "must be an array of different names", pointer: "/columns")
        }
        guard names.count == table.columns.count else {
            throw Problem(
                422, "invalid_parameter", "has \(names.count) names for \(table.columns.count) columns",
                pointer: "/columns")
        }
        guard table.orientation != .records || Set(names) == Set(table.names) else {
            throw Problem(422, "invalid_parameter", "are not the names in the data", pointer: "/columns")
        }
        guard table.orientation != .records else { return table }
        return Table(
            columns: zip(names, table.columns).map { $1.renamed($0) },
            orientation: table.orientation)
    }

    private func options(
        _ parameters: Parameters, knobs: [Option], family: inout String?
    ) throws -> [String: OptionValue] {
        var options: [String: OptionValue] = [:]
        for knob in knobs { options[knob.name] = parameters.option(knob) }
        guard let element = parameters.members["options"] else { return options }
        guard element.kind == .object else {
            throw Problem(422, "invalid_parameter", "must be an object", pointer: "/options")
        }
        for (key, value) in element.members {
            let (name, pointer) = (key.string, "/options\(JSONElement.token(key))")
            if name == "family" {
                guard let text = value.string, family == nil || family == text else {
                    throw Problem(422, "invalid_parameter", "must be a text, and given once", pointer: pointer)
                }
                family = text
                continue
            }
            let option: OptionValue
            switch value.kind {
            case .number: option = .number(value.double ?? 0)
            case .string: option = .text(value.string ?? "")
            case .array:
                let widths = value.elements.map { $0.integer(as: Int.self) }
                guard !widths.contains(nil) else {
                    throw Problem(422, "invalid_parameter", "must be an array of whole numbers", pointer: pointer)
                }
                option = .widths(widths.compactMap(\.self))
            case .null: continue
            case .boolean, .object:
                throw Problem(422, "invalid_parameter", "cannot be \(value.kind.noun)", pointer: pointer)
            }
            guard options[name] == nil || options[name] == option else {
                throw Problem(
                    400, "conflicting_parameter", "is given twice, with different values", pointer: pointer)
            }
            options[name] = option
        }
        return options
    }

    private func dryRun(_ plan: Plan) -> Response {
        let (submission, specification) = (plan.submission, plan.submission.material.specification)
        return jsonResponse { writer in
            writer.member("model", submission.model)
            writer.member("rows", submission.material.table.rowCount)
            writer.member("columns", submission.material.table.names)
            writer.member("seed", Int(specification.seed))
            writer.key("options")
            writer.object { specification.write(to: &$0) }
            specification.writeConstraints(to: &writer)
            writer.member("estimated_memory_bytes", plan.estimatedMemory)
            writer.member("warnings", plan.submission.material.warnings)
        }
    }
}
