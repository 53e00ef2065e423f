/// So many places at equal steps through all of them.
func evenSteps(_ count: Int, through all: Int) -> [Int] { (0..<count).map { $0 * all / count } }
