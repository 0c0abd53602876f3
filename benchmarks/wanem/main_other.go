//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "wanem: netfilter queues are Linux's")
	os.Exit(1)
}
