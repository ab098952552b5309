//go:build !race

package remediation_test

const raceEnabled = false
