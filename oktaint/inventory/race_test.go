//go:build race

package inventory_test

// scale divides the size of large orgs: with the race detector they take long.
const scale = 10
