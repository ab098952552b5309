//go:build !race

package oktaint_test

const raceEnabled = false
