package conformance

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A pageStage is a stage with rows enough for a recorded page, and the words
// in which this org says what was recorded of another.
type pageStage struct {
	stage
	cursors map[string]string // recorded to answered
	said    *strings.Replacer // recorded text of a query to that of this org
}

func newPageStage(t *testing.T) *pageStage {
	t.Helper()
	o, p := org(t)
	p.ids.ids[recordedAdminHost] = strings.Replace(host, ".", "-admin.", 1)
	return &pageStage{stage{o, p}, make(map[string]string), strings.NewReplacer()}
}

// recordedAdminHost is the host of the Admin Console in every recording.
const recordedAdminHost = "example-admin.okta.test"

// words translates a recorded query or link.
func (s *pageStage) words(text string) string {
	for recorded, answered := range s.cursors {
		text = strings.ReplaceAll(text, "after="+recorded, "after="+answered)
	}
	return s.said.Replace(s.ids.text(text))
}

// queryOf returns the query of an exchange. Where an address was taken out of
// it, the self link still has it, and all parameters but sortOrder, which Okta
// leaves out there.
func queryOf(e exchange) string {
	if !strings.Contains(e.Query, "someone@example.com") {
		return e.Query
	}
	_, query, _ := strings.Cut(linksOf(e.ResponseHeader).rel["self"], "?")
	return query + "&sortOrder=" + queryValue(e.Query, "sortOrder")
}

// fill gives the org the rows of the recorded page, and one more where there
// is a next page.
func (s *pageStage) fill(e exchange) error {
	list, _ := e.ResponseBody.([]any)
	rows := len(list)
	if linksOf(e.ResponseHeader).rel["next"] != "" {
		rows++
	}
	switch {
	case e.Status != 200:
		return nil
	case e.operation() == "GET /api/v1/users":
		return s.fillUsers(e, rows)
	case e.operation() == "GET /api/v1/apps":
		return s.fillApps(list, rows)
	case e.operation() == "GET /api/v1/logs":
		return s.fillLogs(len(list))
	case e.operation() == "GET /api/v1/groups":
		return s.fillGroups(list)
	case e.operation() == "GET /api/v1/api-tokens":
		for range rows - 1 { // the owner has one
			s.org.NewAPIToken("READ_ONLY_ADMIN")
		}
		return nil
	}
	return s.prepare(e)
}

var recordedAddress = regexp.MustCompile(`testAcc-\d+%40example\.com`)

// fillUsers makes users. They are all called Test Admin, so that is whom the
// recorded searches are for.
func (s *pageStage) fillUsers(e exchange, rows int) error {
	for range rows {
		s.org.NewAPIToken()
	}
	var users []struct{ Profile struct{ Email string } }
	if err := s.call("GET", "/api/v1/users?search="+url.QueryEscape(`profile.lastName eq "Admin"`), nil, &users); err != nil {
		return err
	}
	if len(users) != rows {
		return fmt.Errorf("%d users, want %d", len(users), rows)
	}
	said := []string{
		"Smith", "Admin", "TestAcc", "Test", "Jones", "Admin",
		"profile.array123+eq+%22feature%22", "profile.lastName+eq+%22Admin%22",
	}
	if address := recordedAddress.FindString(queryOf(e)); address != "" {
		said = append(said, address, url.QueryEscape(users[0].Profile.Email))
	}
	s.said = strings.NewReplacer(said...)
	return nil
}

// fillApps makes apps of the recorded labels, whatever kind the recorded ones
// are of: paging is the same for all. Okta's own are in every org already.
func (s *pageStage) fillApps(list []any, rows int) error {
	for i := range rows {
		recorded, _ := list[min(i, len(list)-1)].(map[string]any)
		if builtInApps[fmt.Sprint(recorded["name"])] != "" {
			continue
		}
		app := serviceApp("")
		app["label"] = fmt.Sprint(recorded["label"])
		if err := s.call("POST", "/api/v1/apps", app, nil); err != nil {
			return err
		}
	}
	return nil
}

// fillGroups makes the recorded groups that the org lacks.
func (s *pageStage) fillGroups(list []any) error {
	for _, element := range list {
		group, _ := element.(map[string]any)
		profile, _ := group["profile"].(map[string]any)
		if profile["name"] == "Everyone" {
			continue
		}
		if err := s.call("POST", "/api/v1/groups", map[string]any{"profile": profile}, nil); err != nil {
			return err
		}
	}
	return nil
}

// fillLogs makes events: an app is changed so many times. The recorded query
// is for changes of another app, years ago.
func (s *pageStage) fillLogs(events int) error {
	var app map[string]any
	if err := s.call("POST", "/api/v1/apps", serviceApp(""), &app); err != nil {
		return err
	}
	path := fmt.Sprint("/api/v1/apps/", app["id"])
	for range events {
		if err := s.call("PUT", path, serviceApp(""), nil); err != nil {
			return err
		}
	}
	s.said = strings.NewReplacer(
		"_new_", fmt.Sprint(app["id"]),
		"2022-05-29T", time.Now().UTC().AddDate(0, 0, -2).Format("2006-01-02T"),
	)
	return nil
}
