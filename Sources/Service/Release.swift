/// What this is called when it is asked.
package enum Release {
    package static let version = "0.1.0"
}
