//go:build race

package systemlog_test

const raceEnabled = true
