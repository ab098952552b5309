package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// tellsPaging reports whether an exchange says how lists are paged: by a Link
// header, by its query, or by a list that has no such header. Some recorders
// left out headers, but none of them left out this one.
func tellsPaging(e exchange) bool {
	if linksOf(e.ResponseHeader).name != "" || queryValue(e.Query, "limit") != "" || queryValue(e.Query, "after") != "" {
		return true
	}
	if e.Method != http.MethodGet || e.Status != http.StatusOK || !e.counted() || leftShapes[e.ID] != "" {
		return false
	}
	_, list := e.ResponseBody.([]any)
	return list || strings.HasPrefix(e.Template, "/api/v1/iam/")
}

// TestPages replays every recorded exchange that tells how a list is paged
// and compares the links: which there are and on how many header lines, their
// parameters and the order of those, and the form of the cursor. The org is
// given as many rows as the recorded page had, and one more where it had a
// next one. Bodies are compared here if no other test does.
func TestPages(t *testing.T) {
	t.Parallel()
	all := recorded(t)
	g := &pager{left: maps.Clone(leftPages), unserved: maps.Clone(unservedPages)}
	for _, r := range shapes(all) {
		g.rows(t, r)
	}
	for _, r := range scenarios(all) {
		g.scenario(t, r)
	}
	t.Logf("pages: %d exchanges compared, %d with next, %d cursors followed, %d without Link; %d left, %d not served",
		g.compared, g.next, g.followed, g.unlinked, len(leftPages), g.skipped)
	for _, table := range []map[string]string{g.left, g.unserved} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			t.Errorf("listed, but not recorded: %s", name)
		}
	}
	report(t, g.found, slices.Concat(acceptedPages, acceptedAssetPages))
	if g.compared < 60 || g.next < 8 || g.followed < 3 {
		t.Errorf("compared %d, with next %d, followed %d: too few for the recordings to be whole", g.compared, g.next, g.followed)
	}
}

// A pager replays pages and counts.
type pager struct {
	found          []difference
	left, unserved map[string]string // entries that did not occur so far

	compared, next, followed, unlinked, skipped int
}

// rows replays single exchanges, each on an org of its own unless it follows
// a link of the one before.
func (g *pager) rows(t *testing.T, r recording) {
	t.Helper()
	var s *pageStage
	for _, e := range r.exchanges {
		if !tellsPaging(e) || g.skips(t, e) {
			continue
		}
		after := queryValue(e.Query, "after")
		if follows := s != nil && after != "" && s.cursors[after] != ""; !follows {
			s = newPageStage(t)
			if err := s.fill(e); err != nil {
				t.Errorf("conformance: %s, %s: %v", e, e.operation(), err)
				continue
			}
		}
		g.compare(t, s, e)
	}
}

// scenario replays the counted exchanges of a scenario in order, for the sake
// of their ids, and compares those that tell something. That of the log is
// among the single exchanges, too, and replayed like them.
func (g *pager) scenario(t *testing.T, r recording) {
	t.Helper()
	if strings.HasPrefix(r.name, "logs-") {
		g.rows(t, r)
		return
	}
	s := newPageStage(t)
	if seed := seeds[r.name]; seed != nil {
		if err := seed(s.org, s.replayer); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range r.exchanges {
		switch {
		case tellsPaging(e) && !g.skips(t, e):
			g.compare(t, s, e)
		case e.counted():
			if _, err := s.replay(e); err != nil {
				t.Error(err)
			}
		}
	}
}

// skips reports whether an exchange is listed as not to be compared.
func (g *pager) skips(t *testing.T, e exchange) bool {
	t.Helper()
	if reason, ok := unservedPages[e.operation()]; ok {
		t.Logf("left: %s, %s: %s", e, e.operation(), reason)
		delete(g.unserved, e.operation())
		g.skipped++
		return true
	}
	reason, ok := leftPages[e.ID]
	if ok {
		t.Logf("left: %s, %s: %s", e, e.operation(), reason)
		delete(g.left, e.ID)
	}
	return ok
}

func (g *pager) compare(t *testing.T, s *pageStage, e exchange) {
	t.Helper()
	header, status, body, err := s.page(e)
	if err != nil {
		t.Errorf("conformance: %s, %s: %v", e, e.operation(), err)
		return
	}
	g.compared++
	want := linksOf(e.ResponseHeader)
	switch {
	case want.name == "":
		g.unlinked++
	case want.rel["next"] != "":
		g.next++
	}
	if queryValue(e.Query, "after") != "" {
		g.followed++
	}
	if status != e.Status {
		g.found = append(g.found, difference{e.String(), "status", fmt.Sprint(status)})
		return
	}
	s.learnCursor(e, header)
	s.ids.learn(e.ResponseBody, body)
	for _, d := range s.differences(e, header, body) {
		g.found = append(g.found, difference{e.String(), d[0], d[1]})
	}
	if !e.counted() {
		g.found = append(g.found, bodyDifferences(e, body)...)
	}
}

// page sends the request of an exchange, in the words of the stage.
func (s *pageStage) page(e exchange) (header http.Header, status int, body any, err error) {
	e.Query = s.words(queryOf(e))
	req, err := s.request(e)
	if err != nil {
		return nil, 0, nil, err
	}
	if e.Status == http.StatusUnauthorized {
		req.Header.Set("Authorization", "SSWS not-a-token-of-this-org")
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, req)
	if w.Body.Len() > 0 {
		err = json.Unmarshal(w.Body.Bytes(), &body)
	}
	return w.Header(), w.Code, body, err
}

// learnCursor pairs the cursor of a recorded next link with the answered one.
func (s *pageStage) learnCursor(e exchange, header http.Header) {
	recorded, answered := cursorOf(linksOf(e.ResponseHeader).rel["next"]), cursorOf(linksOf(header).rel["next"])
	if recorded != "" && answered != "" {
		s.cursors[recorded] = answered
	}
}

// differences compares the paging of an answer with what was recorded.
func (s *pageStage) differences(e exchange, header http.Header, body any) [][2]string {
	var all [][2]string
	check := func(kind, got, want string) {
		if got != want {
			all = append(all, [2]string{kind, got + ", recorded: " + want})
		}
	}
	got, want := linksOf(header), linksOf(e.ResponseHeader)
	// One recorder has all names in lower case and joins the lines.
	if joined := want.name == "link"; !joined {
		check("header", got.name, want.name)
		check("lines", fmt.Sprint(got.lines), fmt.Sprint(want.lines))
	}
	if list, ok := e.ResponseBody.([]any); ok {
		rows, _ := body.([]any)
		check("rows", fmt.Sprint(len(rows)), fmt.Sprint(len(list)))
	}
	rels := maps.Clone(want.rel)
	maps.Copy(rels, got.rel)
	for _, rel := range slices.Sorted(maps.Keys(rels)) {
		check(rel, got.rel[rel], s.words(want.rel[rel]))
	}
	if next := want.rel["next"]; next != "" {
		check("cursor", cursorForm(cursorOf(got.rel["next"]), lastID(body)), cursorForm(cursorOf(next), lastID(e.ResponseBody)))
		check("next is self", fmt.Sprint(got.rel["next"] == got.rel["self"]), fmt.Sprint(next == want.rel["self"]))
	}
	for _, rel := range []string{"self", "next"} {
		check("body "+rel, bodyLink(body, rel), s.words(bodyLink(e.ResponseBody, rel)))
	}
	return all
}
