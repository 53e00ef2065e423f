/// A training that has come to numbers which are not finite, or on the way there, three steps in a row.
package struct Diverged: Error {}
