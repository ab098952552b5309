package rawjson_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/internal/rawjson"
)

// BenchmarkElements splits a page of 200 users as Okta has them; beside it, what
// encoding/json takes to only check it.
func BenchmarkElements(b *testing.B) {
	const user = `{"id":"00u%017d","status":"ACTIVE","created":"2024-01-02T03:04:05.000Z","activated":null,"lastLogin":"2026-01-02T03:04:05.000Z","profile":{"firstName":"Ada","lastName":"Lovelace","login":"ada.%d@example.com","email":"ada.%d@example.com","department":"Engineering","mobilePhone":null},"credentials":{"provider":{"type":"OKTA","name":"OKTA"}},"_links":{"self":{"href":"https://acme.okta.com/api/v1/users/00u%017d"}}}`
	var users []string
	for i := range 200 {
		users = append(users, fmt.Sprintf(user, i, i, i, i))
	}
	line := "[" + strings.Join(users, ",") + "]"
	for name, page := range map[string]string{"line": line, "lines": strings.ReplaceAll(line, ",", ",\n  ")} {
		doc := []byte(page)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if _, ok := rawjson.Elements(doc); !ok {
					b.Fatal("not a list")
				}
			}
		})
		b.Run(name+"/json.Valid", func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if !json.Valid(doc) {
					b.Fatal("not valid")
				}
			}
		})
	}
}
