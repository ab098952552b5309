package conformance

import (
	"maps"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// prepareUser makes the user that an exchange names, and what it has, or the
// users of a list.
func (s *stage) prepareUser(e exchange) error {
	if e.operation() == "GET /api/v1/users" && e.Status == 200 {
		s.makeListedUsers(e)
		return nil
	}
	id := pathIDs(e)["userId"]
	if id == "" || e.Status == 404 {
		return s.forgetUser(e, id)
	}
	if !s.ids.knows(id) {
		if strings.Contains(e.Template, "/subscriptions") { // shown to the user alone, who made the recording
			return s.callerIs(id)
		}
		s.ids.add(id, s.org.AddUser(userBehind(e)))
	} else if e.Method == "PUT" && strings.HasSuffix(e.Template, "{userId}") {
		s.defineAttributes(e)
	}
	switch operation := e.Template[strings.Index(e.Template, "{userId}")+len("{userId}"):]; {
	case strings.HasPrefix(operation, "/credentials/"):
		return s.giveCredentials(e, id)
	case strings.HasPrefix(operation, "/factors") && e.Method != "POST":
		return s.giveFactors(e, id)
	case operation == "/groups":
		return s.giveGroups(e, id)
	}
	return nil
}

// callerIs lets the caller of all requests stand for a recorded user.
func (s *stage) callerIs(id string) error {
	var me struct{ ID string }
	if err := s.call("GET", "/api/v1/users/me", nil, &me); err != nil {
		return err
	}
	s.ids.add(id, me.ID)
	return nil
}

// forgetUser deletes the user that an exchange does not find any more.
func (s *stage) forgetUser(e exchange, id string) error {
	missed := strings.Contains(text(e.ResponseBody, "errorSummary"), "(User)")
	if id == "" || !missed || !s.ids.knows(id) || !strings.HasPrefix(s.ids.text(id), "00u") {
		return nil
	}
	for range 2 {
		if err := s.call("DELETE", s.ids.text("/api/v1/users/"+id), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// userBehind returns a user who can have given the recorded answer.
func userBehind(e exchange) oktatest.User {
	answer, _ := e.ResponseBody.(map[string]any)
	profile, isUser := answer["profile"].(map[string]any)
	switch {
	case isUser && strings.HasSuffix(e.Template, "{userId}"):
		credentials, _ := answer["credentials"].(map[string]any)
		return oktatest.User{
			Status: text(answer, "status"), NoPassword: credentials["password"] == nil, Profile: maps.Clone(profile),
		}
	case strings.HasSuffix(e.Template, "/lifecycle/activate"):
		return oktatest.User{Status: "STAGED"}
	}
	return oktatest.User{}
}

// defineAttributes gives the org the custom attributes of a request, which
// belong to its schema, by a user who has them.
func (s *stage) defineAttributes(e exchange) {
	sent, _ := requestBody(e).(map[string]any)
	profile, _ := sent["profile"].(map[string]any)
	attributes := maps.Clone(profile)
	delete(attributes, "login")
	delete(attributes, "email")
	s.org.AddUser(oktatest.User{Profile: attributes})
}

// makeListedUsers makes the users of a recorded list that do not exist yet.
func (s *stage) makeListedUsers(e exchange) {
	list, _ := e.ResponseBody.([]any)
	for _, element := range list {
		listed, _ := element.(map[string]any)
		if s.ids.knows(elementID(listed)) {
			continue
		}
		profile, _ := listed["profile"].(map[string]any)
		s.ids.add(elementID(listed), s.org.AddUser(oktatest.User{
			Status: text(listed, "status"), NoPassword: true, Profile: maps.Clone(profile),
		}))
	}
}

// giveCredentials gives a user the password and the recovery question that a
// request relies on.
func (s *stage) giveCredentials(e exchange, id string) error {
	sent, _ := requestBody(e).(map[string]any)
	password := samplePassword
	for _, name := range []string{"oldPassword", "password"} {
		if object, ok := sent[name].(map[string]any); ok {
			password = text(object, "value")
		}
	}
	answer := sampleAnswer
	if question, ok := sent["recovery_question"].(map[string]any); ok {
		answer = text(question, "answer")
	}
	credentials := map[string]any{
		"password":          map[string]any{"value": password},
		"recovery_question": map[string]any{"question": "Which symbol?", "answer": answer},
	}
	return s.call("POST", s.ids.text("/api/v1/users/"+id), map[string]any{"credentials": credentials}, nil)
}

// giveFactors enrolls the recorded factors that a user lacks.
func (s *stage) giveFactors(e exchange, id string) error {
	list, ok := e.ResponseBody.([]any)
	if !ok {
		list = []any{e.ResponseBody}
	}
	for _, element := range list {
		factor, _ := element.(map[string]any)
		if s.ids.knows(elementID(factor)) {
			continue
		}
		body := map[string]any{"factorType": factor["factorType"], "provider": factor["provider"], "profile": factor["profile"]}
		if factor["factorType"] == "question" {
			body["profile"] = map[string]any{"question": "disliked_food", "answer": "meatball"}
		}
		var made struct{ ID string }
		if err := s.call("POST", s.ids.text("/api/v1/users/"+id)+"/factors", body, &made); err != nil {
			return err
		}
		s.ids.add(elementID(factor), made.ID)
	}
	return nil
}

// giveGroups makes a user a member of the recorded groups.
func (s *stage) giveGroups(e exchange, id string) error {
	list, _ := e.ResponseBody.([]any)
	for _, element := range list {
		group, _ := element.(map[string]any)
		if group["type"] == "BUILT_IN" {
			continue
		}
		if !s.ids.knows(elementID(group)) {
			if err := s.make(elementID(group), "/api/v1/groups", map[string]any{"profile": group["profile"]}); err != nil {
				return err
			}
		}
		path := s.ids.text("/api/v1/groups/" + elementID(group) + "/users/" + id)
		if err := s.call("PUT", path, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// text returns a text of an object, or "".
func text(v any, name string) string {
	object, _ := v.(map[string]any)
	s, _ := object[name].(string)
	return s
}

// withAuthorization returns the replayer of an exchange: with a token that the
// org does not know, or without any, where the recorded answer says so.
func (s *stage) withAuthorization(e exchange) *replayer {
	other := *s.replayer
	switch errorCode(e.ResponseBody) {
	case "E0000011":
		other.authorization = "SSWS not-a-token-of-this-org"
	case "E0000005":
		other.authorization = ""
	}
	return &other
}
