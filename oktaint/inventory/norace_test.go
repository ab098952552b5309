//go:build !race

package inventory_test

const scale = 1
