// Package report says what a run of a scenario has shown: values for
// machines (JSON), a picture (SVG), and a few lines for people.
package report
