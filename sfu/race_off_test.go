//go:build !race

package sfu_test

const raced = false
