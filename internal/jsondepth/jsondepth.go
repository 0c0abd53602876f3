package jsondepth

// Exceeds tells whether text nests more than limit objects and arrays, in one
// pass and without allocation. The text may be broken: what is inside a string
// does not count, and a string that never ends hides the rest, as it does from
// a decoder.
func Exceeds[T ~string | ~[]byte](text T, limit int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > limit {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}
