package conformance

import (
	"regexp"
	"strconv"
	"strings"
)

// requestBody returns what an exchange sent. Bodies that were taken out of the
// recording are rebuilt from the answer; redacted secrets become text of the
// same length. Nil is no body.
func requestBody(e exchange) any {
	if e.RequestBody != nil {
		return unredact(e.RequestBody)
	}
	answer, _ := e.ResponseBody.(map[string]any)
	switch e.operation() {
	case "POST /api/v1/apps":
		return rebuildApp(answer)
	case "POST /api/v1/apps/{appId}/users":
		return map[string]any{"id": answer["id"], "scope": answer["scope"], "credentials": answer["credentials"]}
	case "POST /api/v1/apps/{appId}/grants":
		return map[string]any{"scopeId": answer["scopeId"], "issuer": answer["issuer"]}
	}
	if e.Method == "POST" && strings.HasPrefix(e.Template, "/api/v1/users/{userId}") {
		return rebuildOfUser(e, answer)
	}
	return nil
}

// rebuildApp returns the request that creates an app like the answer: what
// only the org sets is left out.
func rebuildApp(answer map[string]any) any {
	app := unredact(answer).(map[string]any)
	for _, key := range []string{"id", "orn", "status", "created", "lastUpdated", "features", "universalLogout", "_links"} {
		delete(app, key)
	}
	if credentials, ok := app["credentials"].(map[string]any); ok {
		delete(credentials, "signing")
	}
	if visibility, ok := app["visibility"].(map[string]any); ok {
		delete(visibility, "appLinks")
	}
	if settings, ok := app["settings"].(map[string]any); ok {
		delete(settings, "extendedProperties")
	}
	return app
}

var redacted = regexp.MustCompile(`^<redacted(?::(\d+) chars)?>$`)

// defaultRedacted is the length of a secret whose length is not recorded.
const defaultRedacted = 40

// unredact returns a copy of v with every redacted string filled in.
func unredact(v any) any {
	switch v := v.(type) {
	case string:
		match := redacted.FindStringSubmatch(v)
		if match == nil {
			return v
		}
		n, err := strconv.Atoi(match[1])
		if err != nil {
			n = defaultRedacted
		}
		return strings.Repeat("r", n)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = unredact(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = unredact(value)
		}
		return out
	}
	return v
}
