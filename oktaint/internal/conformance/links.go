package conformance

import (
	"net/url"
	"regexp"
	"strings"
)

// links are the Link headers of an answer.
type links struct {
	name  string            // of the header, in its case on the wire; empty: there is none
	lines int               // header lines
	rel   map[string]string // URL by relation
}

var linkForm = regexp.MustCompile(`<([^>]*)>; rel="([a-z]+)"`)

// linksOf reads the Link headers among header.
func linksOf(header map[string][]string) links {
	found := links{rel: make(map[string]string)}
	for name, lines := range header {
		if !strings.EqualFold(name, "Link") {
			continue
		}
		found.name, found.lines = name, len(lines)
		for _, m := range linkForm.FindAllStringSubmatch(strings.Join(lines, ", "), -1) {
			found.rel[m[2]] = m[1]
		}
	}
	return found
}

// cursorOf returns the parameter after of a link.
func cursorOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Query().Get("after")
}

var timeCursor = regexp.MustCompile(`^\d{13}_\d+$`)

// cursorForm says what a cursor looks like; last is the id of the last row of
// the page it comes with.
func cursorForm(after, last string) string {
	switch {
	case after == "":
		return "none"
	case last != "" && after == last:
		return "the last id"
	case timeCursor.MatchString(after):
		return "a time and a number"
	}
	return "opaque"
}

// lastID is the id of the last row of a list.
func lastID(body any) string {
	list, _ := body.([]any)
	if len(list) == 0 {
		return ""
	}
	return elementID(list[len(list)-1])
}

// bodyLink returns the URL of a relation in the _links of an object.
func bodyLink(body any, rel string) string {
	object, _ := body.(map[string]any)
	all, _ := object["_links"].(map[string]any)
	link, _ := all[rel].(map[string]any)
	href, _ := link["href"].(string)
	return href
}
