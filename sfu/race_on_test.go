//go:build race

package sfu_test

// raced: the race detector makes everything some ten times slower, so the
// longest tests are shortened under it and run whole without.
const raced = true
