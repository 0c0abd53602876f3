//go:build !linux

package doctor

// ThisMachine can't be asked here.
func ThisMachine() Machine { return Machine{} }
