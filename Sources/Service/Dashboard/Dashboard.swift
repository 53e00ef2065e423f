/// The page for browsers: HTML, CSS and JavaScript that are written in files of their own and sent as one.
package enum Dashboard {
    package static let style = text(PackageResources.style_css)
    /// In the order in which they need one another.
    package static let script = [
        PackageResources.api_js, PackageResources.charts_js, PackageResources.tables_js, PackageResources.script_js,
    ].map(text).joined(separator: "\n")

    package static let page = text(PackageResources.page_html)
        .replacing("{{style}}", with: style).replacing("{{script}}", with: script)

    /// The style of the page that a model's report is read on.
    package static let reportStyle = text(PackageResources.report_css)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
