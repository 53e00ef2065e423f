/// The server is on its way out, and takes on nothing new.
package struct ShuttingDown: Error {}
