// Package jsondepth bounds how deep JSON text nests before anything decodes
// it: a decoder's stack grows with the depth that a stranger chooses. It is
// pure and imports nothing.
package jsondepth
