package conformance

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// An exchange is one recorded request to a real org and its answer.
type exchange struct {
	ID           string `json:"id"`
	Scenario     string `json:"scenario"` // empty: a single shape
	Seq          int    `json:"seq"`
	Cassette     string `json:"cassette"`
	Interaction  int    `json:"interaction"`
	Method       string `json:"method"`
	Path         string `json:"path"`
	Template     string `json:"path_template"`
	Query        string `json:"query"`
	RequestBody  any    `json:"request_body"` // nil: none, or redacted
	Status       int    `json:"status"`
	ResponseBody any    `json:"response_body"` // nil: none

	ResponseHeader recordedHeader `json:"response_headers"`
	Scrubbed       bool           `json:"response_headers_scrubbed"` // a header that is not there means nothing
}

// A recordedHeader maps the names of headers, in their case on the wire, to
// the lines of each.
type recordedHeader map[string][]string

// UnmarshalJSON reads an object of strings and of lists of strings.
func (h *recordedHeader) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*h = make(recordedHeader, len(raw))
	for name, value := range raw {
		var lines []string
		if err := json.Unmarshal(value, &lines); err != nil {
			var line string
			if err := json.Unmarshal(value, &line); err != nil {
				return fmt.Errorf("header %s: %w", name, err)
			}
			lines = []string{line}
		}
		(*h)[name] = lines
	}
	return nil
}

// String names the exchange as the tables of differences do.
func (e exchange) String() string {
	if e.Scenario != "" {
		return fmt.Sprintf("%s %d", e.Scenario, e.Seq)
	}
	return e.ID
}

// operation is the method and the path template, with {names} for ids.
func (e exchange) operation() string { return e.Method + " " + e.Template }

// readExchanges reads one JSON object a line, in the order of the file.
func readExchanges(r io.Reader) ([]exchange, error) {
	var all []exchange
	dec := json.NewDecoder(bufio.NewReader(r))
	for {
		var e exchange
		switch err := dec.Decode(&e); err {
		case nil:
			all = append(all, e)
		case io.EOF:
			return all, nil
		default:
			return nil, fmt.Errorf("conformance: exchange %d: %w", len(all)+1, err)
		}
	}
}

// A recording is an ordered list of exchanges with one org.
type recording struct {
	name      string
	exchanges []exchange
}

// scenarios returns the whole recordings, in the order of the file.
func scenarios(all []exchange) []recording {
	return group(all, func(e exchange) string { return e.Scenario },
		func(a, b exchange) int { return cmp.Compare(a.Seq, b.Seq) })
}

// shapes returns the exchanges without a scenario, those of one cassette
// together. Much of a cassette is missing, but what is there is in order.
func shapes(all []exchange) []recording {
	return group(all, func(e exchange) string {
		if e.Scenario != "" {
			return ""
		}
		return e.Cassette
	}, func(a, b exchange) int { return cmp.Compare(a.Interaction, b.Interaction) })
}

func group(all []exchange, key func(exchange) string, order func(a, b exchange) int) []recording {
	index := make(map[string]int)
	var groups []recording
	for _, e := range all {
		name := key(e)
		if name == "" {
			continue
		}
		i, ok := index[name]
		if !ok {
			i = len(groups)
			index[name] = i
			groups = append(groups, recording{name: name})
		}
		groups[i].exchanges = append(groups[i].exchanges, e)
	}
	for _, g := range groups {
		slices.SortStableFunc(g.exchanges, order)
	}
	return groups
}
