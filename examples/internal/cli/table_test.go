package cli_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

// plan is a table as respond shows it.
func plan() *cli.Table {
	t := cli.NewTable("#", "ACTION", "TARGET", "NOW", "VERDICT", "BECAUSE")
	t.Row("1", "suspend_user", "user dana@example.com (00u000000000000025d7)", "ACTIVE", "run", "leaves it SUSPENDED")
	t.Row("2", "clear_sessions", "user omar@example.com (00u000000000000035d7)", "", "refused", "the user holds ORG_ADMIN; it is acted on only if --allow names it")
	t.Row("3", "clear_sessions", "user lee@example.com (00u000000000000045d7)", "", "run", "")
	return t
}

func TestTable(t *testing.T) {
	t.Parallel()
	for width, want := range map[int]string{
		0: `#  ACTION          TARGET                                        NOW     VERDICT  BECAUSE
1  suspend_user    user dana@example.com (00u000000000000025d7)  ACTIVE  run      leaves it SUSPENDED
2  clear_sessions  user omar@example.com (00u000000000000035d7)  -       refused  the user holds ORG_ADMIN; it is acted on only if --allow names it
3  clear_sessions  user lee@example.com (00u000000000000045d7)   -       run
`,
		120: `#  ACTION          TARGET                                        NOW     VERDICT  BECAUSE
1  suspend_user    user dana@example.com (00u000000000000025d7)  ACTIVE  run      leaves it SUSPENDED
2  clear_sessions  user omar@example.com (00u000000000000035d7)  -       refused  the user holds ORG_ADMIN; it is acted
                                                                                  on only if --allow names it
3  clear_sessions  user lee@example.com (00u000000000000045d7)   -       run
`,
		80: `#  ACTION          TARGET                  NOW     VERDICT  BECAUSE
1  suspend_user    user dana@example.com   ACTIVE  run      leaves it SUSPENDED
                   (00u000000000000025d7)
2  clear_sessions  user omar@example.com   -       refused  the user holds
                   (00u000000000000035d7)                   ORG_ADMIN; it is
                                                            acted on only if
                                                            --allow names it
3  clear_sessions  user lee@example.com    -       run
                   (00u000000000000045d7)
`,
		60: `#  ACTION          TARGET                    NOW     VERDICT
1  suspend_user    user dana@example.com     ACTIVE  run
                   (00u000000000000025d7)
    because: leaves it SUSPENDED
2  clear_sessions  user omar@example.com     -       refused
                   (00u000000000000035d7)
    because: the user holds ORG_ADMIN; it is acted on only
      if --allow names it
3  clear_sessions  user lee@example.com      -       run
                   (00u000000000000045d7)
`,
	} {
		if got := plan().Text(width); got != want {
			t.Errorf("%d columns:\n%s\nwant\n%s", width, got, want)
		}
	}
}

// At every width all words of a table are there, in lines that fit unless one word
// does not.
func TestTableFits(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("0123456789abcdef", 4)
	titled := cli.NewTable()
	titled.Row("tenant_id:", "acme")
	titled.Row("granted_scopes:", "26: "+strings.Repeat("okta.users.read ", 26))
	titled.Row("coverage:")
	titled.Row("  users", "visible")
	titled.Row("  authorizationServers", "not probed")
	long := cli.NewTable("NAME", "DIGEST", "WHY")
	long.Row(strings.Repeat("long", 15)+"@example.com", digest, "because of it")
	long.Row("dana", digest, "界界界 界界界 "+strings.Repeat("wide 界 ", 20))
	tables := map[string]*cli.Table{"plan": plan(), "titled": titled, "long": long, "empty": cli.NewTable(), "heads": cli.NewTable("A", "B"), "title": cli.NewTable()}
	tables["title"].Row("only")
	for name, table := range tables {
		want := words(table.Text(0))
		for width := 10; width < 200; width++ {
			text := table.Text(width)
			if got := words(text); !slices.Equal(got, want) && !sameButHeads(got, want) {
				t.Fatalf("%s at %d columns has the words\n%q, want\n%q\n%s", name, width, got, want, text)
			}
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if n := wide(line); n > width && strings.Contains(strings.TrimSpace(line), "  ") && longest(line) < width/4 {
					t.Fatalf("%s at %d columns: a line of %d: %q", name, width, n, line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Fatalf("%s at %d columns: blanks at the end of %q", name, width, line)
				}
			}
		}
	}
}

// words are the words of a text, sorted.
func words(text string) []string {
	all := strings.Fields(text)
	slices.Sort(all)
	return all
}

// sameButHeads allows for the heads that stand in front of cells below a row, in
// place of the first line.
func sameButHeads(got, want []string) bool {
	drop := func(all []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(w string) bool {
			return w == strings.ToUpper(w) && strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" || strings.HasSuffix(w, ":")
		})
	}
	return slices.Equal(drop(got), drop(want))
}

func wide(line string) int { return utf8.RuneCountInString(line) + strings.Count(line, "界") }

func longest(line string) (n int) {
	for word := range strings.FieldsSeq(line) {
		n = max(n, wide(word))
	}
	return n
}

// What somebody has called a thing is not obeyed, and does not break the table.
func TestTableIsPrintable(t *testing.T) {
	t.Parallel()
	table := cli.NewTable("A", "B")
	table.Row("\x1b[2K\u202egood", "two\nlines")
	for _, width := range []int{0, 80} {
		if got, want := table.Text(width), "A          B\n\uFFFD[2K\uFFFDgood  two lines\n"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func ExampleTable() {
	t := cli.NewTable()
	t.Row("tenant_id:", "acme")
	t.Row("coverage:")
	t.Row("  users", "visible")
	t.Row("  authorizationServers", "not probed")
	fmt.Print(t.Text(80))
	// Output:
	// tenant_id:  acme
	// coverage:
	//   users                 visible
	//   authorizationServers  not probed
}
