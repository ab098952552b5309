package oktatest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestExpressions puts each expression to one user.
func TestExpressions(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	user := org.AddUser(oktatest.User{Profile: object{
		"firstName": "Bob", "lastName": "Doe", "department": "Sales", "remote": true, "level": 7,
	}})
	for text, want := range map[string]bool{
		`user.department=="Sales"`:                        true,
		`user.department == 'Sales'`:                      true,
		`user.department=="sales"`:                        false,
		`user.department!="Sales"`:                        false,
		`user.title!="Boss"`:                              true,
		`user.title==null`:                                true,
		`user.remote`:                                     true,
		`user.remote==false`:                              false,
		`user.level=="7"`:                                 true,
		`user.level==7`:                                   true,
		`NOT user.remote`:                                 false,
		`!(user.department=="IT")`:                        true,
		`user.department=="IT" OR user.lastName eq "Doe"`: true,
		`(user.firstName == "John" AND user.lastName == "Doe") OR user.email == "x"`:      false,
		`user.lastName=="Doe" or user.firstName=="x" and user.firstName=="y"`:             true,
		`user.lastName=="Doe" && user.firstName=="Bob" || false`:                          true,
		`String.startsWith(user.firstName,"B")`:                                           true,
		`String.startsWith(user.firstName, String.toLowerCase("BOB"))`:                    false,
		`String.startsWith(String.toLowerCase(user.firstName), String.toLowerCase("BO"))`: true,
		`String.stringContains(user.lastName,"o")`:                                        true,
		`String.stringContains(user.title,"o")`:                                           false,
		`isMemberOfAnyGroup("00g1")`:                                                      false,
		`user.department=="Sales" OR isMemberOfAnyGroup("00g1")`:                          false,
		`user.level > 3`:                                   false,
		`user.remote ? true : false`:                       false,
		`Arrays.contains({"Sales","IT"}, user.department)`: false,
		`user.firstName + user.lastName == "BobDoe"`:       false,
		`String.startsWith(user.firstName)`:                false,
		`true`:                                             true,
		`user.department`:                                  false,
	} {
		group := org.AddGroup(oktatest.Group{})
		org.AddRule(oktatest.Rule{Expression: text, Groups: []string{group}})
		if got := strings.Contains(memberText(org, group), user); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{``, `(`, `user.a==`, `=="x"`, `"x`, `user.a=="x" AND`, `f(`, `f("x" "y")`, `user.a==="x"`, `a b`, `é#`, `{1`, `true ? 1`, `)`, `and`} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, "no expression") {
					t.Errorf("%q: panic %q", text, got)
				}
			}()
			org.AddRule(oktatest.Rule{Expression: text, Groups: []string{org.AddGroup(oktatest.Group{})}})
		}()
	}
}

// memberText is the part of the state from the members of a group on to the
// next key.
func memberText(org *oktatest.Org, group string) string {
	_, rest, _ := strings.Cut(string(org.State()), `"id":"`+group+`"`)
	_, rest, _ = strings.Cut(rest, `"members":[`)
	members, _, _ := strings.Cut(rest, "]")
	return members
}
