import HTTP

/// One operation of the API as the OpenAPI document describes it. Fragments of JSON stand for themselves.
package struct Operation: Sendable {
    /// What an answer is.
    struct Answer: Sendable {
        var status: Int
        var meaning: String
        /// By media type: a schema.
        var content: [(type: String, schema: String)] = []
        var fields: [String] = []

        static func json(_ status: Int, _ meaning: String, _ schema: String, fields: [String] = []) -> Answer {
            Answer(
                status: status, meaning: meaning, content: [("application/json", OpenAPI.reference(schema))],
                fields: fields)
        }
    }

    package let method: String
    package let path: String
    var id: String
    var summary: String
    /// Names of `OpenAPI.parameters`.
    var parameters: [String] = []
    /// By media type: a schema, and an example.
    var body: [(type: String, schema: String, example: String)] = []
    var wantsBody = false
    var answers: [Answer]
    /// Statuses with the codes of their problems.
    var errors: [(status: Int, codes: String)] = []
    /// As the route table has it.
    var access = Access.read

    var json: String {
        var members = [
            #""operationId":"\#(id)""#, #""summary":"\#(summary)""#,
            #""tags":["\#(path.split(separator: "/").first.map(String.init) ?? "operations")"]"#,
        ]
        if access.isPublic { members.append(#""security":[]"#) }
        let names = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        let all = names.map(String.init) + parameters
        if !all.isEmpty {
            members.append(
                #""parameters":["# + all.map { ##"{"$ref":"#/components/parameters/\##($0)"}"## }.joined(separator: ",")
                    + "]")
        }
        if !body.isEmpty {
            let content = body.map { #""\#($0.type)":{"schema":\#($0.schema),"example":\#($0.example)}"# }
            members.append(#""requestBody":{"required":\#(wantsBody),"content":{\#(content.joined(separator: ","))}}"#)
        }
        members.append(#""responses":{\#((answers.map(text) + errors.map(problem)).joined(separator: ","))}"#)
        return "{\(members.joined(separator: ","))}"
    }

    private func text(_ answer: Answer) -> String {
        var members = [#""description":"\#(answer.meaning)""#]
        if !answer.fields.isEmpty {
            let fields = answer.fields.map { #""\#($0)":{"schema":{"type":"string"}}"# }
            members.append(#""headers":{\#(fields.joined(separator: ","))}"#)
        }
        if !answer.content.isEmpty {
            let content = answer.content.map { #""\#($0.type)":{"schema":\#($0.schema)}"# }
            members.append(#""content":{\#(content.joined(separator: ","))}"#)
        }
        return #""\#(answer.status)":{\#(members.joined(separator: ","))}"#
    }

    private func problem(_ status: Int, _ codes: String) -> String {
        #""\#(status)":{"description":"\#(codes)","content":{"application/problem+json":{"schema":\#(OpenAPI.reference("Problem"))}}}"#
    }
}
