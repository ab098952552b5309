package house

import (
	"os"
	"path/filepath"
	"regexp"
)

// A Readme is the text of the README.
type Readme string

// ReadReadme reads the README.
func ReadReadme() (Readme, error) {
	b, err := os.ReadFile(filepath.Join(Root, "README.md"))
	return Readme(b), err
}

var (
	goBlock   = regexp.MustCompile("(?s)```go\n(.*?)```")
	treeBlock = regexp.MustCompile("(?s)```\n(" + regexp.QuoteMeta(Module) + "\n.*?)```")
)

// GoCode returns its blocks of Go.
func (r Readme) GoCode() []string {
	var blocks []string
	for _, m := range goBlock.FindAllStringSubmatch(string(r), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// Tree returns its tree of packages, empty if it has none.
func (r Readme) Tree() string {
	if m := treeBlock.FindStringSubmatch(string(r)); m != nil {
		return m[1]
	}
	return ""
}
